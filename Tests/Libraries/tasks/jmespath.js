// packages: node-jmespath
// modules: jmespath = nodejs/jmespath/jmespath.js
// fuel: 3000000   heap: 4m
const jmespath = require('jmespath');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const data = { people: Array.from({ length: 200 }, (_, i) => ({ name: 'n' + random(500), age: random(90), state: ['WA', 'NY', 'CA'][random(3)], tags: [random(5), random(5)], 'odd key': { deep: [[i], [i, i + 1]] } })), empty: [], nothing: null, ops: { f: { n: 2 }, g: { n: 3 }, h: {} } };
for (const expression of ['people[0].name', 'people[-3:].age', 'people[::25].name', "people[?state=='NY' && age > `30`].[name, age]", "people[?contains(tags, `4`)] | [0:5].{n: name, t: tags}", 'sort_by(people, &age)[*].age | [::10]', 'max_by(people, &age).name', 'people[*].tags[] | sort(@)', "people[*].\"odd key\".deep[] | [5:15]", 'ops.*.n', 'length(people)', "join(', ', people[:9].name)", 'keys(ops)', 'not_null(nothing, empty, ops.f)', 'sum(people[*].age)', 'avg(people[*].age)', 'map(&age, people)[:7]', "people[?!(state=='CA')] | length(@)", "to_string(people[0])", "merge(ops, {x: `{\"a\": 1}`})", 'reverse(people[:3])', "starts_with(people[0].name, 'n')", 'type(empty)', "people[?age<`20`||age>=`80`].name", 'people[0].missing', '@.ops', "to_number('3.5e1')", 'abs(`-3`)', 'values(ops)', "ends_with('abc', 'c')"])
    console.log(expression, JSON.stringify(jmespath.search(data, expression)));
console.log(JSON.stringify(jmespath.compile("a.b[?c==`1`].{d: e, f: g(h, &i)} | [*] || @")));
console.log(jmespath.tokenize("foo[?a != 'b'].\"c\"").map(t => t.type + ':' + t.value).join(' '));
for (const bad of ['people[', 'a..b', 'foo(', "nofunc(a)", 'abs(people)', '*.[', 'a || ', '"open', 'a[?b', 'length()'])
    try { console.log(JSON.stringify(jmespath.search(data, bad))); } catch (error) { console.log(error.name, error.message); }
