// packages: node-pako
// modules: pako = javascript/pako/pako.js
// fuel: 700000000   heap: 16m
const pako = require('pako');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const words = 'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there'.split(' ');
let text = '';
while (text.length < 60000) text += words[random(words.length)] + (random(9) ? ' ' : '.\n');
const noise = Uint8Array.from({ length: 20000 }, () => random(256));
const sum = bytes => { let a = 1, b = 0; for (const byte of bytes) { a = (a + byte) % 65521; b = (b + a) % 65521; } return (b * 65536 + a).toString(16); };
for (const level of [0, 1, 4, 6, 9])
    for (const strategy of [0, 2, 3]) {
        const packed = pako.deflate(text, { level, strategy });
        console.log(level, strategy, packed.length, sum(packed), pako.inflate(packed, { to: 'string' }) === text);
    }
for (const [name, data] of [['noise', noise], ['zeros', new Uint8Array(50000)], ['empty', new Uint8Array(0)], ['unicode', 'äöü😀'.repeat(500)]]) {
    const gz = pako.gzip(data, { header: { name: 'f', time: 0, hcrc: true } }), raw = pako.deflateRaw(data, { windowBits: 12, memLevel: 5 });
    console.log(name, gz.length, sum(gz), raw.length, sum(raw), sum(pako.ungzip(gz)) === sum(pako.inflateRaw(raw)), sum(pako.ungzip(gz)));
}
const stream = new pako.Deflate({ level: 7, chunkSize: 1024 }), inflate = new pako.Inflate({ to: 'string', chunkSize: 100 });
for (let i = 0; i < text.length; i += 999) stream.push(text.slice(i, i + 999), i + 999 >= text.length);
for (let i = 0; i < stream.result.length; i += 77) inflate.push(stream.result.subarray(i, i + 77), i + 77 >= stream.result.length);
console.log(stream.result.length, sum(stream.result), inflate.result === text, inflate.err);
for (const bad of [[1, 2, 3], [0x78, 0x9c, 1, 2, 3, 4], pako.deflate('abc').slice(0, 6)])
    try { console.log(pako.inflate(Uint8Array.from(bad))); } catch (error) { console.log(String(error)); }
