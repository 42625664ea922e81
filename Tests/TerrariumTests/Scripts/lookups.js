// Property reads that meet many shapes, and what may change between them.
class A { m() { return 'A.m'; } get g() { return 'A.g'; } }
class B extends A { }
class C extends B { m() { return 'C.m'; } }
const objects = [new A(), new B(), new C(), { m() { return 'own'; }, g: 'own g' }, Object.create(new C(), { g: { value: 'defined' } }), Object.create(null, { m: { value: () => 'null' } }), [1], function f() { }, new Map(), 'text', 5];
const read = o => o.m, get = o => o.g, key = (o, k) => o[k];
function all(note) {
    console.log(note, objects.map(o => { const m = read(o); return m ? m.call(o) : String(m); }).join(), objects.map(o => String(get(o))).join(), objects.map(o => typeof key(o, 'm') + typeof key(o, 'g')).join());
}
all('first'); all('again'); all('third');
B.prototype.m = function () { return 'B.m'; };
all('overridden');
objects[1].m = function () { return 'mine'; };
all('own');
delete objects[1].m;
all('deleted');
delete B.prototype.m;
all('deleted above');
Object.prototype.m = function () { return 'everywhere'; };
all('absent no more');
delete Object.prototype.m;
all('absent');
Object.setPrototypeOf(objects[2], { m: () => 'changed', g: 'changed g' });
all('other prototype');
Object.defineProperty(A.prototype, 'm', { get() { return () => 'got'; }, configurable: true });
all('accessor');
A.prototype.g2 = 1;
Array.prototype.m = String.prototype.m = Number.prototype.m = Function.prototype.m = () => 'wrapped';
all('wrappers');
delete Array.prototype.m; delete String.prototype.m; delete Number.prototype.m; delete Function.prototype.m;
// Dictionaries: what is absent may come without another shape.
const dictionaries = [0, 1, 2].map(i => { const d = {}; for (let k = 0; k < 600; k++) d['k' + k] = k + i; delete d.k5; return d; });
const sees = d => d.late;
console.log(dictionaries.map(sees).join());
dictionaries[1].late = 'late';
console.log(dictionaries.map(sees).join(), dictionaries.map(d => key(d, 'k599')).join(), dictionaries.map(d => key(d, 'k5')).join());
dictionaries[0].k599 = 'new'; delete dictionaries[2].k599;
console.log(dictionaries.map(d => key(d, 'k599')).join());
// Keys: symbols, made strings, indices, canonical numeric strings.
const symbol = Symbol('s'), typed = new Uint8Array(2);
const table = { [symbol]: 'symbol', ab: 'made', 7: 'index', Infinity: 'infinite', '-0': 'minus' };
Object.prototype.Infinity = 'inherited';
for (let i = 0; i < 3; i++) console.log(key(table, symbol), key(table, 'a' + 'b'.repeat(1)), key(table, '7'), key(table, 'Infinity'), key(table, '-0'), key(typed, 'Infinity'), key({}, 'Infinity'), key('str', 'length'), key([1, 2], 'length'), key('str', 1));
delete Object.prototype.Infinity;
console.log(key(typed, 'Infinity'), key({}, 'Infinity'));
// Functions have lazy properties.
const functions = [() => 1, function named(a, b) { }, class K { static s = 1; }, async () => 1, Math.max, (function () { }).bind(1)];
for (let i = 0; i < 2; i++) console.log(functions.map(f => typeof f.prototype + f.length + f.name + typeof f.call + f.nothing).join());
for (let i = 0; i < 2; i++) console.log(functions.map(f => typeof key(f, 'prototype') + key(f, 'length')).join());
// instanceof
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0; } }
const isA = (o, T) => o instanceof T;
function F() { }
const f = new F();
for (let i = 0; i < 3; i++) console.log([A, B, C, F, Even, Object, Function, Map, F.bind()].map(T => [f, objects[0], objects[1], objects[2], objects[7], 4, null].map(o => +isA(o, T)).join('')).join(' '));
F.prototype = A.prototype;
console.log(isA(f, F), isA(objects[0], F), isA(new F(), A));
Object.defineProperty(F, Symbol.hasInstance, { value: () => true });
console.log(isA(1, F), isA(f, B));
Object.setPrototypeOf(f, new Proxy({}, { getPrototypeOf() { return B.prototype; } }));
console.log(isA(f, B), isA(f, C));
F.prototype = 5;
for (const bad of [{}, 5, undefined, () => 1, Object.assign(function () { }, { prototype: 1 })]) try { console.log(isA({}, bad)); } catch (e) { console.log(e.message); }
// Comparison with null
for (const v of [null, undefined, 0, '', false, {}, Symbol.iterator, 1n, NaN]) console.log(v == null, v != undefined, null == v, v == v, v == 0, v == '');
// Instances of derived classes get what both assign.
class P { constructor() { this.a = 1; this.b = 2; } }
class Q extends P { constructor() { super(); this.c = 3; this.d = 4; this.e = 5; } }
const mix = Base => class extends Base { constructor() { super(); this.z = 9; } };
for (let i = 0; i < 3; i++) console.log(JSON.stringify([new Q(), new (mix(P))(), new (mix(Q))(), Reflect.construct(P, [], Q)]), new (mix(Q))() instanceof Q);
