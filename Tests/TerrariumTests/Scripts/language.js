let a = [3,1,2]; print(a.sort().join()); print([1,2,3].map(x=>x*2).reduce((a,b)=>a+b));
class A { #x = 1; y = 2; constructor(z){ this.z = z; } get x(){ return this.#x; } static s = 5; m(){ return 'A.m'; } }
class B extends A { constructor(){ super(7); this.w = 8; } m(){ return super.m() + 'B'; } }
const b = new B(); print(b.x, b.y, b.z, b.w, b.m(), A.s, b instanceof A);
let {y, ...rest} = b; print(y, JSON.stringify(rest));
for (const [k, v] of Object.entries({p:1,q:2})) print(k, v);
try { null.foo } catch (e) { print(e.message); print(e instanceof TypeError); }
const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); print(fs.map(f => f()).join());
print(`t${1+1}x`, typeof undefinedVar, [..."héllo"].length);
const m = new Map([[1,'a'],['k',2]]); m.set(NaN, 'n'); print(m.get(NaN), m.size, [...m.keys()].join());
function f(a, b = a + 1, ...c) { return a + b + c.length; } print(f(1), f(1, 2, 3, 4));
label: for (let i = 0; i < 3; i++) { for (;;) { if (i == 1) break label; continue label; } }
print(JSON.stringify({a:[1,2,{b:3}],c:"x\n"}, null, 1)); print(JSON.parse('{"a":[1,2,{"b":3.5}]}').a[2].b);
function g() { try { return 1 } finally { print('fin') } } print(g());
switch (3) { case 1: print('one'); break; case 3: print('three'); default: print('d'); }
print((123.456).toFixed(1), 2**10, 7%3, -7%3, 1/3, 10n**20n, 0.1+0.2);
var s = ''; for (var k in {a:1,b:2,c:3}) s += k; print(s); print([1,[2,[3]]].flat(Infinity).join());
print('a-b-c'.split('-').length, 'abc'.replace('b','X'), ' x '.trim(), 'abc'.at(-1), 'x'.padStart(3,'ab'));
const o = { get v() { return this._v ?? 'unset' }, set v(x) { this._v = x }, ['comp'+1]: 1 }; o.v = 4; print(o.v, o.comp1, o?.zz?.y);
print(new Error('boom').stack.split('\n')[0]); print([1,2,3].includes(2), Array.from({length:3}, (_, i) => i*i).join());
function Foo() { this.a = 1; } Foo.prototype.get = function() { return this.a }; print(new Foo().get()); print(arguments1());
function arguments1() { return arguments.length }
print([5,1,4].toSorted((a,b)=>b-a).join(), Math.max(1,5,3), parseInt('42px'), Number('0x10'));
for (const x of [5, -1, 2 ** 31]) print(x & 0, -0 & x, x & -0, 0xFFFFFFFF & x, x & 0x80000000);
