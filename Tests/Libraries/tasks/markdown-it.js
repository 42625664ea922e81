// packages: libjs-markdown-it
// modules: markdown-it = javascript/markdown-it/markdown-it.js
// fuel: 100000000   heap: 16m
const MarkdownIt = require('markdown-it');
const page = '# Head *em* `c`\n\nPara "quotes" -- dash... (c) http://example.com/?q=1&r=ü and <b>html</b> &hearts; &#x1F600; \\\\ \\!\n\n* a\n\n  b\n* c\n  1. x\n  2. y\n\n> > nested\n> lazy\ncontinuation\n\n| h | i |\n|---|:-:|\n| 1 | *2* |\n\n~~~js run\nf(x) < 3 && y\n~~~\n\n[a]: /url "t"\n[A] ![alt *x*](</u r l> \'t\') **bo*ld*** __x__y__ ~~s~~\n***\nsetext\n---\n\ttab code\n';
for (const preset of ['default', 'commonmark', 'zero'])
    for (const options of [{}, { html: true, linkify: true, typographer: true, breaks: true, xhtmlOut: true }])
        console.log(preset, new MarkdownIt(preset, options).render(page));
const md = new MarkdownIt({ html: true, linkify: true, typographer: true, highlight: (code, language) => language + ':' + code.length });
console.log(JSON.stringify(md.parse(page, {})));
let long = '';
for (let i = 0; i < 80; i++) long += page.replace('Head', 'Head ' + i) + '\n\n';
const html = md.render(long);
let hash = 0;
for (let i = 0; i < html.length; i++) hash = Math.imul(hash, 31) + html.charCodeAt(i) | 0;
console.log(html.length, hash, md.utils.escapeHtml('<">&'), md.normalizeLink('http://exämple.com/ä b'), md.validateLink('javascript:1'));
console.log(JSON.stringify(md.linkify.match('see example.org, //foo.bar/x_(y) or mail@me.co.uk.')));
