// packages: node-ramda
// modules: ramda = javascript/ramda/ramda.js
// fuel: 11000000   heap: 8m
const R = require('ramda');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const trades = R.times(i => ({ id: i, book: 'b' + random(8), amount: random(1000) - 400, legs: R.range(0, random(4)) }), 400);
console.log(R.toString(R.map(R.pipe(R.pluck('amount'), R.sum), R.groupBy(R.prop('book'), trades))));
console.log(JSON.stringify(R.transduce(R.compose(R.filter(t => t.amount > 0), R.map(R.prop('id')), R.take(30)), R.flip(R.append), [], trades)));
console.log(JSON.stringify(R.sortWith([R.descend(R.prop('amount')), R.ascend(R.prop('id'))], trades).slice(0, 20).map(R.props(['id', 'amount']))));
console.log(R.equals(trades, R.clone(trades)), R.toString(R.over(R.lensPath(['a', 0, 'b']), R.inc, { a: [{ b: 41 }] })), R.toString(R.assocPath(['x', 'y', 2], true, {})));
console.log(R.toString(R.reduceBy((acc, t) => acc + t.legs.length, 0, R.prop('book'), trades)), R.toString(R.countBy(Math.floor)([1.1, 1.7, 2.2])));
console.log(R.toString([R.xprod([1, 2], ['a', 'b']), R.aperture(3, R.range(0, 7)), R.transpose([[1, 2, 3], [4, 5]]), R.splitEvery(3, 'abcdefgh'), R.unfold(n => n > 50 ? false : [-n, n + 10], 10), R.mergeDeepWith(R.concat, { a: { b: [1] } }, { a: { b: [2] }, c: 3 })]));
const parse = R.pipe(R.split('\n'), R.map(R.split(',')), R.converge(R.lift(R.zipObj), [R.head, R.tail]), R.project(['b', 'a']));
console.log(R.toString(parse('a,b,c\n' + R.times(i => i + ',' + i * i + ',x', 100).join('\n'))));
console.log(R.toString(R.memoizeWith(String, n => n * 2)(4)), R.toString(R.evolve({ a: R.toUpper, b: { c: R.negate } }, { a: 'x', b: { c: 3 }, d: 1 })), R.toString(new Date(0)), R.test(/^x/, 'xy'), R.toString(R.uniqBy(R.modulo(R.__, 7), R.range(0, 40))));
