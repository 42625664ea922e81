// packages: node-terser node-ampproject-remapping libjs-underscore libjs-mustache
// modules: terser = nodejs/terser/dist/bundle.min.cjs
// texts: underscore = javascript/underscore/underscore.js, mustache = javascript/mustache/mustache.js
// fuel: 300000000   heap: 128m   allow: clock
const { minify } = require('terser');
const small = `
class Point { #x = 1; static y = 2; get z() { return this.#x ** 2; } *gen() { yield* [1, 2, 3]; } }
function outer(unused, value) { const once = value + 1; if (false) dead(); for (let i = 0; i < 10; i++) { if (i === 5) continue; console.log(once, \`t\${i}\`); } return typeof undefined === "undefined" ? void 0 : !!value; }
async function f({ a = 1, ...rest }, [b, , c] = []) { try { await g?.(a ?? b) } catch { return { a: a, b, ['c' + 1]: c, ...rest } } finally { h() } }
var x = 1 + 2 * 3, y = "a" + "b" + x, s = 'it\\'s "quoted"', r = /[a-z]+\\/(?<n>x)/giu; switch (x) { case 7: y; break; default: x++ } label: while (true) { break label; }
export { f as default, outer }; import def, * as ns from "mod";
`;
(async () => {
    console.log((await minify(small, { module: true, toplevel: false, sourceMap: { filename: 'small.js' } })).code);
    console.log((await minify(small, { module: true, compress: { passes: 3, unsafe: true }, format: { beautify: true, comments: 'all' } })).code);
    console.log((await minify(require('mustache'), { ecma: 5 })).code);
    console.log((await minify(require('underscore'), { compress: { passes: 2 }, mangle: true })).code);
    for (const bad of ['let a; let a;', 'function (', 'return 1', 'a b'])
        try { console.log((await minify(bad)).code); } catch (error) { console.log(error.name, error.message, error.line, error.col, error.pos); }
})().catch(error => console.log(String(error.stack)));
