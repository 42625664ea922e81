// Array and object patterns, rest and spread, where the fast forms end.
function text(run) { try { return String(run()); } catch (e) { return e.name + ': ' + e.message; } }
const show = x => JSON.stringify(x);
function rests(source) { const [a, b = 'B', ...c] = source; return show([a, b, c]); }
for (let i = 0; i < 2; i++) {
  print(rests([1, 2, 3, 4]), rests([1]), rests([]), rests([1, undefined, , 4]), rests([, , 3]), rests('xyz'), rests(new Set([1, 2, 3])));
  print(rests((function* () { yield 1; yield; yield 3; yield 4; })()), rests(Object.assign([1, 2, 3], { length: 2 })), rests(new Array(3)));
}
const far = [1, 2]; far[5000] = 3;
{ const [x, ...rest] = far; print(x, rest.length, rest[4999], rest[1] === undefined, 1 in rest); }
{ const list = [1, 2, 3]; const [x = 1, y = (list.push(4), 0), ...rest] = list; print(rest.length); }
{ const list = [undefined, 2, 3]; const [x = (list.push(4), list.shift(), 0), ...rest] = list; print(show(rest)); }
{ const list = [undefined, 2, 3]; const [x = (list.length = 0), ...rest] = list; print(x, show(rest)); }
{ const [[a, ...b], ...[c, , ...d]] = [[1, 2, 3], 4, 5, 6, 7]; print(a, show(b), c, show(d)); }
{ let p = 1, q = 2, o = {}; [p, q] = [q, p]; [o.x, ...o.rest] = [p, q, 3]; print(p, q, show(o)); }
{ const holes = [1, , 3]; Array.prototype[1] = 'inherited'; const [x, ...rest] = holes; print(show(rest), show([...holes])); delete Array.prototype[1]; }
{
  const values = Array.prototype[Symbol.iterator];
  Array.prototype[Symbol.iterator] = function* () { yield 'changed'; yield* values.call(this); };
  print(rests([1, 2, 3]), show([...[7]]), Math.max(...[1, 2].map(x => x)));
  Array.prototype[Symbol.iterator] = values;
  print(rests([1, 2, 3]));
  const next = Object.getPrototypeOf([][Symbol.iterator]()).next;
  Object.getPrototypeOf([][Symbol.iterator]()).next = function () { const r = next.call(this); if (!r.done) r.value = 'n' + r.value; return r; };
  print(rests([1, 2, 3]));
  Object.getPrototypeOf([][Symbol.iterator]()).next = next;
  print(rests([1, 2, 3]));
  class Own extends Array { *[Symbol.iterator]() { yield 'own'; } }
  print(rests(Own.of(1, 2)), show([...Own.of(1)]));
}
for (const bad of [null, undefined, 1, {}]) print(text(() => { const [x] = bad; }));
let closed = 0;
const closing = { [Symbol.iterator]() { return { i: 0, next() { return { value: this.i++, done: this.i > 5 }; }, return() { closed++; return {}; } }; } };
{ const [a, b] = closing; print(a, b, closed); }
{ const [a, ...b] = closing; print(a, show(b), closed); }
print(text(() => { const [a = (() => { throw new Error('in default'); })()] = { [Symbol.iterator]: () => ({ next: () => ({}), return() { closed++; return {}; } }) }; }), closed);

// Rest of objects.
const symbol = Symbol('s');
function without(source) { const { a, ['b']: b, ...rest } = source; return rest; }
class Private { #p = 1; a = 1; c = 3; get d() { return 4; } }
for (let i = 0; i < 3; i++) {
  print(show(without({ a: 1, b: 2, c: 3, d: 4 })), show(without({ c: 1 })), show(without({})), show(without('xyz')), show(without([1, 2])));
  const r = without({ a: 1, [symbol]: 's', z: 26, 5: 'five', b: 0 });
  print(Reflect.ownKeys(r).map(String).join(), r[symbol], r[5]);
  print(show(without(new Private())), Object.getPrototypeOf(without(new Private())) === Object.prototype);
  print(show(without(Object.defineProperty({ y: 1 }, 'hidden', { value: 1 }))));
  print(show(without({ get c() { return this.a; }, a: 'A', e: 1 })));
  print(show(without(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }))));
  const many = {}; for (let k = 0; k < 30; k++) many['k' + k] = k; delete many.k3; many.a = 1;
  print(Object.keys(without(many)).length, show(without(many)).length);
  print(show(without(new Proxy({ a: 1, q: 2 }, { ownKeys: t => Reflect.ownKeys(t).reverse() }))));
  const { [i]: index, ...others } = { 0: 'x', 1: 'y', n: 'z' };
  print(index, show(others));
  const name = 'n' + 'ame', { [name]: n, ...left } = { name: 1, other: 2 };
  print(n, show(left));
  const o = without(Object.freeze({ a: 1, f: 2 })); o.f = 3; o.g = 4; print(show(o));
  const readOnly = without(Object.defineProperty({ a: 1 }, 'ro', { value: 1, enumerable: true })); readOnly.ro = 2; print(readOnly.ro);
}
const { length, ...letters } = 'ab'; print(length, show(letters));
print(text(() => { const { ...x } = null; }), text(() => { const { a, ...x } = undefined; }));
const { __proto__: up, ...rest } = { ['__proto__']: 1, x: 2 }; print(up, show(rest));

// Spread and rest of arguments.
function count(first, ...others) { return first + ':' + others.length + ':' + show(others) + arguments.length; }
const holed = [1, , 3]; holed.extra = 1;
for (let i = 0; i < 2; i++) print(count(...[1, 2, 3]), count(...holed), count(), count(1), count(...'ab', ...[], 3), count(...new Array(3)));
const big = Array.from({ length: 700 }, (_, i) => i);
print(count(...big).length, ((...a) => a.length)(...big, ...big), [...big, 1, ...big].length, new (class { constructor(...a) { this.n = a.length; } })(...big).n);
