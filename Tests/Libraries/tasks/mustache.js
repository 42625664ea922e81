// packages: libjs-mustache
// modules: mustache = javascript/mustache/mustache.js
// fuel: 16000000   heap: 4m
const Mustache = require('mustache');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const template = '{{! comment }}{{title}} {{{raw}}} {{&raw}}\n{{#rows}}\n  * {{name}}{{#tags}}[{{.}}]{{/tags}}{{^tags}}(none){{/tags}} {{> part}}\n{{/rows}}{{#wrap}}w {{title}}{{/wrap}}{{=<% %>=}}<% title %>{{x}}<%={{ }}=%>{{a.b.c}}';
for (let n = 0; n < 40; n++)
    console.log(Mustache.render(template, { title: 'a & <' + n, raw: '<b>"/</b>', wrap: () => (text, render) => '<' + render(text) + '>', a: { b: { c: n } },
        rows: Array.from({ length: n }, (_, i) => ({ name: 'n' + i, tags: Array.from({ length: random(4) }, () => random(100)) })) }, { part: '-{{name}}-{{#tags.length}}{{tags.length}}{{/tags.length}}\n' }));
console.log(JSON.stringify(Mustache.parse(template)));
for (const bad of ['{{#a}}', '{{/a}}', '{{#a}}{{/b}}', '{{x'])
    try { Mustache.render(bad, {}); console.log('fine'); } catch (error) { console.log(error.message); }
