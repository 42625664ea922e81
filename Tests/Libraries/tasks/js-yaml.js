// packages: node-js-yaml
// modules: yaml = nodejs/js-yaml/dist/js-yaml.js
// fuel: 30000000   heap: 8m
const yaml = require('yaml');
const text = `
%YAML 1.2
---
plain: text with spaces # comment
quoted: "esc \\t \\u263a \\x41 \\
  folded"
single: 'it''s'
numbers: [1, -2, 0x1F, 0o17, 1.5e3, .inf, -.INF, .nan, 1_000, 0b101]
bools: { yes: true, no: False, "null": ~ }
literal: |
  line one
    indented
  line three
folded: >-
  these lines
  are folded

  new paragraph
anchors: &base
  a: 1
  b: [x, &y z, *y]
merged:
  <<: *base
  c: 3
date: 2001-12-14t21:59:43.10-05:00
binary: !!binary R0lGODlhDAAMAIQAAP==
set: !!set { p, q }
omap: !!omap [ { one: 1 }, { two: 2 } ]
? complex key
: - nested
  - - deep
    - er
  -
    k: v
`;
const value = yaml.load(text.replace('%YAML 1.2\n---\n', ''));
console.log(JSON.stringify(value, (key, v) => v instanceof Uint8Array ? [...v].join() : v === Infinity ? 'inf' : v !== v ? 'nan' : v));
console.log(yaml.dump(value));
console.log(yaml.dump({ a: [1, [2, { b: 'multi\nline\n' }], 'needs: quoting', '- dash', '', null, true, 'true', '1.0', ' lead', '#c', 'ünï\u0001'], long: 'word '.repeat(40), o: { z: 1, a: 2 } }, { sortKeys: true, lineWidth: 60, indent: 4, quotingType: '"', flowLevel: 3 }));
const many = [];
for (let i = 0; i < 300; i++) many.push({ id: i, name: 'item ' + i, tags: ['a' + i % 3, 'b: ' + i], nested: { value: i / 7, text: i % 5 ? 'x' : 'line\nline' } });
const dumped = yaml.dump(many);
console.log(dumped.length, JSON.stringify(yaml.load(dumped)) === JSON.stringify(many));
console.log(dumped);
console.log(JSON.stringify(yaml.loadAll('a: 1\n---\nb: 2\n...\n---\n- c')));
for (const bad of ['a: b: c', '[1, 2', '"open', 'a:\n\t- b', '*missing', '{a: 1, a: 2}\nx', '!<tag:unknown> x', 'a: 1\na: 2'])
    try { console.log(JSON.stringify(yaml.load(bad))); } catch (error) { console.log(error.name, error.message); }
