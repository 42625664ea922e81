// packages: node-diff
// modules: diff = nodejs/diff/dist/diff.js
// fuel: 6000000   heap: 8m
const Diff = require('diff');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const lines = Array.from({ length: 250 }, (_, i) => 'line ' + random(60) + ' of text ' + i % 17);
const edited = lines.filter(() => random(12)).flatMap(l => random(10) ? [l] : [l.replace('text', 'words'), 'inserted ' + random(100)]);
const before = lines.join('\n') + '\n', after = edited.join('\n');
console.log(Diff.diffLines(before, after).map(p => (p.added ? '+' : p.removed ? '-' : '=') + p.count).join(' '));
const patch = Diff.createTwoFilesPatch('a.txt', 'b.txt', before, after, 'old', 'new', { context: 2 });
console.log(patch);
console.log(Diff.applyPatch(before, patch) === after, JSON.stringify(Diff.structuredPatch('a', 'b', 'x\ny\nz\n', 'x\nq\nz', '', '').hunks), JSON.stringify(Diff.parsePatch(patch)).length);
console.log(JSON.stringify(Diff.diffChars('the quick brown fox', 'a quack frown box')), JSON.stringify(Diff.diffWords('The cat, sat.  On mats', 'The dog sat. On the mats!', { ignoreCase: true })));
console.log(JSON.stringify(Diff.diffSentences('One. Two! Three?', 'One. Too! Three? Four.')), JSON.stringify(Diff.diffCss('a{b:c;d:e}', 'a{b:x;d:e;f:g}')), JSON.stringify(Diff.diffJson({ a: 1, b: [1, 2, { c: 3 }] }, { b: [1, { c: 4 }], a: 1, n: undefined })), JSON.stringify(Diff.diffArrays([1, 2, 3, 4], [2, 3, 5])));
console.log(Diff.convertChangesToXML(Diff.diffWords('a <b> c', 'a <d> c')), Diff.merge ? JSON.stringify(Diff.merge('a\nb\nc\nX\n', 'a\nB\nc\nd\n', 'a\nb\nc\nd\n')) : '', JSON.stringify(Diff.convertChangesToDMP(Diff.diffChars('ab', 'ac'))));
console.log(Diff.applyPatch(before.replace('line', 'LINE').replace(/17/g, 'x'), patch), Diff.applyPatch('zero\n' + before, patch, { fuzzFactor: 2 }) === 'zero\n' + after);
