// Shortcuts for plain text: numbers, cases, search.
for (const text of ['0', '7', '12', '007', '123456789012345', '1234567890123456', '99999999999999999999', '', ' 12', '12 ', '12px', '1e3', '1.5', '.5', '5.', '-3', '+4', '0x1f', '0b1', '12_3', '1,2', '12/3', '12:3', '12@', '12E2', '1n', 'Infinity', '１２', '\u00a012', '3\n4'])
    console.log(JSON.stringify(text), parseInt(text), parseInt(text, 10), parseInt(text, 16), parseInt(text, 2), parseFloat(text), Number(text), +text, text == 12, Math.sign(parseInt(text, 10)));
for (const text of ['', 'a', 'Z', 'already lower', 'MiXeD 123 @[`{', 'ÄÖß', 'µÿ', 'İI', 'ΑΣ', 'x'.repeat(70) + 'Y', 'ok☃'])
    console.log(text.toUpperCase(), text.toLowerCase(), text.toUpperCase().length, text.toLowerCase() === text);
const long = 'ab'.repeat(5000) + 'needle' + 'a'.repeat(9000) + 'needle';
for (const pattern of ['needle', 'b', 'n', 'ba', 'abn', 'ea', 'zz', '', 'e', 'eneedle', 'ä', '☃', 'needlea'])
    console.log(long.indexOf(pattern), long.indexOf(pattern, 10001), long.lastIndexOf(pattern), long.includes(pattern), long.split(pattern).length, long.indexOf(pattern, 1e9));
for (let at = 0; at < 20; at++) { const text = '-'.repeat(at) + 'x\u00ff\u0080' + '-'.repeat(9); if (text.indexOf('x') !== at || text.indexOf('\u00ff') !== at + 1 || text.indexOf('\u0080') !== at + 2 || text.indexOf('\u0000') !== -1) console.log('not found at', at); }
console.log('☃a☃b'.indexOf('a'), '☃a☃b'.indexOf('☃b'), 'aaa'.indexOf('aa', 1), 'aaa'.split('a').length, 'a,b,,c'.split(',').join('|'), 'abc'.split('', 2).join(), 'aXbX'.split('X', 1).join(), 'abc' === 'ab'.concat('c'), 'abc' == 'abd', 'a'.repeat(3) == 'aaa', 'aa' === 'aaa');
// What is padded with is looked at only when something is missing.
console.log('abc'.padEnd(2, { toString() { throw 1; } }), 'abc'.padStart(NaN, { toString: 1, valueOf: 1 }), 'abc'.padEnd(5, { toString() { return 'xy'; } }), 'abc'.padStart({ valueOf() { return 6; } }, 'xy'));
