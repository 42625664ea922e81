// packages: node-lodash
// modules: lodash = nodejs/lodash/lodash.js
// fuel: 10000000   heap: 8m   allow: eval
const _ = require('lodash');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const people = _.times(600, i => ({ id: i, name: _.sample.length + 'p' + random(1000), age: random(90), tags: _.uniq(_.times(4, () => 't' + random(9))),
    address: { city: 'c' + random(20), zip: _.padStart(random(99999), 5, '0') } }));
console.log(JSON.stringify(_.countBy(people, 'address.city')));
console.log(JSON.stringify(_.mapValues(_.groupBy(people, p => Math.floor(p.age / 10)), g => _.meanBy(g, 'age').toFixed(3))));
console.log(JSON.stringify(_.map(_.take(_.orderBy(people, ['age', 'name', 'id'], ['desc', 'asc', 'desc']), 25), 'id')));
console.log(JSON.stringify(_.chain(people).filter({ age: 30 }).map('tags').flatten().countBy().toPairs().sortBy(1, 0).value()));
console.log(JSON.stringify(_(people).map('age').filter(n => n % 2).map(n => n * n).take(12).reverse().value()));
const deep = _.cloneDeep(people);
deep[77].address.city = 'elsewhere';
console.log(_.isEqual(people, deep), _.isEqual(people.slice(0, 77), deep.slice(0, 77)), _.findIndex(deep, ['address.city', 'elsewhere']));
console.log(JSON.stringify(_.merge({}, { a: { b: [1, 2, { c: 3 }], d: 4 } }, { a: { b: [5, undefined, { e: 6 }], f: _.set({}, 'x[0].y.z', 7) } })));
console.log(['fooBar-baz qux', 'XMLHttpRequest', 'déjà vu 12th', '__private_name__'].map(s => [_.camelCase(s), _.kebabCase(s), _.snakeCase(s), _.startCase(s), _.deburr(s), _.words(s).join('|')].join(' / ')).join('\n'));
const page = _.template('<ul><% _.forEach(people, function (p) { %><li><%- p.name %>=<%= p.age %>${p.id}</li><% }) %></ul>', { imports: { _ } });
console.log(page({ people: [{ name: '<b>&"', age: 1, id: 2 }, { name: "o'k", age: 3, id: 4 }] }));
console.log(JSON.stringify([_.chunk(_.range(20), 6), _.zipObjectDeep(['a.b[0].c', 'a.b[1].d'], [1, 2]), _.unzip([[1, 'a'], [2, 'b']]), _.xor([1, 2, 3], [2, 4]), _.differenceBy([2.1, 1.2], [2.3], Math.floor)]));
const calls = [], add = _.curry((a, b, c) => { calls.push(a + b + c); return a + b + c; });
console.log(add(1)(2)(3), add(1, _, 3)(2), add(_, _, 3)(1)(2), calls.join());
const memo = _.memoize(n => n < 2 ? n : memo(n - 1) + memo(n - 2));
console.log(memo(80), memo.cache.size, _.flow([_.add, _.partialRight(_.divide, 4)])(3, 5), _.truncate('the quick brown fox jumps over the lazy dog', { length: 24, separator: /,? +/ }));
console.log(JSON.stringify(_.transform(people.slice(0, 50), (r, p) => { (r[p.age % 7] || (r[p.age % 7] = [])).push(p.id); }, {})));
let text = '';
for (let i = 0; i < 200; i++) text += _.padEnd(_.capitalize('row' + i), 8, '.') + _.repeat('=', i % 5) + (i % 10 ? '' : '\n');
console.log(text, _.escape(text).length, _.sortedIndexBy(_.sortBy(people, 'age'), { age: 40 }, 'age'), _.sum(_.map(people, 'age')));
