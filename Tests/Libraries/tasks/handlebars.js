// packages: libjs-handlebars
// modules: handlebars = javascript/handlebars/handlebars.js
// fuel: 5000000   heap: 8m   allow: eval
const Handlebars = require('handlebars');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
Handlebars.registerHelper('shout', (text, options) => new Handlebars.SafeString(String(text).toUpperCase() + (options.hash.mark || '')));
Handlebars.registerHelper('times', function (n, options) { let out = ''; for (let i = 0; i < n; i++) out += options.fn({ i, up: this }, { data: { index: i } }); return out || options.inverse(this); });
Handlebars.registerPartial('row', '<tr>{{#each cells}}<td class="{{@index}}{{#if @first}} first{{/if}}">{{this}}</td>{{/each}}</tr>\n');
const page = Handlebars.compile('<h1>{{shout title mark="!"}}</h1>{{#with owner}}{{name}} of {{../title}}{{/with}}\n{{#each rows as |r k|}}{{> row cells=r}}{{else}}none{{/each}}{{#unless hidden}}{{{raw}}}{{{{keep}}}}{{no}}{{{{/keep}}}}{{/unless}}{{! comment }}{{#times 3}}{{i}}{{up.title}}{{/times}}{{#each map}}{{@key}}={{.}} {{/each}}{{lookup map "b"}}{{~#if x~}} y {{~else~}} z {{~/if~}}'.replace(/\{\{\{\{.*?\}\}\}\}.*?\{\{\{\{.*?\}\}\}\}/, ''));
for (let n = 0; n < 12; n++)
    console.log(page({ title: 't<' + n + '>', owner: { name: "O'Neil & sons" }, hidden: n % 3 === 0, raw: '<i>raw</i>', map: { a: n, b: '"' + n }, x: n & 1,
        rows: Array.from({ length: n }, () => Array.from({ length: 8 }, () => '<' + random(1000))) }));
console.log(Handlebars.precompile('{{#each items}}{{> (lookup . "kind") a=1}}{{helper @root.x "s" k=(sub 1 2)}}{{/each}}'));
console.log(JSON.stringify(Handlebars.parse('a {{b.[c d].e "x" 1 true}} {{#if x}}y{{else if z}}w{{/if}}')));
for (const bad of ['{{#if x}}', '{{/if}}', '{{> missing}}', '{{nope 1}}', '{{#each}}{{/each}}'])
    try { console.log(Handlebars.compile(bad)({})); } catch (error) { console.log(error.message); }
