// packages: node-escodegen node-esprima node-estraverse node-esutils node-source-map libjs-underscore
// modules: escodegen = nodejs/escodegen, esprima = nodejs/esprima, estraverse = nodejs/estraverse
// texts: code = javascript/underscore/underscore.js
// fuel: 90000000   heap: 32m
const escodegen = require('escodegen'), esprima = require('esprima'), estraverse = require('estraverse'), code = require('code');
const tree = esprima.parseScript(code, { range: true, tokens: true, comment: true, loc: true, source: 'u.js' });
console.log(escodegen.generate(escodegen.attachComments(tree, tree.comments, tree.tokens), { comment: true, format: { quotes: 'double', indent: { style: '  ' } } }));
const compact = escodegen.generate(tree, { format: escodegen.FORMAT_MINIFY });
console.log(compact, compact === escodegen.generate(esprima.parseScript(compact), { format: escodegen.FORMAT_MINIFY }));
const small = esprima.parseScript('for (var i = 0, j; i < 1e21 + .5; i++) { a: if (x) continue a; else y(-(-z), !(a && b || c), (d, e), new (f())(), (function () {})(), `t${1}`, {get g() { return /\\//; }}, [, , 1], typeof void 0, a ? b : c) } do ; while (0)', { loc: true, source: 's.js' });
for (const format of [{}, { renumber: true, hexadecimal: true, quotes: 'auto', escapeless: true, compact: true, parentheses: false, semicolons: false }])
    console.log(escodegen.generate(small, { format }));
console.log(escodegen.generate(small, { sourceMap: 's.js', sourceMapWithCode: true, file: 'o.js' }).map.toString());
let renamed = 0;
estraverse.replace(tree, { enter(node) { if (node.type === 'Identifier' && /^[a-z]{3,}$/.test(node.name)) { renamed++; return { type: 'Identifier', name: '$' + node.name }; } if (node.type === 'IfStatement' && !node.alternate) this.skip(); } });
console.log(renamed, escodegen.generate(tree).length);
