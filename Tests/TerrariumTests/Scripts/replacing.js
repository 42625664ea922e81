// String.prototype.replace with functions, the default order of sort, spreading plain objects, apply.
const log = (...args) => { const at = args.findIndex(a => typeof a === 'number'); return `<${args.slice(0, at).map(String).join('|')}@${args[at]}/${args.length - at}${typeof args[args.length - 1]}>`; };
for (const pattern of [/b/, /b/g, /(a)(b)?/g, /(a)|(b)|(c)|(d)/g, /(?<x>a)(?<y>b)?/g, /x*/g, /(?:)/gu, /b/y, /a/gy, /\d+/g, /(.)(.)(.)/gs, /zzz/g, 'b', ''])
    console.log(String(pattern), 'aabcab\n12 é'.replace(pattern, log), 'aabcab'.replace(pattern, () => '$1$&'), pattern.lastIndex);
const sticky = /a/y; sticky.lastIndex = 1;
console.log('aab'.replace(sticky, log), sticky.lastIndex, 'aab'.replace(sticky, log), sticky.lastIndex, 'aab'.replace(sticky, log), sticky.lastIndex);
const seen = /./g;
console.log('abc'.replace(seen, m => { seen.lastIndex = 7; return m + seen.lastIndex; }), seen.lastIndex, 'abc'.replace(/./g, () => undefined), 'abc'.replace(/./g, () => ({ toString() { return '!'; } })), 'x'.repeat(3).replaceAll(/x/g, (m, at) => at));
try { 'abc'.replace(/b/g, () => { throw new Error('from the function'); }); } catch (e) { console.log(e.message); }
class Loud extends RegExp { exec(s) { const r = super.exec(s); if (r) r[0] = r[0].toUpperCase(); return r; } }
console.log('abcabc'.replace(new Loud('b', 'g'), m => m + m), 'nested aXbX'.replace(/X/g, (m, at, s) => s.replace(/X/g, (n, k) => k)));
console.log([3, 20, 100, 'b', 'a', undefined, null, , 'ab', -1, [2], {}].sort().map(String).join(), ['b', 'aaaaaaaab', 'aaaaaaaaa', 'aaaaaaaa', '☃', 'é', 'z', '', 'aaaaaaaa\u0100'].sort().join());
const items = Array.from({ length: 300 }, (_, i) => ({ i, toString() { return 'k' + i % 7; } }));
console.log(items.sort().map(x => x.i).join(), Array.from({ length: 40 }, (_, i) => i * 37 % 41).sort().join(), ['b', 'a'].toSorted().join(), [5, 1, 4].toSorted((a, b) => b - a).join());
let order = true;
const long = Array.from({ length: 3000 }, (_, i) => 'prefix'.repeat(i % 5) + i * 7919 % 3001).sort();
for (let i = 1; i < long.length; i++) if (!(long[i - 1] <= long[i])) order = false;
console.log(order, long.length);
class Secret { #hidden = 1; shown = 2; static reads(o) { return #hidden in o; } }
const source = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, [Symbol.for('s')]: 7 }, twice = { ...source }, thrice = { ...twice, e: 'new', g: 8 }, mixed = { z: 0, a: 'old', ...source, b: 'own' };
source.a = 'changed';
console.log(JSON.stringify([twice, thrice, mixed, { ...new Secret() }, { ...null }, { ...'ab' }, { ...[1, 2] }, { ...Object.create({ inherited: 1 }, { v: { value: 1, enumerable: true }, hidden: { value: 2 } }) }]), twice[Symbol.for('s')], Secret.reads({ ...new Secret() }), Object.getOwnPropertyDescriptor({ ...Object.freeze({ q: 1 }) }, 'q').writable);
const { a, ...rest } = twice, getters = { get x() { return delete this.y; }, y: 1, set w(v) { } }, back = { get a() { return 'getter'; }, ...source };
console.log(JSON.stringify([rest, { ...getters }]), back.a, Object.keys({ b: 1, ...{ a: 1, b: 2, 1: 3 } }).join());
const shared = { ...twice }; shared.h = 1; delete shared.b;
console.log(JSON.stringify([twice, shared]), '__proto__' in { ...JSON.parse('{"__proto__": 1}') });
function count() { return arguments.length + ':' + Array.prototype.join.call(arguments, '-'); }
function relay(x) { 'use strict'; return count.apply(null, arguments); }
function mapped(x) { x = 'set'; return count.apply(null, arguments); }
console.log(count.apply(null, [1, , 3]), count.apply(null, []), count.apply(null), count.apply(null, { length: 2, 1: 'b' }), relay(1, 2), mapped(1, 2), Reflect.apply(count, null, [4, 5]), Math.max.apply(null, Array.from({ length: 2000 }, (_, i) => i)), count.apply(null, new Uint8Array([7, 8])));
console.log([1, , 2].concat([3, , 4], new Array(2)).length, [].concat(Array.from({ length: 100 }, (_, i) => i), [[1]], 'x').length);
// Alternatives that all begin at the start are tried at the start only: a search of the whole text would not end in time.
const chunk = 'let x = 1; // '.repeat(20000), number = /^0b[01](?:_?[01])*n?|^\d+(?:_\d+)*n|(?:^(?:\d+)?\.?\d+)+/i;
let none = 0;
for (let i = 0; i < 300; i++) if (number.exec(chunk) === null) none++;
console.log(none, /^a|^b/.exec('ba').index, /^a|b/.exec('cb').index, /(^a)|(?:^b)c|^/.exec('bcd')[0].length, /(?:^a)*b/.exec('xb').index, /a|^b/m.exec('x\nb').index, /(?<=^a)b|^c/.exec('ab').index, /(?=^)a|^b/.exec('ab').index, /x^|^y/.exec('xy'), 'aXbX'.split(/^a|^b/).join('|'), 'a\nb'.replace(/^|^b/gm, '>'), /(?:^|x)y/.exec('zxy').index);
