const log=[];
function eq(a,b){ const x=JSON.stringify(a), y=JSON.stringify(b); if(x!==y) console.log('FAIL',x,y, new Error().stack.split('\n')[2]); }
for (const mk of [()=>[1,2,3,,5], ()=>new Proxy([1,2,3,,5],{}), ()=>({0:1,1:2,2:3,4:5,length:5})]) {
  const call=(n,...a)=>{const o=mk(); const r=Array.prototype[n].apply(o,a); return [n, r===o?'same':Array.isArray(r)?Array.from(r):r, Array.from(o), o.length]};
  const out=[];
  for (const [n,...a] of [['push',7,8],['pop'],['shift'],['unshift',9,8,7],['slice',1,-1],['slice'],['splice',1,2],['splice',1,1,'a','b','c'],['splice',-2],['splice'],['join','-'],['join'],['toLocaleString'],['reverse'],['indexOf',3],['indexOf',undefined],['lastIndexOf',3],['lastIndexOf',3,-4],['includes',undefined],['includes',5,-1],['at',-1],['at',0],['fill',0,1,3],['copyWithin',0,2],['copyWithin',1,0,3],['flat'],['toReversed'],['with',1,'x'],['toSpliced',1,2,'q'],['toSpliced'],['toSpliced',2]]) out.push(call(n,...a));
  log.push(JSON.stringify(out));
}
console.log(log[0]===log[1], log[0]===log[2]); console.log(log[0]); if(log[0]!==log[1])console.log(log[1]); if(log[0]!==log[2])console.log(log[2]);
console.log([[1,[2,[3]]],4].flat(Infinity).join(), [1,[2]].concat([3],4,[[5]]).toString(), String([1,[2,[3,null]]]), [1,2].concat({length:1,0:'z',[Symbol.isConcatSpreadable]:true}).join());
let c=[1];c.push(c);console.log(c.join(), [].pop(), [].shift(), [NaN].includes(NaN), [NaN].indexOf(NaN));
console.log([3,1,2].toString(), Array.prototype.concat.call(1,2).length);
