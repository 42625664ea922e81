const out=[]; const p=(...a)=>out.push(a.map(String).join(' ')); const tr=[];
p(JSON.stringify({a:{toJSON(k){tr.push('toJSON '+k);return [1,undefined,()=>1]}},get b(){tr.push('b');return 2},c:undefined,d:Symbol(),e:()=>1,f:new Number(3),g:new String('x'),h:Object(false),i:null,j:NaN,'k"\n\ud800':'\u2028\ud83d\ude00'}));
p(JSON.stringify([new Proxy([1,[2]],{}),new Proxy({x:1,y:{z:2}},{ownKeys(t){tr.push('ownKeys');return ['y','x']}})],null,2));
p(JSON.stringify({a:1,b:[1,{c:2}],d:'x'},function(k,v){tr.push(k===''?'top:'+Object.keys(this):k+':'+(this===Object(this)));return typeof v==='number'?v+1:v},'--'));
p(JSON.stringify({a:1,b:2,1:3,c:{a:5,b:6}},['b',new String('a'),1,{},'b']), JSON.stringify({a:1},[]), JSON.stringify({a:[]},null,new Number(3)), JSON.stringify([[]],null,new String('\t')), JSON.stringify({get a(){return {}}},null,'0123456789abc'));
p(JSON.stringify(undefined), JSON.stringify(()=>1), JSON.stringify({toJSON(){}}), JSON.stringify(Object('s')), JSON.stringify(new Proxy(()=>1,{})));
const cyc={get a(){return {b:{c:[{d:cyc}]}}}}; try{JSON.stringify(cyc)}catch(e){p(e.message)}
const cy2={get x(){return cy2}}; try{JSON.stringify(cy2)}catch(e){p(e.message)}
const cy3=[1,{get q(){return cy3}}]; try{JSON.stringify(cy3)}catch(e){p(e.message)}
try{JSON.stringify({get a(){return 1n}})}catch(e){p(e.message)}
BigInt.prototype.toJSON=function(){return 'big'+this}; p(JSON.stringify([1n,{a:2n}])); delete BigInt.prototype.toJSON;
p(JSON.stringify(new Date(0)), JSON.stringify({d:new Date(NaN)}), JSON.stringify([,1,,]), JSON.stringify({length:1,get z(){return [,'h']}}));
try{JSON.stringify({a:[{get b(){throw new Error('boom')}}]})}catch(e){p(e.message)}
let deep={get v(){return 1}}; for(let i=0;i<100;i++)deep={n:deep}; p(JSON.stringify(deep).length);
let big={get v(){return Array.from({length:2100},(_, i)=>i)}}; p(JSON.stringify(big).length);
p('a-b-c'.replace('-',(m,i,s)=>m+i+s), 'a-b-c'.replaceAll('-',(m,i)=>({toString(){return '['+i+']'}})), 'abc'.replaceAll('',(m,i)=>i), 'abc'.replace('x',()=>'y'), 'abc'.replace('',()=>'y'), 'aaa'.replaceAll('aa',()=>'b'));
const o=(n,v)=>({toString(){tr.push('s'+n);return v},valueOf(){tr.push('v'+n);return v}});
p('abc'.indexOf(o(1,'c'),o(2,0)), String.prototype.slice.call(o(3,'hello'),o(4,1),o(5,3)), 'ab'.padEnd(o(6,5),o(7,'xy')), 'a'.concat(o(8,'b'),'c',o(9,'d')), 'x'.repeat(o(10,3)), String(o(11,'q')), 'abc'.at(o(12,-1)), 'abc'.charAt(o(13,'1')));
for (const f of [()=>'a'.indexOf(Symbol(),o(14,1)), ()=>'a'.repeat(1n), ()=>String.prototype.indexOf.call(null,o(15,1)), ()=>String.prototype.at.call(Symbol(),o(16,1)), ()=>'a'.slice(o(17,1n))]) try{p(f())}catch(e){p(e.constructor.name)}
p(tr.join()); console.log(out.join('\n'));
