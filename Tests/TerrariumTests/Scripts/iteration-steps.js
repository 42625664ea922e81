// Generators stepped by loops and patterns; for-in over shapes.
function text(run) { try { return String(run()); } catch (e) { return e.name + ': ' + e.message; } }
const log = [];
function* count(n) { try { for (let i = 0; i < n; i++) yield i; return 'returned'; } finally { log.push('finally ' + n); } }
function drain(it, stop = Infinity) { const seen = []; for (const x of it) { seen.push(x); if (x === stop) break; } return seen.join(); }
print(drain(count(5)), drain(count(5), 2), drain(count(0)), log.join());
const once = count(4);
print(drain(once, 1), drain(once), once.next().done);
const shared = count(6);
for (const a of shared) { print(a, shared.next().value); if (a > 3) break; }
function* sender() { const got = []; for (let i = 0; i < 3; i++) got.push(yield i); return got; }
const s = sender(); for (const x of s) if (x === 1) print(s.next('sent').value);
print(show(sender()));
function show(g) { let r = g.next('a'), all = []; while (!r.done) { all.push(r.value); r = g.next('b' + r.value); } return all.join() + '/' + String(r.value); }

// Delegation: result objects of other iterators are passed through as they are.
function* both(n) { yield* count(n); return yield* count(n); }
print(drain(both(3)), show(both(2)));
let reads = 0;
const odd = { [Symbol.iterator]() { let i = 0; return { next(v) { i++; return { get done() { reads++; return i > 3; }, get value() { reads++; return 'v' + i; } }; }, return() { log.push('inner return'); return {}; } }; } };
function* through() { const r = yield* odd; print('result', r); }
print(drain(through()), reads);
print(drain(through(), 'v2'), log.pop(), reads);
const [first, ...others] = through(); print(first, others.join());
const liar = { [Symbol.iterator]() { let i = 0; return { next() { const r = { value: i, done: false }; let asked = 0; return i++ < 2 ? r : { value: 'end', get done() { return asked++ > 0; } }; } }; } };
function* lying() { yield* liar; log.push('not reached'); }
print(drain(lying()), log.length);
function* nested(d) { if (d) { yield d; yield* nested(d - 1); yield -d; } }
print(drain(nested(5)));
const mutated = { [Symbol.iterator]() { const r = [][Symbol.iterator]().next(); let n = 0; return { next() { n++; const g = (function* () { yield n; })().next(); if (n > 2) g.done = 1; return g; } }; } };
function* mutating() { yield* mutated; } print(drain(mutating()));

// Errors, re-entrance, finally, closing.
function* thrower() { yield 1; throw new Error('thrown'); }
print(text(() => drain(thrower())));
print(text(() => { const [a, b] = thrower(); }), text(() => { const [a] = thrower(); return a; }));
function* again() { for (const x of g) yield x; } let g = again(); print(text(() => drain(g)), show(g));
function* patterns() { try { yield 1; yield 2; yield 3; } finally { log.push('closed'); } }
{ const [a] = patterns(); print(a, log.pop()); }
{ const [a, , ...c] = patterns(); print(a, c.join(), log.pop()); }
{ const [a, b, c, d, e] = patterns(); print(a, b, c, d, e, log.pop()); }
print(text(() => { for (const x of patterns()) throw new Error('body ' + x); }), log.pop());
print(text(() => { const [a = b] = (function* () { try { yield; } finally { log.push('cleanup'); } })(); let b; }), log.pop());
label: for (const x of patterns()) { for (const y of patterns()) { if (y === 2) continue label; if (x === 2) break label; } }
print(log.splice(-3).join());
function* late() { try { yield 1; } finally { yield 'from finally'; } }
print(drain(late(), 1));
const proto = Object.getPrototypeOf(Object.getPrototypeOf(count(1))), next = proto.next;
proto.next = function (v) { const r = next.call(this, v); return { done: r.done, value: 'w' + r.value }; };
print(drain(count(3)), (([a, b]) => a + b)(count(2)));
proto.next = next;
print(drain(count(3)));
const own = count(3); own.next = () => ({ done: true }); print(drain(own), drain(count(2)));
function* stack() { yield new Error('here').stack.split('\n').slice(1, 4).map(l => l.replace(/\(.*[\/\\]|\(/, '(').trim()).join(' | '); }
function outer() { for (const x of stack()) return x; }
print(outer());
function outerPattern() { const [x] = stack(); return x; }
print(outerPattern());
class It { #n = 3; *[Symbol.iterator]() { while (this.#n--) yield this.#n; } }
print(drain(new It()), [...new It()].join(), Math.max(...new It()), Array.from(new It()).join(), show(new It()[Symbol.iterator]()));
print(text(() => next.call({})), text(() => next.call(1)));
let deep = count(2); for (let i = 0; i < 50; i++) { const inner = deep; deep = (function* () { for (const x of inner) yield x + 1; })(); }
print(drain(deep));

// for-in.
function keys(o) { const seen = []; for (const k in o) seen.push(k); return seen.join(); }
const base = { a: 1, b: 2 }, derived = Object.assign(Object.create(base), { c: 3, a: 4 });
class K { constructor() { this.x = 1; this.y = 2; } m() {} }
for (let i = 0; i < 3; i++) {
  print(keys(base), keys(derived), keys(new K()), keys({}), keys([7, 8]), keys('ab'), keys(null), keys(undefined), keys(5));
  print(keys(Object.create(derived)), keys(Object.create({ length: 1 })), keys(Object.assign([], { z: 1 })), keys(function f() {}));
}
base.late = 1; print(keys(derived), keys(Object.create(derived)));
Object.defineProperty(derived, 'b', { value: 1, enumerable: false, configurable: true }); print(keys(derived));
delete derived.b; print(keys(derived));
base[1] = 'index'; print(keys(derived), keys(base)); delete base[1]; print(keys(derived));
Object.setPrototypeOf(derived, { other: 1 }); print(keys(derived));
Object.prototype.everywhere = 1; print(keys({ q: 1 }), keys(new K()), keys(derived)); delete Object.prototype.everywhere;
print(keys({ q: 1 }), keys(new K()));
for (let i = 0; i < 3; i++) {
  const o = { a: 1, b: 2, c: 3, d: 4 }, seen = [];
  for (const k in o) { seen.push(k); if (k === 'a') delete o.c; if (k === 'b') o.e = 5; }
  print(seen.join());
  const up = { p: 1, q: 2, r: 3 }, low = Object.create(up), met = []; low.own = 1;
  for (const k in low) { met.push(k); if (k === 'own') delete up.q; if (k === 'p') up.s = 1; }
  print(met.join());
  const re = { a: 1, b: 2 }, back = [];
  for (const k in re) { back.push(k); if (k === 'a') { delete re.b; re.b = 3; } }
  print(back.join());
  const hide = Object.create({ a: 1, b: 2 }), hidden = []; hide.own = 1;
  for (const k in hide) { hidden.push(k); if (k === 'own') Object.defineProperty(hide, 'b', { value: 1, enumerable: false }); }
  print(hidden.join());
}
const dictionary = {}; for (let i = 0; i < 20; i++) dictionary['k' + i] = i; for (let i = 0; i < 19; i++) delete dictionary['k' + i];
print(keys(dictionary)); dictionary.more = 1; print(keys(dictionary)); dictionary.k0 = 1; print(keys(dictionary));
const symbols = { [Symbol('s')]: 1, t: 1 }; print(keys(symbols));
print(keys(new Proxy({ a: 1, b: 2 }, { ownKeys: () => ['b', 'a'] })), keys(Object.create(new Proxy({ a: 1 }, {}))));
function* inGenerator(o) { for (const k in o) yield k; } print(drain(inGenerator(derived)), drain(inGenerator({ a: 1, b: 2 })));
outerLoop: for (const k in base) { for (const l in base) { if (l === 'b') continue outerLoop; print(k, l); } }
var v; for (v in { last: 1 }); print(v); for (const [c] in { xy: 1 }) print(c);
