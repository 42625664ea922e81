// What the caches of class instructions may not get wrong.
function text(run) { try { return String(run()); } catch (e) { return e.name + ': ' + e.message; } }

// Private names: several shapes, one body evaluated twice, out-of-line slots.
function makeClass(base) {
  return class C extends base {
    #x = 1; y = 2; #z;
    constructor(z) { super(); this.#z = z; }
    get x() { return this.#x; }
    bump() { return ++this.#x + this.#z; }
    static has(o) { return #x in o; }
    static read(o) { return o.#x; }
    static write(o, v) { o.#x = v; return o.#x; }
  };
}
class Empty {}
class Wide { constructor() { for (let i = 0; i < 40; i++) this['p' + i] = i; } }
const A = makeClass(Empty), B = makeClass(Wide), C = makeClass(A);
for (let round = 0; round < 4; round++) {
  const list = [new A(1), new B(2), new C(3), new A(4)];
  list[3].extra = 1;
  print(list.map(o => o.x + ':' + o.bump() + ':' + o.y).join(' '));
  print(list.map(o => [A, B, C].map(K => K.has(o) ? 1 : 0).join('')).join(' '));
  print(A.write(list[2], 'a'), C.write(list[2], 'c'), A.read(list[2]), C.read(list[2]));
  for (const K of [A, B, C]) print(text(() => K.read(list[1])), text(() => K.write(list[0], 5)));
  print(text(() => A.read({})), text(() => A.read(null)), text(() => A.has(1)), text(() => A.write(undefined, 1)));
}

// Methods, accessors and static members behind private names.
class P {
  static #count = 0;
  #method() { return 'm' + this.id; }
  get #both() { return this.v; } set #both(v) { this.v = v; }
  get #only() { return 1; }
  set #setter(v) { this.s = v; }
  constructor(id) { this.id = id; P.#count++; }
  static get count() { return this.#count; }
  call() { return this.#method(); }
  assign() { this.#method = 1; }
  both(v) { this.#both = v; return this.#both; }
  only() { this.#only = 2; }
  setter() { return this.#setter; }
  static call(o) { return o.#method(); }
}
class Q extends P { constructor(id) { super(id); this.q = 1; } }
for (let i = 0; i < 3; i++) {
  const p = new P(i), q = new Q(i);
  print(p.call(), q.call(), p.both(i), q.both(-i), P.count, text(() => Q.count));
  print(text(() => p.assign()), text(() => q.only()), text(() => p.setter()), text(() => P.call({})));
}

// Fields: declared twice, on what a base constructor returns, on objects that cannot be extended, computed, accessors in the way.
class Base { a = 1; b = 2; static made = []; constructor(o) { if (o) return o; } }
class Derived extends Base { a = 'derived'; ['c' + 1] = 3; set b2(v) { throw 1; } b2 = 4; #hidden = 5; static h(o) { return o.#hidden; } }
for (let i = 0; i < 3; i++) {
  print(JSON.stringify(new Derived()), JSON.stringify(new Derived({ a: 0 })), Derived.h(new Derived(function f() {})));
  print(text(() => new Derived(Object.freeze({ a: 1 }))), text(() => new Derived(Object.defineProperty({}, 'a', { value: 1 }))));
  const twice = {};
  new Derived(twice);
  print(text(() => new Derived(twice)));
  print(Object.getOwnPropertyDescriptor(new Derived(Object.defineProperty({}, 'b2', { set() {}, configurable: true })), 'b2').value);
}

// Construction: new.target, changed parents, other realms of `this`.
class X { constructor() { this.t = new.target && new.target.name; this.n = arguments.length; } who() { return 'X'; } }
class Y extends X { who() { return 'Y' + super.who(); } }
class Z extends Y { constructor(...a) { super(...a); this.z = 1; } who() { return 'Z' + super.who(); } }
for (let i = 0; i < 4; i++) {
  const z = new Z(1, 2), y = new Y(1), r = Reflect.construct(X, [1, 2, 3], Z), s = Reflect.construct(Z, [], Array);
  print(z.t, z.n, z.z, z.who(), y.t, y.n, y.who(), r.t, r.n, r.z, r.who(), s.t, Array.isArray(s), s instanceof Array);
  if (i === 1) X.prototype.who = () => 'X!';
  if (i === 2) Object.setPrototypeOf(Y, class W { constructor() { this.t = 'W'; } });
}
class NoSuper extends X { constructor(x) { if (x) super(); if (x === 2) super(); if (x === 3) return 5; if (x === 4) return {}; } }
for (let i = 0; i < 5; i++) print(text(() => JSON.stringify(new NoSuper(i))), text(() => NoSuper(i)));
class FromArray extends Array { #p = 1; size() { return this.length + this.#p; } }
class FromError extends Error { code = 7; }
for (let i = 0; i < 3; i++) print(new FromArray(1, 2, 3).size(), new FromError('e').code, new FromError('e').message);
class ToNull extends null { static get f() { return 1; } }
print(text(() => new ToNull()), ToNull.f);
const holder = { __proto__: { get v() { return this.k; }, m() { return 'm' + this.k; }, 1: 'one' }, k: 'K', f() { return [super.v, super.m(), super[1], super.none]; } };
for (let i = 0; i < 3; i++) print(holder.f().join(), holder.f.call({ k: i }).join());
Object.setPrototypeOf(holder, { v: 'data', m: () => 'new' });
print(holder.f().join());
Object.setPrototypeOf(holder, new Proxy({}, { get: (t, k, r) => k === 'm' ? () => 'proxied' : k + (r === holder) }));
print(holder.f().join());

// Accessors of prototypes: redefined, made data, shadowed, removed, with too few parameters, natives and other callables.
class G { constructor() { this.v = 1; } get g() { return this.v; } set g(v) { this.v = v; } }
function useG(o, v) { const before = o.g; o.g = v; return before + '>' + o.g; }
const g = new G(), sub = Object.create(g);
function check(name) { let s = ''; for (let i = 0; i < 3; i++) s += ' ' + useG(g, i) + ' ' + useG(sub, -i); print(name + s); }
check('accessor');
Object.defineProperty(G.prototype, 'g', { get() { return 'new' + this.v; } });
check('getter');
Object.defineProperty(G.prototype, 'g', { set: function () { this.v = arguments.length; } });
check('setter');
Object.defineProperty(G.prototype, 'g', { get: function (a) { return typeof a; }, set: Array.prototype.at });
check('natives');
Object.defineProperty(G.prototype, 'g', { set: undefined });
print(text(() => { 'use strict'; g.g = 1; return g.g; }));
Object.defineProperty(G.prototype, 'g', { value: 'data', writable: true });
check('data');
delete G.prototype.g;
check('own');
class Deep { get d() { return this.d0 === undefined ? 'end' : (this.d0--, this.d0 < 0 ? 'stop' : this.d); } set e(v) { if (v) this.e = v - 1; else this.done = true; } }
const deep = new Deep(); deep.d0 = 50; deep.e = 50;
print(deep.d, deep.done);
class Thrower { get t() { throw new Error('t'); } set t(v) { throw new Error('s' + v); } }
const thrower = new Thrower();
for (let i = 0; i < 3; i++) print(text(() => thrower.t), text(() => { thrower.t = i; }));

// Assignments on many shapes; a prototype among them; setters and read-only properties that appear later.
function Point() {}
function assign(o, v) { o.added = v; return o.added; }
const shapes = [() => ({}), () => ({ a: 1 }), () => ({ b: 1 }), () => ({ added: 0 }), () => [], () => function () {}, () => new Point(), () => Object.create(null)];
for (let round = 0; round < 3; round++) print(shapes.map((s, i) => assign(s(), i)).join());
const plain = new Point(), proto = new Point(), child = Object.create(proto);
function addLate(o) { o.late = 1; }
function readLate(o) { return o.late; }
for (let i = 0; i < 3; i++) { addLate(new Point()); readLate(child); }
print(readLate(child)); addLate(proto); print(readLate(child), assign(proto, 3), child.added);
Object.defineProperty(Point.prototype, 'added', { set(v) { this.seen = v; }, get() { return 'got' + this.seen; }, configurable: true });
print(shapes.map((s, i) => assign(s(), i)).join());
Object.defineProperty(Object.prototype, 'added', { value: 'fixed', configurable: true });
print(shapes.map((s, i) => assign(s(), i)).join());
delete Object.prototype.added; delete Point.prototype.added;
print(shapes.map((s, i) => assign(s(), i)).join());
print(shapes.slice(0, 3).map((s, i) => assign(Object.freeze(s()), i)).join());
