const out=[]; const p=(...a)=>out.push(a.map(String).join(' '));
const tr=[]; const obj=(n,v)=>({valueOf(){tr.push('v'+n);return v},toString(){tr.push('s'+n);return 'S'+v}});
const a=obj('a',3), b=obj('b',4);
p(a+b,a-b,a*b,a/b,a%b,a**b,a&b,a|b,a^b,a<<b,a>>b,a>>>b,a+1,1+a,a-1,a*2,-a,+a,~a,a<b,a>b,a<=b,a>=b,a==3,3==a,a!=3,a==b,`${a}`,a+'x');
let x=obj('x',5); x++; p(x); x=obj('x',5); x--; p(x); x=obj('x',5); p(x++,x); 
if(a<b)p('lt'); if(a>b)p('gt'); else p('ngt'); if(a<=3)p('le3'); if(a>=4)p('ge4'); else p('nge4'); if (3<a) p('3<a'); else p('n3<a'); if(5>a)p('5>a'); if(a==3)p('eq3'); if(a!=3)p('ne'); else p('eq'); if(!(a<b))p('no'); 
let n=0; for(let i={v:0,valueOf(){return this.v}}; i<5; i.v++) n++; p('loop',n); while(obj('w',n)>0){n--;} p(n);
const k={toString(){tr.push('k');return 'kk'}}; const o={kk:7}; p(o[k]); o[k]=8; p(o.kk, k in o);
for (const h of [x=>x+1,x=>x*1,x=>`${x}`,x=>x<1,x=>x==1,x=>[][x]]) h({[Symbol.toPrimitive](h){p('hint',h);return 1}});
try { null[{toString(){p('bad')}}] } catch(e){p(e)}
try { Object.create(null)+'' } catch(e){p(e)}
p(new Date(0)-0, JSON.stringify(new Date(0)+1).length>10);
// proxies
const log=[]; const h=new Proxy({},{get(t,k){log.push(String(k)); return undefined}});
const px=new Proxy({a:1,get g(){return this===px}},h); p(px.a, px.g, 'a' in px, delete px.a, px.a); px.z=5; p(px.z, log.join());
const q=new Proxy({x:1},{get(t,k,r){return r===q?k.toString()+'!':'child'},has(t,k){return k==='yes'},set(t,k,v,r){t[k]=v*2;return v!==3},deleteProperty(t,k){return k!=='no'&&delete t[k]}});
p(q.x,q.foo,q[3],Object.create(q).bar,'yes' in q,'x' in q,(q.w=4,Reflect.has(q,'w')), (function(){ 'use strict'; try{q.w=3}catch(e){return e} try{delete q.no}catch(e){return e}})(), (function(){'use strict';try{delete q.no}catch(e){return e}})(), delete q.no, delete q.w);
const fr=Object.freeze({c:1}); const fp=new Proxy(fr,{get(){return 2},has(){return false},set(){return true},deleteProperty(){return true}});
for (const f of [()=>fp.c,()=>'c' in fp,()=>{fp.c=5},()=>delete fp.c,()=>fp.d]) try{p(f())}catch(e){p(e)}
const {proxy,revoke}=Proxy.revocable({},{}); revoke(); for (const f of [()=>proxy.c,()=>'c' in proxy,()=>{proxy.c=5},()=>delete proxy.c]) try{p(f())}catch(e){p(e)}
const bad=new Proxy({},{get:1,has:1,set:1,deleteProperty:1}); for (const f of [()=>bad.c,()=>'c' in bad,()=>{bad.c=5},()=>delete bad.c]) try{p(f())}catch(e){p(e)}
class A{constructor(x){this.x=x; this.nt=new.target}} const PA=new Proxy(A,{construct(t,a,nt){ return {t:t===A,a:a.length,nt:nt===PA}}}); p(JSON.stringify(new PA(1,2))); const PB=new Proxy(A,{construct(){return 1}}); try{new PB}catch(e){p(e)} const PC=new Proxy(A,{}); p(new PC(3).x, new PC(1).nt===PC, new (class extends PC{})(9).x, JSON.stringify(new (class D extends PA{})(9)));
p(Reflect.construct(PA,[1,2,3]).a); p(new Proxy(function(){return [...arguments].join()},{apply(t,th,a){return 'ap'+a}})(1,2)); 
p(px.hasOwnProperty === undefined, Object.keys(q).join(), [].concat(new Proxy([1,2],{})).length);
class MyA extends Array{}; p(new MyA(1,2,3).map(x=>x) instanceof MyA, MyA.from([1]).constructor.name, new MyA(1,2,3).slice(1).constructor.name, MyA.of(1).concat([2]).constructor.name);
const acc={get length(){tr.push('len');return {valueOf(){tr.push('lv');return 2}}},0:'p',1:'q'}; p(Array.prototype.join.call(acc), Array.prototype.map.call(acc,x=>x+x));
p(tr.join());
function* gen(){ const v={valueOf(){return 42}}; const r = yield v+1; return r*v } const it=gen(); p(it.next().value, it.next(2).value);
console.log(out.join('\n'));
