// eval. Instructions that are done in one turn with the next one: what they do when the second is not the quick one.
const log = [];
const attempt = f => { try { return f(); } catch (e) { return e.name + ': ' + e.message; } };

// A method of every kind of object, of changing shapes.
class Base { m(x) { return 'base' + x; } get g() { return x => 'got' + x; } static s(x) { return 'static' + x; } #p(x) { return 'private' + x; } call(x) { return this.#p(x); } }
class Derived extends Base { m(x) { return 'derived' + x; } up(x) { return super.m(x); } }
const own = { m(x) { return 'own' + x; }, k: 1 }, later = { k: 1, m: x => 'later' + x };
const many = [new Base, new Derived, own, later, Object.create(own), new Proxy(own, {}), { get m() { return x => 'getter' + x; } }];
function callM(o, x) { return o.m(x); }
for (let round = 0; round < 3; round++) for (const o of many) log.push(callM(o, round));
for (const o of [5, 'text', true, null, undefined, Symbol.iterator, {}, { m: 3 }]) log.push(attempt(() => callM(o, 1)));
Number.prototype.m = function (x) { return typeof this + x; };
log.push(callM(5, 1), attempt(() => callM('text', 1)));
delete Number.prototype.m;
log.push(attempt(() => callM(5, 1)));
Base.prototype.m = function (x) { return 'changed' + x; };
log.push(callM(new Base, 1), callM(new Derived, 1), new Derived().up(2), new Base().g(3), Base.s(4), new Base().call(5));
delete own.m;
log.push(attempt(() => callM(own, 1)), attempt(() => callM(many[4], 1)));
const kept = { n: 0, next() { return this.n++; } };
for (let i = 0; i < 3; i++) kept.next();
log.push(kept.n);

// What stands at a place of a list, called.
function callAt(list, i, x) { return list[i](x); }
const list = [x => 'a' + x, function (x) { return this === list ? 'list' + x : 'other' + x; }, Math.abs, , 7];
for (let i = -1; i < 7; i++) log.push(attempt(() => callAt(list, i, -2)));
log.push(attempt(() => callAt(list, '0', 1)), attempt(() => callAt(list, 1.5, 1)), attempt(() => callAt('ab', 0, 1)));
log.push(attempt(() => callAt(new Uint8Array(2), 0, 1)), attempt(() => callAt({ 0: x => 'zero' + x }, 0, 1)), attempt(() => callAt(null, 0, 1)));
log.push(attempt(() => callAt([undefined], 0, 1)), attempt(() => callAt(new Proxy(list, {}), 0, 1)));

// Loops over everything that has a length.
function walk(a, from = 0) { let s = ''; for (let i = from; i < a.length; i++) s += a[i] + ','; return s; }
for (const a of [[1, 2, 3], [], [1, , 3], 'text', new Uint8Array(3), { length: 2, 0: 'x', 1: 'y' }, { length: '2' }, { length: NaN }, {}, 5, function (a, b) { }, new String('ab')]) log.push(walk(a));
log.push(attempt(() => walk(null)), attempt(() => walk(undefined)));
log.push(walk([1, 2, 3], 0.5), walk([1, 2, 3], '1').length, attempt(() => walk([1, 2, 3], 0n)), walk([1, 2], 2147483646), walk([1, 2], NaN), walk([1, 2], { valueOf() { log.push('valueOf'); return 1; } }));
function shrink(a) { let n = 0; for (let i = 0; i < a.length; i++) { n++; if (i % 2) a.pop(); else if (n < 4) a.push(i); } return n + ':' + a.length; }
log.push(shrink([1, 2, 3, 4, 5]), shrink([]));
let asked = 0;
function ask(o) { let n = 0; for (let i = 0; i < o.length; i++) { if (i === 1) continue; n++; if (n > 4) break; } return n; }
log.push(ask({ get length() { return ++asked < 6 ? 9 : 0; } }), asked, ask([1, 2, 3]), ask('abcdefghi'));
function pick(a) { for (let i = 0; i < a.length; i++) for (let j = 0; j < a[i].length; j++) if (a[i][j] === 'x') return i + '/' + j; return 'none'; }
log.push(pick(['ab', ['a', 'x'], 'x']), pick([[], '', [[]]]));
function closures(a) { const fs = []; for (let i = 0; i < a.length; i++) fs.push(() => i); return fs.map(f => f()).join(); }
log.push(closures([1, 2, 3]));
function* steps(a) { for (let i = 0; i < a.length; i++) yield a[i]; }
log.push([...steps('abc')].join());

// Sums, differences and products that a function returns.
const add = (a, b) => a + b, sub = (a, b) => a - b, mul = (a, b) => a * b;
const values = [0, -0, 1, -1, 1.5, NaN, Infinity, 2147483647, -2147483648, '7', null, undefined, true, 3n, Symbol('s'), [2], { valueOf() { return 4; } }, { toString() { throw new Error('told'); } }];
for (const f of [add, sub, mul]) {
    for (const a of values) log.push(values.map(b => { const r = attempt(() => f(a, b)); return Object.is(r, -0) ? '-0' : String(r); }).join(' '));
}
// Where a function returns to: callbacks of built-ins, constructors, accessors, generators, promises, `apply`.
function Thing(a, b) { this.kept = 1; return a + b; }
log.push([1, 2, 3].reduce((a, b) => a + b), [3, 1, 2].sort((a, b) => b - a).join(), 'abc'.replace(/b/, (m, i) => m + i), new Thing(1, 2).kept, typeof new Thing({}, '').kept);
const accessors = { x: 2, get twice() { return this.x + this.x; }, get square() { return this.x * this.x; }, [Symbol.toPrimitive]() { return this.x - 1; } };
log.push(accessors.twice, accessors.square, accessors + 1, `${accessors}`, add.apply(null, [1, 2]), add.call(null, 1), add.bind(null, 5)(6), Reflect.apply(sub, null, [9, 4]));
function* sums(a, b) { return a + b; }
log.push(sums(1, 2).next().value, attempt(() => Reflect.construct(Thing, [1n, 2])));
class Odd extends Base { constructor(a, b) { super(); return a + b; } }
log.push(attempt(() => new Odd(1, 2)), attempt(() => new Odd({}, undefined)));
const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2), down = n => n === 0 ? 0 : down(n - 1) + 1, factorial = n => n <= 1n ? 1n : n * factorial(n - 1n);
log.push(fib(15), down(500), factorial(20n), ((a, b) => { try { return a + b; } finally { log.push('finally'); } })(1, 2));
log.push(((a, b, c) => c ? a + b : a - b)(5, 3, false), ((a, b) => a && a + b)(0, 3), ((a, b) => a || b - a)(0, 3));
(async (a, b) => a + b)(20, 22).then(v => { log.push(v); print(log.join('\n')); });

// A captured variable that was just stored.
function counter() { let n = 0; return { add: k => { n += k; return n; }, twice: k => { n = k; return n * n; }, loop: k => { for (n = 0; n < k; n++); return n; }, either: k => { if (k) n = k; return n; }, set: k => n = k, post: () => { n++; return n; } }; }
const c = counter();
log.push(c.add(2), c.add('x'), c.twice(3), c.loop(4), c.either(0), c.either(9), c.set(5), c.post());
// The value of a script, of an assignment to a global.
log.push(eval('var global1 = 1; for (let i = 0; i < 3; i++) global1 = global1 * 2;'), eval('global1 = 5; try { global1 = add(1, null_); } catch { }'), eval('1; do { global1 = 7; break; } while (0);'));
log.push(global1);

// Errors say where.
function where(f) { try { f(); } catch (e) { const at = /paired-instructions\.js:(\d+):(\d+)/.exec(e.stack); return at ? at[1] + ':' + at[2] : e.stack; } }
log.push(where(() => { const o = {}; o.missing(1); }), where(() => { const a = []; a[0](1); }), where(() => add(1n, 1)), where(() => { for (let i = 0; i < undefined_.length; i++); }));
