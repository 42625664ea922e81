// packages: node-acorn libjs-underscore
// modules: acorn = nodejs/acorn/dist/acorn.js
// texts: code = javascript/underscore/underscore.js
// fuel: 40000000   heap: 8m
const acorn = require('acorn'), code = require('code');
const tree = acorn.parse(code, { ecmaVersion: 2022, locations: true });
const kinds = {};
let depth = 0, deepest = 0, sum = 0;
(function visit(node) {
    if (!node || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach(visit);
    if (node.type) {
        kinds[node.type] = (kinds[node.type] || 0) + 1;
        sum = (sum * 31 + node.start + node.end + node.loc.start.line * 7 + node.loc.end.column) % 1000000007;
        if (++depth > deepest) deepest = depth;
    }
    for (const key in node) if (key !== 'loc') visit(node[key]);
    if (node.type) depth--;
})(tree);
console.log(JSON.stringify(kinds), deepest, sum);
console.log(JSON.stringify(acorn.parse('class A extends B { static #x = 1; async *m({a = 1, ...b}, [c]) { for await (const d of e?.f ?? g) yield* `t${d}`; } }', { ecmaVersion: 2022 })));
const tokens = [...acorn.tokenizer('let x = /[/]\\u{1F600}/u.test("a\\n") ? 0b11_0 : .5e-3 // end', { ecmaVersion: 2022 })];
console.log(tokens.map(t => t.type.label + ':' + (t.value instanceof Object ? JSON.stringify(t.value.pattern) : t.value)).join(' '));
for (const bad of ['let a, a', 'a => {} ()', '/(?<n>a)(?<n>b)/', 'for (let of x)', '"use strict"; with (a) b', 'x\n++\n', 'await 1', '`${', 'label: label: x'])
    try { acorn.parse(bad, { ecmaVersion: 2020 }); console.log('fine', bad); } catch (error) { console.log(error.name, error.message, error.pos, JSON.stringify(error.loc)); }
