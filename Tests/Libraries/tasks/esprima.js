// packages: node-esprima libjs-mustache
// modules: esprima = nodejs/esprima
// texts: code = javascript/mustache/mustache.js
// fuel: 30000000   heap: 16m
const esprima = require('esprima'), code = require('code');
console.log(JSON.stringify(esprima.parseScript(code, { loc: true, range: true, comment: true, tokens: true })));
console.log(JSON.stringify(esprima.parseModule('import a, {b as c} from "m"; export default class extends a { static *x() { yield `q${c}` } } export * from "n"; let {d = 1, e} = f ** g', { jsx: false })));
console.log(JSON.stringify(esprima.parseScript('x = <a b="1" {...c}>t {d}<e.f/>&amp;</a>', { jsx: true })));
console.log(esprima.tokenize(code).map(t => t.type[0] + t.value).join(' '));
const names = new Set();
esprima.parseScript(code, {}, node => { if (node.type === 'Identifier') names.add(node.name); });
console.log([...names].sort().join());
for (const bad of ['var 1', '"use strict"; with (a) b', 'a = {', '/(/', 'let let = 1', 'x\n=>1', 'function* f() { yield\n* 1 }', '0b2', "'\\u{110000}'"])
    try { esprima.parseScript(bad); console.log('fine', bad); } catch (error) { console.log(error.name, error.message, error.index, error.lineNumber, error.column); }
