// Stack traces: names, receivers, places as V8 shows them.
{
function f(){ return new Error("a") }
const o={ m(){ return f() }, get g(){ return new Error("g").stack }, set s(v){ console.log(new Error("s").stack) }, ["c"+1](){ return f().stack }, arrow:()=>f().stack, async am(){ return f().stack } };
console.log(f().stack);
console.log(o.m().stack);
console.log(o.g);
o.s=1;
console.log(o.c1());
console.log(o.arrow());
class C { constructor(){ this.e=new Error("c") } m(){ return new Error("m").stack } static s(){ return new Error("s").stack } #p(){ return new Error("p").stack } p(){ return this.#p() } get acc(){ return new Error("acc").stack } field=new Error("field").stack }
console.log(new C().e.stack); console.log(new C().m()); console.log(C.s()); console.log(new C().p()); console.log(new C().acc); console.log(new C().field);
class D extends C { constructor(){ super(); } m(){ return super.m() } }
console.log(new D().e.stack); console.log(new D().m());
console.log([1].map(function cb(){ return new Error("map").stack })[0]);
console.log([1].map(()=>new Error("map").stack)[0]);
[3,1,2].sort((a,b)=>{ if(a!==undefined&&!globalThis.done){ globalThis.done=1; console.log(new Error("sort").stack)} return a-b });
console.log(Array.from([1],()=>new Error("from").stack)[0]);
console.log("a".replace(/a/,()=>new Error("rep").stack));
try { JSON.parse("{") } catch(e){ console.log(e.stack) }
try { null.x } catch(e){ console.log(e.stack) }
try { undefinedVar } catch(e){ console.log(e.stack) }
try { o.nope() } catch(e){ console.log(e.stack) }
try { o.m.nope.x() } catch(e){ console.log(e.stack) }
try { new (class X{ constructor(){ throw new TypeError("x") } }) } catch(e){ console.log(e.stack) }
try { [].reduce((a,b)=>a) } catch(e){ console.log(e.stack) }
try { (function(){ "use strict"; undefined.x=1 })() } catch(e){ console.log(e.stack) }
new Promise((r)=>{ console.log(new Error("exec").stack) });
new Map([[1,2]]).forEach(()=>console.log(new Error("mapfe").stack));

}
{
function fn(){ return new Error("x").stack }
const o={ a:fn, b:{ c:fn } }; console.log(o.a()); console.log(o.b.c());
function Ctor(){ this.s=new Error("k").stack } Ctor.prototype.meth=function(){ return new Error("k").stack }; Ctor.prototype.named=function nm(){ return new Error("k").stack };
console.log(new Ctor().s); console.log(new Ctor().meth()); console.log(new Ctor().named());
console.log((()=>new Error("q").stack)());
console.log((function(){ return new Error("q").stack })());
console.log(fn.call({})); console.log(fn.call(5)); console.log(fn.call("s")); console.log(fn.apply([],[])); console.log(fn.bind(new Date)());
(function(){ "use strict"; function st(){ return new Error("st").stack } console.log(st.call(5)); console.log(st.call("s")); console.log(st.call(null)); console.log(st.call(Symbol())); console.log(st.call(new Map)); console.log(st.call(function zz(){})); console.log(st.call(class ZZ{})); console.log(st.call(Object.create(null))); console.log(st.call([])); console.log(st.call(globalThis)); console.log(st.call(new Proxy({},{})));})();
function* gen(){ yield new Error("gen").stack } console.log(gen().next().value); console.log([...gen()][0]); for(const x of gen()) console.log(x);
const obj={ *g(){ yield new Error("og").stack }, async *ag(){ yield new Error("ag").stack } }; console.log(obj.g().next().value);
const { get } = Object.getOwnPropertyDescriptor({ get zed(){ return new Error("zed").stack } },"zed"); console.log(get.call({}));
console.log(Reflect.apply(fn,undefined,[])); console.log(Reflect.construct(function RC(){ return new Error("rc") },[]).stack);
try { +{ valueOf(){ throw new Error("vo") } } } catch(e){ console.log(e.stack) }
try { new Proxy({},{ get(){ throw new Error("pg") } }).x } catch(e){ console.log(e.stack) }
const anon={ x: function(){ return new Error("ax").stack } }; console.log(anon.x()); const renamed={ y: anon.x }; console.log(renamed.y());
let cls=class{ m(){ return new Error("cm").stack } }; console.log(new cls().m()); console.log(new (class{ m(){ return new Error("anon cm").stack } })().m());
console.log(new (class{ constructor(){ this.s=new Error("anon ctor").stack } })().s);
function outer(){ function inner(){ return new Error("inner").stack } return inner() } console.log(outer());
const sym=Symbol("desc"); const so={ [sym](){ return new Error("sym").stack } }; console.log(so[sym]()); class SI { *[Symbol.iterator](){ yield new Error("si").stack } static [sym](){ return new Error("ss").stack } } console.log([...new SI][0]); console.log(SI[sym]());
function rec(n){ if(n===0) return new Error("rec").stack; return rec(n-1) } console.log(rec(15)); Error.stackTraceLimit=3; console.log(rec(15)); Error.stackTraceLimit=0; console.log(rec(15)); Error.stackTraceLimit="x"; console.log(rec(15)); Error.stackTraceLimit=10;
const e1=new Error("orig"); e1.message="changed"; console.log(e1.stack.split("\n")[0]); e1.name="N"; console.log(e1.stack.split("\n")[0]); class ME extends Error{ constructor(m){ super(m); this.name="ME" } } console.log(new ME("m").stack.split("\n")[0]); class ME2 extends Error{} console.log(new ME2("m").stack.split("\n")[0]); ME2.prototype.name="PN"; console.log(new ME2("m").stack.split("\n")[0]); console.log(new ME2().stack.split("\n")[0]); console.log(new Error("").stack.split("\n")[0]); console.log(new Error("multi\nline").stack);
const cs={}; Error.captureStackTrace(cs); console.log(cs.stack); function hide(){ const x={ name:"XN", message:"XM" }; Error.captureStackTrace(x,hide); return x.stack } function callHide(){ return hide() } console.log(callHide()); console.log(Object.getOwnPropertyDescriptor(cs,"stack").enumerable, Object.getOwnPropertyNames(new Error("x")), Object.keys(cs));
class CE extends Error{ constructor(){ super("ce"); Error.captureStackTrace(this,CE) } } console.log(new CE().stack); console.log(typeof Object.getOwnPropertyDescriptor(new Error("q"),"stack").value);
console.log(String(Object.getOwnPropertyDescriptor(Error,"stackTraceLimit").value)); var eo=Object.create(new Error("proto")); console.log(eo.stack.split("\n")[0]);

}
