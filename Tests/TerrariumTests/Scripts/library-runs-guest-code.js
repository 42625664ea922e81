// What built-ins do with arguments, options and receivers that run guest code, and in which order.
let log = [];
function work(name) { let t = 0; for (let i = 0; i < 3; i++) t += i; log.push(name); return t; }
const num = (name, v) => ({ valueOf() { work(name); return v; } });
const str = (name, v) => ({ toString() { work(name); return v; } });
const show = v => typeof v === 'bigint' ? v + 'n' : typeof v === 'string' ? JSON.stringify(v) : Array.isArray(v) ? '[' + v.map(show) + ']'
  : v instanceof Date ? 'Date ' + +v : ArrayBuffer.isView(v) ? v[Symbol.toStringTag] + '[' + v + ']' : v instanceof Map || v instanceof Set ? v[Symbol.toStringTag] + show([...v])
  : v instanceof Error ? String(v) : v !== null && typeof v === 'object' && Object.getPrototypeOf(v) === Object.prototype ? JSON.stringify(v) : String(v);
function t(name, f) {
  log = [];
  let result;
  try { result = show(f()); } catch (error) { result = 'throws ' + error; }
  print(name + ': ' + result + (log.length ? ' <' + log.join(' ') + '>' : ''));
}
const traced = (target, name) => new Proxy(target, new Proxy({}, { get(_, trap) { work(name + '.' + trap); return Reflect[trap]; } }));
const u8 = () => new Uint8Array([1, 2, 3, 4, 5]);

// Typed arrays: the length is read before arguments are converted.
t('at', () => u8().at(num('i', -2)));
t('fill', () => u8().fill(num('v', 9), num('s', 1), num('e', -1)));
t('fill big', () => new BigInt64Array(3).fill({ valueOf() { work('v'); return 7n; } }, num('s', 1)));
t('fill wrong', () => new BigInt64Array(3).fill(5, num('s', 1)));
t('fill wrong text', () => new BigInt64Array(3).fill(str('v', 'x'), num('s', 1)));
t('fill symbol', () => u8().fill(Symbol(), num('s', 1)));
t('fill symbol last', () => u8().fill(num('v', 1), Symbol(), num('e', 1)));
t('with', () => u8().with(num('i', -1), num('v', 300)));
t('with range', () => u8().with(num('i', 9), num('v', 3)));
t('copyWithin', () => u8().copyWithin(num('t', 0), num('s', 3), num('e', 5)));
t('indexOf', () => [u8().indexOf(3, num('f', -4)), u8().lastIndexOf(3, num('f', -1)), u8().includes(3, num('f', 3)), new Uint8Array(0).indexOf(1, num('f', 0))]);
t('join', () => u8().join(str('s', '-')));
t('slice', () => u8().slice(num('s', 1), num('e', -1)));
t('subarray', () => u8().subarray(num('s', 1), num('e', -1)));
const growing = () => { const b = new ArrayBuffer(4, { maxByteLength: 16 }); return [b, new Uint8Array(b)]; };
t('grown at', () => { const [b, a] = growing(); return a.at({ valueOf() { b.resize(8); a.fill(7); work('i'); return -1; } }); });
t('grown fill', () => { const [b, a] = growing(); return a.fill(1, { valueOf() { b.resize(8); work('s'); return -1; } }); });
t('shrunk fill', () => { const [b, a] = growing(); return a.fill(1, { valueOf() { b.resize(2); work('s'); return 0; } }); });
t('shrunk slice', () => { const [b, a] = growing(); a.fill(5); return a.slice({ valueOf() { b.resize(2); work('s'); return 0; } }); });
t('grown slice', () => { const [b, a] = growing(); return a.slice({ valueOf() { b.resize(8); work('s'); return -1; } }).length; });
t('grown subarray', () => { const [b, a] = growing(); return a.subarray({ valueOf() { b.resize(8); work('s'); return -1; } }).length; });
t('shrunk includes', () => { const [b, a] = growing(); return a.includes(undefined, { valueOf() { b.resize(2); work('f'); return 0; } }); });
t('shrunk join', () => { const [b, a] = growing(); return a.join({ toString() { b.resize(2); work('s'); return ','; } }); });
t('shrunk with', () => { const [b, a] = growing(); return a.with(0, { valueOf() { b.resize(2); work('v'); return 9; } }); });
const detached = (a, v = 0) => ({ valueOf() { a.buffer.transfer(); work('d'); return v; }, toString() { a.buffer.transfer(); work('d'); return ''; } });
for (const f of [a => a.at(detached(a)), a => a.fill(detached(a)), a => a.fill(0, detached(a)), a => a.with(0, detached(a)), a => a.copyWithin(detached(a), 1),
  a => a.indexOf(undefined, detached(a)), a => a.includes(undefined, detached(a)), a => a.slice(detached(a)), a => a.subarray(detached(a)).length, a => a.join(detached(a)), a => a.set([], detached(a))])
  t('detached', () => f(u8()));
t('not typed', () => Uint8Array.prototype.fill.call([], num('v', 1)));
const own = C => class extends C { static get [Symbol.species]() { work('species'); return C; } };
t('species slice', () => new (own(Uint8Array))([1, 2, 3]).slice(num('s', 1)));
t('species subarray', () => new (own(Uint8Array))([1, 2, 3]).subarray(1));
t('species map', () => new (own(Uint8Array))([1, 2, 3]).map(x => x + work('f')));
t('species filter', () => new (own(Uint8Array))([1, 2, 3]).filter(x => x !== 2));
t('species made', () => { const a = u8(); a.constructor = { [Symbol.species]: function (n) { work('new'); return new Uint16Array(n + 1); } }; return [a.slice(1, 3), a.map(x => x * 100)]; });
t('species small', () => { const a = u8(); a.constructor = { [Symbol.species]: function (n) { work('new'); return new Uint8Array(0); } }; return a.slice(1, 3); });
t('species same', () => { const a = u8(); a.constructor = { [Symbol.species]: function (n) { work('new'); return a; } }; return a.slice(1, 3); });
t('species big', () => { const a = u8(); a.constructor = { [Symbol.species]: BigInt64Array }; return a.slice(1, 3); });
t('species none', () => { const a = u8(); a.constructor = { [Symbol.species]: undefined }; return [a.slice(3), a.subarray(3)]; });
t('species wrong', () => { const a = u8(); a.constructor = 1; return a.slice(3); });
t('species wrong 2', () => { const a = u8(); a.constructor = { get [Symbol.species]() { work('species'); return 1; } }; return a.subarray(3); });
t('species detaches', () => { const a = u8(); a.constructor = { [Symbol.species]: function (n) { a.buffer.transfer(); return new Uint8Array(n); } }; return a.slice(1); });
t('species array plain', () => { const a = u8(); a.constructor = class extends Uint8Array { constructor(n) { super(n); work('new'); } }; return [a.slice(3), a.map(x => x)]; });
t('of', () => Uint8Array.of(num('a', 1), 2, num('b', 259)));
t('of class', () => (class A extends Uint16Array { constructor(n) { super(n); work('new ' + n); } }).of(1, num('b', 259)));
t('of small', () => Uint8Array.of.call(function () { return new Uint8Array(0); }, 1));
t('of none', () => Uint8Array.of.call(function () { return []; }, 1));
t('from', () => Uint8Array.from([num('a', 1), num('b', 2)], (x, i) => +x + i));
t('from class', () => (class A extends Uint16Array { constructor(n) { super(n); work('new ' + n); } }).from(new Set([1, 2])));
t('from values', () => Float64Array.from([num('a', 1.5), '2']));
t('new', () => new Uint8Array({ get [Symbol.iterator]() { work('get'); return function* () { yield 1; yield num('v', 2); }; } }));
t('new like', () => new Uint8Array({ get [Symbol.iterator]() { work('get'); }, length: 1, 0: 5 }));
t('new wrong', () => new Uint8Array({ get [Symbol.iterator]() { work('get'); return 1; } }));
t('new view', () => new Uint8Array(u8().buffer, num('o', 1), num('n', 2)));
t('new view range', () => new Uint16Array(u8().buffer, num('o', 1), num('n', 2)));
t('new view detached', () => { const a = u8(); return new Uint8Array(a.buffer, detached(a)); });
t('set', () => { const a = u8(); a.set([num('a', 8), num('b', 9)], num('o', 3)); return a; });
t('Reflect.set', () => { const a = u8(); return [Reflect.set(a, 0, num('v', 7)), Reflect.set(a, 9, num('w', 7)), Reflect.set(a, '-0', num('x', 1)), a]; });
t('Object.assign', () => Object.assign(u8(), { 1: num('v', 7), 0: 3 }));
t('toLocaleString', () => u8().toLocaleString());
t('toLocaleString own', () => { const old = Number.prototype.toLocaleString; Number.prototype.toLocaleString = function () { work('l'); return str('s', '<' + this + '>'); }; try { return new Uint8Array([1, 2]).toLocaleString(); } finally { Number.prototype.toLocaleString = old; } });
t('base64', () => [u8().toBase64({ get alphabet() { work('a'); return 'base64url'; }, get omitPadding() { work('o'); return true; } }),
  new Uint8Array([255, 239]).toBase64({ alphabet: 'base64url', get omitPadding() { work('o'); return 1; } })]);
t('base64 order', () => u8().toBase64({ get alphabet() { work('a'); return 'x'; }, get omitPadding() { work('o'); return true; } }));
t('base64 detached', () => { const a = u8(); return a.toBase64({ get alphabet() { a.buffer.transfer(); work('a'); } }); });
t('fromBase64', () => [Uint8Array.fromBase64('__8', { get alphabet() { work('a'); return 'base64url'; }, get lastChunkHandling() { work('l'); return 'loose'; } }), Uint8Array.fromBase64('AQID', traced({}, 'o'))]);
t('fromBase64 order', () => Uint8Array.fromBase64('__8', { get alphabet() { work('a'); return 'base64url'; }, get lastChunkHandling() { work('l'); return str('x', 'loose'); } }));
t('setFromBase64', () => { const a = u8(); const r = a.setFromBase64('AQID', { get lastChunkHandling() { work('l'); return 'strict'; } }); return [a, r]; });

// Buffers.
t('buffer', () => new ArrayBuffer(num('n', 4), { get maxByteLength() { work('m'); return num('x', 8); } }).maxByteLength);
t('buffer none', () => new ArrayBuffer(4, { get maxByteLength() { work('m'); } }).resizable);
t('buffer range', () => new ArrayBuffer(num('n', 9), { maxByteLength: num('x', 8) }));
t('buffer negative', () => new ArrayBuffer(-1, { get maxByteLength() { work('m'); } }));
t('buffer class', () => new (class extends ArrayBuffer {})(num('n', 4), { maxByteLength: num('x', 8) }).maxByteLength);
t('buffer proxy', () => new ArrayBuffer(4, traced({ maxByteLength: 6 }, 'o')).maxByteLength);
t('buffer slice', () => u8().buffer.slice(num('s', 1), num('e', -1)).byteLength);
t('buffer species', () => { const b = u8().buffer; b.constructor = { [Symbol.species]: function (n) { work('new ' + n); return new ArrayBuffer(n); } }; return new Uint8Array(b.slice(num('s', 2))); });
t('buffer species small', () => { const b = u8().buffer; b.constructor = { [Symbol.species]: function (n) { return new ArrayBuffer(0); } }; return b.slice(2); });
t('buffer species same', () => { const b = u8().buffer; b.constructor = { [Symbol.species]: function (n) { return b; } }; return b.slice(2); });
t('buffer detached', () => { const a = u8(); return a.buffer.slice(detached(a)); });
t('transfer', () => [u8().buffer.transfer(num('n', 3)).byteLength, u8().buffer.transferToFixedLength(num('n', 7)).byteLength]);
t('transfer twice', () => { const a = u8(); return a.buffer.transfer(detached(a)); });
t('view', () => { const v = new DataView(u8().buffer, num('o', 1), num('n', 3)); return [v.byteOffset, v.byteLength, v.getUint8(num('i', 1)), v.setInt16(num('i', 0), num('v', 258), true), v.getUint8(1)]; });
t('view range', () => new DataView(u8().buffer, num('o', 9), num('n', 3)));
t('view detached', () => { const a = u8(); return new DataView(a.buffer, 0, detached(a)); });

// Dates: the time is read before arguments are converted.
t('setHours', () => { const d = new Date(0); d.setUTCHours(num('h', 1), num('m', 2), num('s', 3), num('x', 4)); return d; });
t('setMonth', () => { const d = new Date(0); d.setUTCMonth({ valueOf() { d.setTime(1e12); work('m'); return 2; } }); return d; });
t('setTime', () => { const d = new Date(0); return [d.setTime(num('t', 5)), d]; });
t('setYear', () => { const d = new Date(0); d.setYear({ valueOf() { d.setTime(1e12); work('y'); return 99; } }); return d; });
t('set of NaN', () => { const d = new Date(NaN); return d.setUTCDate({ valueOf() { d.setTime(0); work('d'); return 2; } }); });
t('setFullYear of NaN', () => { const d = new Date(NaN); return d.setUTCFullYear(num('y', 1971)); });
t('set nothing', () => new Date(0).setMinutes());
t('set symbol', () => new Date(0).setMinutes(num('m', 1), Symbol(), num('x', 2)));
t('no date', () => Date.prototype.setTime.call({}, num('t', 1)));

// Strings.
t('fromCodePoint', () => String.fromCodePoint(65, num('a', 0x1F600), num('b', 66)));
t('fromCodePoint range', () => String.fromCodePoint(num('a', 65), num('b', -1), num('c', 1)));
t('new String', () => new String(str('s', 'ab')).length);
t('includes', () => ['abc'.includes(str('p', 'c'), num('i', 1)), 'abc'.startsWith(str('p', 'b'), num('i', 1)), 'abc'.endsWith(str('p', 'b'), num('i', 2)), ''.includes.call(str('t', 'xyz'), str('p', 'y'))]);
t('includes regexp', () => 'abc'.includes({ get [Symbol.match]() { work('m'); return true; }, toString() { work('p'); return 'a'; } }));
t('includes no regexp', () => { const r = /b/; Object.defineProperty(r, Symbol.match, { get() { work('m'); return false; } }); return '/b/'.includes(r); });
t('includes symbol', () => ''.includes.call(Symbol(), str('p', 'a')));
t('pad', () => ['a'.padStart(num('n', 3), str('f', 'xy')), 'abc'.padEnd(num('n', 3), str('f', 'xy'))]);
t('split', () => ['a-b-c'.split(str('s', '-'), num('n', 2)), ''.split.call(str('t', 'xyz'), 'y', num('n', 9)), 'ab'.split(undefined, num('n', 1))]);
t('split method', () => ['a-b'.split({ get [Symbol.split]() { work('g'); return function (s, n) { return [this === undefined, s, n, arguments.length]; }; } }, 3), 'a-b'.split({ get [Symbol.split]() { work('g'); }, toString() { work('s'); return '-'; } }, num('n', 9))]);
t('match method', () => ['ab'.match({ get [Symbol.match]() { work('g'); return function (s) { return [s, arguments.length]; }; } }), 'ab'.match({ get [Symbol.match]() { work('g'); return null; }, toString() { work('s'); return 'b'; } }).index]);
t('match wrong', () => 'ab'.match({ get [Symbol.match]() { work('g'); return 1; } }));
t('search', () => ['ab'.search(str('s', 'b')), 'ab'.search({ get [Symbol.search]() { work('g'); return s => s + '!'; } })]);
t('replace method', () => ['ab'.replace({ get [Symbol.replace]() { work('g'); return (...list) => list; } }, 'x'), 'ab'.replace({ get [Symbol.replace]() { work('g'); }, toString() { work('s'); return 'b'; } }, str('r', 'c'))]);
t('replaceAll flags', () => 'aa'.replaceAll({ [Symbol.match]: true, get flags() { work('f'); return str('t', 'g'); }, get [Symbol.replace]() { work('g'); return (...list) => list; } }, 'x'));
t('replaceAll not global', () => 'aa'.replaceAll({ get [Symbol.match]() { work('m'); return true; }, get flags() { work('f'); return 'i'; } }, 'x'));
t('matchAll', () => [[...'aba'.matchAll(str('p', 'a'))].length, 'a'.matchAll({ get [Symbol.match]() { work('m'); return true; }, get flags() { work('f'); return 'g'; }, [Symbol.matchAll]: s => s + '!' })]);
t('matchAll none', () => 'a'.matchAll({ [Symbol.match]: true, get flags() { work('f'); } }));
t('iterator', () => [...''[Symbol.iterator].call(str('t', 'xy'))]);

// Objects.
t('defineProperties', () => Object.getOwnPropertyDescriptors(Object.defineProperties({}, { a: { get value() { work('v'); return 1; } }, get b() { work('b'); return { get enumerable() { work('e'); return 1; }, get: undefined }; }, c: { value: 2 } })));
t('defineProperties order', () => Object.defineProperties({}, { a: { value: 1 }, b: 1, get c() { work('c'); return {}; } }));
t('create', () => Object.create({ z: 1 }, { a: { get value() { work('v'); return 1; }, enumerable: true } }));
t('create proxy', () => Object.create(null, traced({ a: { value: 5 } }, 'p')).a);
t('defineGetter', () => { const o = {}; o.__defineGetter__(str('k', 'x'), () => 3); o.__defineSetter__(str('k', 'y'), v => work('set')); o.y = 1; return [o.x, o.__lookupGetter__(str('k', 'x')) !== undefined, o.__lookupSetter__(str('k', 'x')), Object.keys(o)]; });
t('defineGetter proxy', () => { const o = traced({}, 'p'); o.__defineGetter__('x', () => 3); return [o.__lookupGetter__('x').name, Object.create(o).__lookupGetter__('x') !== undefined]; });
t('define refused', () => Object.freeze({}).__defineGetter__(str('k', 'x'), () => 1));
t('toLocaleString getter', () => Object.prototype.toLocaleString.call({ get toString() { work('g'); return function () { return [this instanceof Object, 1]; }; } }));
t('array toString', () => [Array.prototype.toString.call({ get join() { work('g'); return () => 'j'; } }), Array.prototype.toString.call({ get join() { work('g'); return 1; }, get [Symbol.toStringTag]() { work('t'); return 'T'; } })]);
t('bind', () => { function f(a, b, c) {} Object.defineProperty(f, 'name', { get() { work('n'); return 'g'; } }); Object.defineProperty(f, 'length', { get() { work('l'); return 7; } }); const b = f.bind(null, 1, 2); return [b.name, b.length]; });
t('bind proxy', () => { const b = Function.prototype.bind.call(traced(function f(a, b) {}, 'p'), null, 1); return [b.name, b.length]; });
t('set of proxy', () => { const p = traced({ x: 1 }, 'p'); p.x = 2; p.y = 3; return [Object.assign({}, p)]; });
const receiver = (log, target) => new Proxy(target, { getOwnPropertyDescriptor(o, k) { work('own ' + String(k)); return Reflect.getOwnPropertyDescriptor(o, k); }, defineProperty(o, k, d) { work('define ' + Object.keys(d)); return Reflect.defineProperty(o, k, d); } });
t('set with receiver', () => { const o = { x: 1, set y(v) { work('y'); } }, r = receiver(0, {}); return [Reflect.set(o, 'x', 5, r), Reflect.set(o, 'x', 6, r), Reflect.set(o, 'y', 6, r), Reflect.set(o, 'z', 7, r), JSON.stringify(r)]; });
t('set refused', () => { 'use strict'; const r = new Proxy({}, { defineProperty() { work('d'); return false; } }); r.x = 1; });
t('set read-only', () => { const o = Object.freeze({ x: 1 }), r = receiver(0, {}); return [Reflect.set(o, 'x', 1, r), Reflect.set({}, 'x', 1, receiver(0, Object.freeze({ x: 2 })))]; });
t('set array length', () => { const p = receiver(0, [1, 2, 3]); p.length = 1; p[4] = 5; return Reflect.get(p, 'length'); });
t('sloppy set refused', () => { const r = new Proxy({}, { defineProperty() { work('d'); return false; } }); r.x = 1; return 'fine'; });

// Proxies of proxies: what traps say is checked against targets that have traps themselves.
const frozen = traced(Object.freeze({ x: 1 }), 't');
t('get', () => new Proxy(frozen, { get() { return 2; } }).x);
t('get fine', () => new Proxy(frozen, { get() { return 1; } }).x);
t('set', () => { new Proxy(frozen, { set() { return true; } }).x = 2; });
t('has', () => 'x' in new Proxy(frozen, { has() { return false; } }));
t('has extensible', () => 'x' in new Proxy(traced(Object.preventExtensions({ x: 1 }), 't'), { has() { return false; } }));
t('delete', () => delete new Proxy(frozen, { deleteProperty() { return true; } }).x);
t('delete extensible', () => delete new Proxy(traced(Object.preventExtensions({ x: 1 }), 't'), { deleteProperty() { return true; } }).x);
t('delete chain', () => delete new Proxy(traced({ x: 1 }, 't'), {}).x);
t('delete handler', () => delete new Proxy(traced({ x: 1 }, 't'), { get deleteProperty() { work('h'); } }).x);
t('apply', () => new Proxy(function (a) { return [this, a]; }, { get apply() { work('h'); return (f, self, list) => ['t', self, list]; } }).call(1, 2));
t('apply none', () => new Proxy(function (a) { 'use strict'; return [this, a]; }, { get apply() { work('h'); } }).call(1, 2));
t('apply wrong', () => new Proxy(function (a) {}, { get apply() { work('h'); return 1; } })());
t('construct', () => new (new Proxy(class A { constructor(x) { this.x = x; } }, { get construct() { work('h'); return (C, list, N) => ({ n: typeof N, list }); } }))(3));
t('construct none', () => new (new Proxy(class A { constructor(x) { this.x = x + new.target.name; } }, { get construct() { work('h'); } }))(3).x);
t('construct wrong', () => new (new Proxy(class {}, { get construct() { work('h'); return () => 1; } }))(3));
t('construct extended', () => new (class B extends new Proxy(class A { constructor(x) { this.x = x + new.target.name; } }, { get construct() { work('h'); } }) {})(3).x);

// Regular expressions and what looks like them.
const like = o => Object.create(RegExp.prototype, Object.getOwnPropertyDescriptors(o));
t('flags', () => Object.getOwnPropertyDescriptor(RegExp.prototype, 'flags').get.call({ get global() { work('g'); return 1; }, get hasIndices() { work('d'); return 0; }, get sticky() { work('y'); return 'x'; } }));
t('flags own', () => { const r = /a/gi; Object.defineProperty(r, 'global', { get() { work('g'); return false; } }); return [r.flags, 'aa'.replace(r, 'b'), 'aa'.match(r).length]; });
t('toString', () => RegExp.prototype.toString.call({ get source() { work('s'); return str('t', 'a'); }, get flags() { work('f'); return str('u', 'gi'); } }));
t('lastIndex', () => { const r = /a/g; r.lastIndex = num('l', 1); return [r.exec('aaa').index, r.lastIndex]; });
t('lastIndex plain', () => { const r = /a/; r.lastIndex = num('l', 1); return [r.exec('aaa').index, r.test('b'), r.lastIndex === 0]; });
t('lastIndex order', () => { const r = /a/g; r.lastIndex = num('l', 1); return r.exec(str('s', 'aaa')).index; });
t('lastIndex sticky', () => { const r = /a/y; r.lastIndex = num('l', 1); return ['aba'.replace(r, 'x'), r.lastIndex]; });
t('lastIndex frozen', () => { const r = Object.freeze(/a/g); return r.exec('a'); });
t('matchAll lastIndex', () => { const r = /a/g; r.lastIndex = num('l', 1); return [...'aaa'.matchAll(r)].map(m => m.index); });
t('compile', () => { const r = /a/; r.compile(str('p', 'b'), str('f', 'g')); return r; });
t('compile wrong', () => /a/.compile(str('p', 'b'), num('f', 1)));
t('RegExp', () => [new RegExp(str('p', 'b'), str('f', 'g')), RegExp(str('p', 'b')), new RegExp(/x/g, str('f', 'i'))]);
t('RegExp like', () => { const o = { get [Symbol.match]() { work('m'); return true; }, get source() { work('s'); return str('t', 'ab'); }, get flags() { work('f'); return 'g'; }, get constructor() { work('c'); return RegExp; } }; return [RegExp(o) === o, new RegExp(o), RegExp(o, 'i'), RegExp(o, undefined) === o]; });
t('RegExp like constructor', () => { const r = /x/g; Object.defineProperty(r, 'constructor', { get() { work('c'); return 1; } }); return [RegExp(r) === r, String(RegExp(r))]; });
t('RegExp no match', () => { const r = /x/g; Object.defineProperty(r, Symbol.match, { get() { work('m'); } }); const n = { get [Symbol.match]() { work('m'); return 0; }, source: 'zz', toString() { work('t'); return 'yy'; } }; return [RegExp(r) === r, RegExp(n)]; });
t('replace groups', () => 'ab'.replace(like({ flags: '', exec() { work('e'); return { index: 0, length: 1, 0: 'a', groups: { get x() { work('x'); return str('y', 'X'); }, z: undefined } }; } }), '[$<x>|$<x>|$<z>|$$<x>|$&$<x]'));
t('replace index', () => 'abc'.replace(like({ flags: '', exec() { return { get index() { work('i'); return num('n', 1); }, get length() { work('l'); return num('m', 2); }, 0: str('0', 'b'), 1: str('1', 'q') }; } }), str('r', '($1)')));
t('replace all', () => { let n = 0; const r = like({ flags: 'g', exec() { work('e'); return n++ < 2 ? { index: n, length: num('m', 1), 0: '' } : null; }, get lastIndex() { work('get'); return num('l', n); }, set lastIndex(v) { work('set ' + v); } }); return 'abcd'.replace(r, '-'); });
t('match', () => { let n = 0; const r = like({ flags: 'g', exec() { return n++ < 2 ? [str('0', '')] : null; }, get lastIndex() { return num('l', n); }, set lastIndex(v) { work('set ' + v); } }); return 'abcd'.match(r); });
t('search', () => 'abc'.search(like({ exec() { work('e'); return { get index() { work('i'); return 'I'; } }; }, get lastIndex() { work('l'); return 3; }, set lastIndex(v) { work('set ' + v); } })));
t('split species', () => { const r = /-/; r.constructor = { get [Symbol.species]() { work('sp'); return function (p, f) { work('new ' + f); return new RegExp(p, f); }; } }; return 'a-b'.split(r, num('n', 5)); });
t('split class', () => { class S extends RegExp { exec(s) { work('e'); return super.exec(s); } get flags() { work('f'); return super.flags; } } return 'a-b'.split(new S('-')); });
t('split lastIndex', () => { class S extends RegExp { exec(s) { const r = super.exec(s), n = this.lastIndex; if (r) this.lastIndex = num('l', n); return r; } } return 'a-b'.split(new S('-')); });
t('split result', () => { class S extends RegExp { exec(s) { const r = super.exec(s); return r && { get length() { work('n'); return num('m', 2); }, get 1() { work('1'); return 'c'; } }; } } return 'a-b'.split(new S('-')); });
t('matchAll species', () => { const r = /a/g; r.constructor = { [Symbol.species]: function (p, f) { work('new ' + f); return new RegExp(p, f); } }; return [...'aba'.matchAll(r)].length; });

// Arrays, collections, iterators.
t('Array.of', () => [(class A extends Array { constructor(n) { super(n); work('new ' + n); } }).of(1, 2), Array.of.call(Object, 1)]);
t('Array.of proxy', () => Array.of.call(function () { return traced([], 'p'); }, 1).length);
t('Array.from proxy', () => Array.from.call(function () { return traced([], 'p'); }, [1]).length);
t('Array.from refused', () => Array.from.call(function () { return new Proxy([], { defineProperty() { work('d'); return false; } }); }, [1]));
t('array proxy', () => { const r = []; for (const [k, v] of traced(['a', 'b'], 'p').entries()) r.push(k, v); return [r, [...traced([1, 2], 'p')]]; });
t('array-like iterator', () => { const i = [].values.call({ get length() { work('n'); return num('m', 2); }, get 0() { work('0'); return 'a'; }, get 1() { work('1'); return 'b'; } }); return [i.next(), i.next(), i.next(), i.next(), [...[].keys.call({ get length() { work('n'); return 2; } })], [...[].entries.call({ get length() { work('n'); return 1; } })]]; });
t('array getter', () => { const a = [1, , 3]; Object.defineProperty(a, 0, { get() { work('0'); return 7; } }); const r = []; for (const x of a) r.push(x); return r; });
t('throwing getter', () => { const i = [].values.call({ get length() { work('n'); throw new RangeError('n'); } }); let r = []; for (const k of [1, 2]) try { i.next(); } catch (e) { r.push(e); } return r; });
t('Map', () => new (class extends Map { get set() { work('get'); return super.set; } })([[1, 2], [3, 4]]).size);
t('Set', () => new (class extends Set { get add() { work('get'); return function (v) { work('add ' + v); return Set.prototype.add.call(this, v); }; } })([1, 2]).size);
t('Map wrong', () => new (class extends Map { get set() { work('get'); return 1; } })([[1, 2]]));
t('WeakSet wrong', () => new (class extends WeakSet { get add() { work('get'); } })([{}]));
t('WeakMap', () => new (class extends WeakMap { get set() { work('get'); return super.set; } })([[t, 2]]).get(t));
t('Iterator.from', () => Iterator.from({ [Symbol.iterator]() { return new Proxy({ next() { return { done: true }; } }, { getPrototypeOf() { work('p'); return Iterator.prototype; } }); } }) instanceof Iterator);
t('Iterator tag', () => { const set = Object.getOwnPropertyDescriptor(Iterator.prototype, Symbol.toStringTag).set, o = { set [Symbol.toStringTag](v) { work('set ' + v); } }, p = traced({}, 'p'), q = {}; set.call(o, 1); set.call(p, 2); set.call(q, 3); set.call(q, 4); return [Reflect.ownKeys(p).length, q[Symbol.toStringTag]]; });
t('Iterator tag refused', () => Object.getOwnPropertyDescriptor(Iterator.prototype, Symbol.toStringTag).set.call(Object.freeze({ [Symbol.toStringTag]: 1 }), 2));
t('reviver', () => JSON.stringify(JSON.parse('{"a":1,"b":{"c":1,"d":2}}', function (k, v) { if (k === 'a') this.b = traced({ c: 1, d: 2 }, 'p'); return k === 'c' ? undefined : k === 'd' ? 5 : v; })));
