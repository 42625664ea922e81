// packages: node-pegjs
// modules: pegjs = nodejs/pegjs
// fuel: 70000000   heap: 32m   allow: eval
const peg = require('pegjs');
const arithmetic = `
{ function fold(head, tail) { return tail.reduce((result, [, op, , value]) => op === '+' ? result + value : op === '-' ? result - value : op === '*' ? result * value : result / value, head); } }
Expression "expression" = head:Term tail:(_ ("+" / "-") _ Term)* { return fold(head, tail); }
Term = head:Factor tail:(_ ("*" / "/") _ Factor)* { return fold(head, tail); }
Factor = "(" _ value:Expression _ ")" { return value; } / Number / "-" value:Factor { return -value; } / "max"i "(" list:List ")" { return Math.max(...list); }
List = first:Expression rest:("," _ item:Expression { return item; })* { return [first, ...rest]; }
Number "number" = digits:$([0-9]+ ("." [0-9]+)?) &{ return digits.length < 20; } { return parseFloat(digits); }
_ "blank" = [ \\t\\n\\r]*
`;
const json = `
start = _ v:value { return v; }
value = v:(object / array / string / number / "true" { return true; } / "false" { return false; } / "null" { return null; }) _ { return v; }
object = "{" _ m:(h:member t:("," _ x:member { return x; })* { return Object.fromEntries([h, ...t]); })? "}" { return m || {}; }
member = k:string _ ":" _ v:value { return [k, v]; }
array = "[" _ m:(h:value t:("," _ x:value { return x; })* { return [h].concat(t); })? "]" { return m || []; }
string = '"' c:(!["\\\\] x:. { return x; } / "\\\\" e:(["\\\\/bfnrt] / "u" h:$([0-9a-f]i[0-9a-f]i[0-9a-f]i[0-9a-f]i) { return 'u' + h; }) { return JSON.parse('"\\\\' + e + '"'); })* '"' { return c.join(''); }
number = n:$("-"? [0-9]+ ("." [0-9]+)? ([eE] [+-]? [0-9]+)?) { return +n; }
_ = [ \\t\\r\\n]*
`;
for (const cache of [false, true]) {
    const parser = peg.generate(arithmetic, { cache });
    for (let i = 1; i < 60; i++) console.log(parser.parse(Array.from({ length: i }, (_, k) => `(${k}.5 + ${i} * -2) / ${k + 1} - max(1, ${k}, 3*${i})`).join(' + ')));
    for (const bad of ['1 +', '(1', '2 * * 3', 'max(', '', '1\n+\n?']) try { parser.parse(bad); } catch (error) { console.log(error.name, error.message, JSON.stringify(error.location), error.format ? 1 : 0); }
}
const parser = peg.generate(json, { optimize: 'size' });
const value = Array.from({ length: 80 }, (_, i) => ({ i, s: 'q"\\/' + i + '\u1234\n', a: [i / 4, null, true, { deep: [[], {}] }], e: -i * 1e10 }));
console.log(JSON.stringify(parser.parse(JSON.stringify(value, null, 1))) === JSON.stringify(value));
console.log(peg.generate(arithmetic, { output: 'source', format: 'bare', trace: true }));
for (const bad of ['a = b', 'a = "x" a = "y"', 'a = a "x"', 'a = ("" )*', 'a = [z', 'start = x:"a" x:"b"'])
    try { peg.generate(bad); console.log('fine'); } catch (error) { console.log(error.name, error.message, JSON.stringify(error.location)); }
