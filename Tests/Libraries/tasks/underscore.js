// packages: libjs-underscore
// modules: underscore = javascript/underscore/underscore.js
// fuel: 1300000   heap: 4m   allow: eval
const _ = require('underscore');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const rows = _.times(500, i => ({ i, k: random(40), s: 'w' + random(300) }));
console.log(JSON.stringify(_.countBy(rows, 'k')), JSON.stringify(_.pluck(_.first(_.sortBy(rows, 's'), 40), 's')));
console.log(JSON.stringify(_.indexBy(_.where(rows, { k: 7 }), 'i')), _.max(rows, r => r.k * 1000 + r.i).i);
console.log(JSON.stringify(_.chain(rows).groupBy('k').map((g, k) => [k, g.length, _.reduce(g, (a, b) => a + b.i, 0)]).sortBy(1).value()));
console.log(_.template('<% _.each(rows, function(r) { %><%- r.s %>:<%= r.k %>;<% }); %>')({ rows: rows.slice(0, 90), _ }));
console.log(JSON.stringify([_.flatten([1, [2, [3, [[4]]]]]), _.partition(_.range(30), n => n % 3), _.object(_.zip(['a', 'b'], [1, 2])), _.invert({ x: 'y' }), _.union([1, 2], [2, 3], [9])]));
console.log(_.isEqual(rows, JSON.parse(JSON.stringify(rows))), _.isEqual([new Date(5), /a/g, NaN, new Map([[1, 2]])], [new Date(5), /a/g, NaN, new Map([[1, 2]])]), _.isEqual({ a: 1 }, { a: 1, b: undefined }));
const once = _.once(() => random(100)), compose = _.compose(n => n + 1, n => n * 2);
console.log(once() === once(), compose(20), _.escape('<a href="x">&`'), _.unescape('&lt;&amp;&#x27;'), _.shuffle.length, _.sortedIndex([10, 20, 30], 25), _.uniqueId('n'), _.uniqueId('n'));
