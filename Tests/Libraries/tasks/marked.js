// packages: node-marked
// modules: marked = nodejs/marked/lib/marked.umd.js
// fuel: 18000000   heap: 8m
const { marked } = require('marked');
const page = `
Title *with* **strong** ***both*** \`code\` ~~gone~~
===
Sub [link](http://a.b/c?d=e&f "title") ![img](x.png) <http://auto.link> www.example.com user@example.com
---
> quote with\n> - list\n>   continued\n\n1. one\n2. two\n   * nested\n     * deeper\n\n- [ ] todo\n- [x] done

| a | b | c |\n|:--|:-:|--:|\n| 1 | **2** | \`3\` |\n| x \\| y | z |

\`\`\`js\nlet x = "<b>" && 1;\n\`\`\`

    indented code

<div class="raw">*html*</div>

Hard  \nbreak &amp; entity &copy; \\*escaped\\* [ref][id] [id] snake_case_word 2 * 3 * 4 __bold__text

[id]: <http://ref.example/a b> 'Ref title'
***
`;
for (const options of [{}, { gfm: false }, { pedantic: true }, { breaks: true, smartypants: true, headerIds: false }, { mangle: false, xhtml: true }])
    console.log(marked(page, { mangle: false, ...options }));
let long = '';
for (let i = 0; i < 60; i++) long += page.replace(/Title/, 'Title ' + i).slice(0, 300 + i * 5) + '\n\n';
const html = marked(long, { mangle: false });
let hash = 0;
for (let i = 0; i < html.length; i++) hash = Math.imul(hash, 31) + html.charCodeAt(i) | 0;
console.log(html.length, hash);
console.log(JSON.stringify(marked.lexer(page.replace('user@example.com', ''))));
const renderer = { heading: (text, level) => `[h${level} ${text}]`, link: (href, title, text) => `{${href}|${title}|${text}}` };
marked.use({ renderer, mangle: false });
console.log(marked(page));
