// packages: node-immutable
// modules: immutable = nodejs/immutable/dist/immutable.js
// fuel: 40000000   heap: 64m
const I = require('immutable');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
let map = I.Map(), list = I.List(), sorted = I.OrderedMap();
const versions = [];
for (let i = 0; i < 3000; i++) {
    map = map.set('k' + random(1500), i).update('n', 0, n => n + 1);
    list = i % 5 === 4 ? list.shift().unshift(-i) : list.push(i);
    sorted = i % 3 === 2 ? sorted.delete(i - 2) : sorted.set(i, String(i));
    if (i % 500 === 0) versions.push(map);
}
console.log(map.size, list.size, sorted.size, versions.map(v => v.size).join(), map.hashCode(), list.hashCode());
console.log(map.sortBy((v, k) => k).take(40).toString());
console.log(list.filter(n => n % 7 === 0).map(n => n * 2).groupBy(n => n % 5).map(g => g.reduce((a, b) => a + b, 0)).toString());
console.log(sorted.skip(100).take(60).entrySeq().map(([k, v]) => k + v.length).join(' '));
const state = I.fromJS({ users: I.Range(0, 60).map(i => ({ id: i, roles: ['r' + i % 3], deep: { a: [i, { b: i }] } })).toArray() });
const next = state.setIn(['users', 30, 'deep', 'a', 1, 'b'], 'changed').updateIn(['users', 5, 'roles'], r => r.push('admin')).deleteIn(['users', 0]);
console.log(JSON.stringify(next), I.is(state, I.fromJS(state.toJS())), state.getIn(['users', 3]) === next.getIn(['users', 2]));
const set = I.Set(I.Range(0, 400, 3)).intersect(I.Range(0, 400, 4)).union([1, 2]).subtract([12]);
console.log(set.sort().toJS().join(), I.Set([I.Map({ a: 1 }), I.Map({ a: 1 })]).size, I.OrderedSet('hello world').join(''));
const Point = I.Record({ x: 0, y: 0 }, 'Point');
console.log(String(new Point({ x: 3 }).set('y', 4)), I.Seq(list).zip(I.Repeat('z', 5)).toString(), I.Stack([1, 2, 3]).push(0).toString());
console.log(map.withMutations(m => { for (let i = 0; i < 1500; i += 2) m.delete('k' + i); }).size, map.merge({ a: 1 }, { b: 2 }).size, I.mergeDeep({ a: { b: 1 } }, { a: { c: 2 } }).a.c);
