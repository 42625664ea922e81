// A call of each built-in function on a value of size n, for the price list and the calibration of fuel.
// add(names, make, call): `make(n)` builds what the call needs and is not measured; `call(value, n)` is.
const cases = new Map();
function add(names, make, call) {
    for (const name of names.split(' ')) {
        const f = /[^.\[]*$|\[.*$/.exec(name)[0];
        // By name, as programs do: `o[f]` would measure how a name is found.
        const direct = f.startsWith('[') ? call : (0, eval)(call.toString().replaceAll('[f]', '.' + f));
        cases.set(name, { make, call: direct(f) });
    }
}

// What calls work on.
const numbers = n => Array.from({ length: n }, (_, i) => i * 7919 % 10007);
const objects = n => Array.from({ length: n }, (_, i) => ({ id: i }));
const texts = n => Array.from({ length: n }, (_, i) => 'item' + i);
const text = n => 'lorem ipsum '.repeat(n / 12 + 1).slice(0, n);
const record = n => Object.fromEntries(texts(n).map((k, i) => [k, i]));
const pairs = n => texts(n).map((k, i) => [k, i]);
const big = n => (1n << BigInt(n * 8)) / 3n;
const bytes = n => Uint8Array.from({ length: n }, (_, i) => i * 31);
const floats = n => Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 1e6);
const map = n => new Map(pairs(n));
const set = n => new Set(texts(n));
const weakMap = n => { const keys = objects(n); return { keys, map: new WeakMap(keys.map(k => [k, k])), set: new WeakSet(keys) }; };
const times = (n, f) => { for (let i = 0; i < n; i++) f(i); };
const inc = x => x + 1, odd = x => x % 2 === 1, never = () => false, always = () => true, plus = (a, b) => a + b, by = (a, b) => a - b;
const drained = iterator => { for (const _ of iterator); };

// Object
add('Object.keys Object.values Object.entries Object.getOwnPropertyNames Object.getOwnPropertySymbols Object.getOwnPropertyDescriptors Object.freeze Object.seal Object.preventExtensions Object.isFrozen Object.isSealed Reflect.ownKeys Reflect.preventExtensions', record, f => o => (Object[f] ?? Reflect[f])(o));
add('Object Object.isExtensible Object.getPrototypeOf Reflect.getPrototypeOf Reflect.isExtensible', objects, f => (list, n) => times(n, i => (f === 'Object' ? Object : Object[f])(list[i])));
add('Object.is Object.hasOwn Object.setPrototypeOf Object.getOwnPropertyDescriptor Reflect.get Reflect.has Reflect.getOwnPropertyDescriptor Reflect.deleteProperty', objects, f => (list, n) => times(n, i => (Reflect[f] ?? Object[f])(list[i], f === 'setPrototypeOf' ? null : 'id')));
add('Reflect.setPrototypeOf', objects, f => (list, n) => times(n, i => Reflect[f](list[i], null)));
add('Reflect.set Reflect.defineProperty Object.defineProperty', objects, f => (list, n) => times(n, i => (f === 'set' ? Reflect : Object)[f](list[i], 'x', f === 'set' ? 1 : { value: 1 })));
add('Object.create', objects, f => (list, n) => times(n, i => Object.create(list[i])));
add('Object.defineProperties', n => Object.getOwnPropertyDescriptors(record(n)), f => d => Object.defineProperties({}, d));
add('Object.assign', record, f => o => Object.assign({}, o));
add('Object.fromEntries', pairs, f => p => Object.fromEntries(p));
add('Object.groupBy Map.groupBy', numbers, f => (a) => (Object.groupBy(a, x => x % 10), Map.groupBy(a, x => x % 10)));
add('Object.prototype.hasOwnProperty Object.prototype.propertyIsEnumerable Object.prototype.isPrototypeOf Object.prototype.__lookupGetter__ Object.prototype.__lookupSetter__', objects, f => (list, n) => times(n, i => list[i][f]('id')));
add('Object.prototype.toString Object.prototype.toLocaleString Object.prototype.valueOf', objects, f => (list, n) => times(n, i => list[i][f]()));
add('Object.prototype.__defineGetter__ Object.prototype.__defineSetter__', objects, f => (list, n) => times(n, i => list[i][f]('y', inc)));
add('Object.prototype.__proto__', objects, f => (list, n) => times(n, i => { list[i].__proto__ = null; }));
add('Reflect.apply Function.prototype.apply', numbers, f => a => f === 'apply' ? Math.max.apply(null, a) : Reflect.apply(Math.max, null, a));
add('Reflect.construct', numbers, f => (a, n) => times(n, i => Reflect.construct(Object, [])));
add('Function.prototype.call', numbers, f => (a, n) => times(n, i => inc.call(null, i)));
add('Function.prototype.bind', numbers, f => (a, n) => times(n, i => inc.bind(null, i)));
add('Function.prototype.toString', n => Function('return 1;' + ' '.repeat(n)), f => g => g.toString());
add('Function.prototype.[Symbol.hasInstance]', objects, f => (list, n) => times(n, i => list[i] instanceof Object));
add('Function eval', n => 'x = 1; '.repeat(n / 7), f => s => f === 'eval' ? (0, eval)('var x; ' + s) : Function('x', s));

// Errors
for (const kind of ['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'EvalError', 'URIError'])
    add(kind, numbers, f => (a, n) => times(n, i => new globalThis[f]('m')));
add('AggregateError', objects, f => list => new AggregateError(list));
add('SuppressedError', numbers, f => (a, n) => times(n, i => new SuppressedError(1, 2)));
add('Error.prototype.toString', n => new Error(text(n)), f => e => e.toString());
add('Error.captureStackTrace', objects, f => (list, n) => times(n, i => Error.captureStackTrace(list[i])));
add('Error.isError', objects, f => (list, n) => times(n, i => Error.isError(list[i])));

// Promise
add('Promise.all Promise.allSettled Promise.any Promise.race', n => numbers(n).map(x => Promise.resolve(x)), f => list => { Promise[f](list).catch(never); });
add('Promise.resolve Promise.try', numbers, f => (a, n) => times(n, i => Promise[f](f === 'try' ? inc : i)));
add('Promise.reject', numbers, f => (a, n) => times(n, i => { Promise.reject(i).catch(never); }));
add('Promise.withResolvers Promise', numbers, f => (a, n) => times(n, i => f === 'Promise' ? new Promise(never) : Promise[f]()));
add('Promise.prototype.then Promise.prototype.catch Promise.prototype.finally', n => Promise.resolve(1), f => (p, n) => times(n, i => p[f](inc)));

// Array
add('Array', numbers, f => (a, n) => Array(n));
add('Array.of', numbers, f => a => Array.of(...a));
add('Array.from', set, f => s => Array.from(s));
add('Array.fromAsync', numbers, f => a => { Array.fromAsync(a); });
add('Array.isArray', objects, f => (a, n) => times(n, i => Array.isArray(a[i])));
add('Array.prototype.push Array.prototype.unshift', numbers, f => (a) => [][f](...a));
add('Array.prototype.pop Array.prototype.shift', numbers, f => (a, n) => times(n, i => a[f]()));
add('Array.prototype.slice Array.prototype.concat Array.prototype.reverse Array.prototype.flat Array.prototype.toReversed Array.prototype.join Array.prototype.toString Array.prototype.toLocaleString Array.prototype.sort Array.prototype.toSorted', numbers, f => a => a[f]());
add('Array.prototype.splice Array.prototype.toSpliced', numbers, f => (a, n) => a[f](n >> 2, n >> 1, 1, 2, 3));
add('Array.prototype.indexOf Array.prototype.lastIndexOf Array.prototype.includes', numbers, f => a => a[f](-1));
add('Array.prototype.at', numbers, f => (a, n) => times(n, i => a.at(i)));
add('Array.prototype.fill', numbers, f => a => a.fill(1));
add('Array.prototype.copyWithin', numbers, f => (a, n) => a.copyWithin(0, n >> 1));
add('Array.prototype.with', numbers, f => a => a.with(0, 1));
add('Array.prototype.keys Array.prototype.values Array.prototype.entries', numbers, f => a => drained(a[f]()));
add('Array.prototype.forEach Array.prototype.map Array.prototype.filter Array.prototype.find Array.prototype.findIndex Array.prototype.findLast Array.prototype.findLastIndex Array.prototype.some', numbers, f => a => a[f](never));
add('Array.prototype.every', numbers, f => a => a.every(always));
add('Array.prototype.reduce Array.prototype.reduceRight', numbers, f => a => a[f](plus, 0));
add('Array.prototype.flatMap', numbers, f => a => a.flatMap(x => [x, x]));

// String
add('String', numbers, f => (a, n) => times(n, i => String(i)));
add('String.prototype.toString String.prototype.valueOf', text, f => (s, n) => times(n, i => s[f]()));
add('String.prototype.charAt String.prototype.charCodeAt String.prototype.codePointAt String.prototype.at', text, f => (s, n) => times(n, i => s[f](i)));
add('String.prototype.concat', text, f => (s, n) => s.concat(s));
add('String.prototype.slice String.prototype.substring String.prototype.substr', text, f => (s, n) => times(n, i => s[f](i, i + 20)));
add('String.prototype.toUpperCase String.prototype.toLowerCase String.prototype.toLocaleUpperCase String.prototype.toLocaleLowerCase String.prototype.isWellFormed String.prototype.toWellFormed', n => text(n) + '\u1e9e\u0130', f => s => s[f]());
add('String.prototype.trim String.prototype.trimStart String.prototype.trimEnd', n => ' '.repeat(n) + 'x' + ' '.repeat(n), f => s => s[f]());
add('String.prototype.padStart String.prototype.padEnd', n => 'x', f => (s, n) => s[f](n, 'ab'));
add('String.prototype.repeat', n => 'ab', f => (s, n) => s.repeat(n));
add('String.prototype.localeCompare', n => [text(n), text(n) + 'x'], f => ([a, b]) => a.localeCompare(b));
add('String.prototype.normalize', n => text(n).replaceAll('o', '\u00f6'), f => s => s.normalize('NFD'));
add('String.prototype.indexOf String.prototype.lastIndexOf String.prototype.includes', text, f => s => s[f]('ipsun'));
add('String.prototype.startsWith String.prototype.endsWith', text, f => s => s[f](s));
add('String.prototype.split', text, f => s => s.split(' '));
add('String.prototype.replaceAll', text, f => s => s.replaceAll('ip', 'up'));
add('String.prototype.replace String.prototype.match String.prototype.matchAll', text, f => s => { const r = s[f](/ip./g, 'up'); if (f === 'matchAll') drained(r); });
add('String.prototype.search', text, f => s => s.search(/ipsun/));
add('String.prototype.anchor String.prototype.big String.prototype.blink String.prototype.bold String.prototype.fixed String.prototype.fontcolor String.prototype.fontsize String.prototype.italics String.prototype.link String.prototype.small String.prototype.strike String.prototype.sub String.prototype.sup', text, f => s => s[f](s));
add('String.prototype.[Symbol.iterator]', text, f => s => drained(s));
add('String.fromCharCode String.fromCodePoint', numbers, f => a => String[f](...a));
add('String.raw', texts, f => a => String.raw({ raw: a }, 1, 2));

// Number, Boolean, Symbol, BigInt
add('Number.prototype.toString Number.prototype.toLocaleString Number.prototype.valueOf Number.prototype.toFixed Number.prototype.toExponential Number.prototype.toPrecision', numbers, f => (a, n) => times(n, i => (a[i] / 7)[f]()));
add('Number.isInteger Number.isSafeInteger Number.isFinite Number.isNaN', numbers, f => (a, n) => times(n, i => Number[f](a[i])));
add('isNaN isFinite Number Boolean', numbers, f => (a, n) => times(n, i => globalThis[f](a[i])));
add('parseInt parseFloat Number.parseInt Number.parseFloat', n => '1'.repeat(n), f => s => Number[f](s));
add('Boolean.prototype.toString Boolean.prototype.valueOf', numbers, f => (a, n) => times(n, i => true[f]()));
add('Symbol Symbol.for', texts, f => (a, n) => times(n, i => f === 'for' ? Symbol.for(a[i]) : Symbol(a[i])));
add('Symbol.keyFor', texts, f => (a, n) => times(n, i => Symbol.keyFor(Symbol.iterator)));
add('Symbol.prototype.toString Symbol.prototype.valueOf', n => Symbol('x'), f => (s, n) => times(n, i => s[f]()));
add('Symbol.prototype.description', n => Symbol('x'), f => (s, n) => times(n, i => s.description));
add('Symbol.prototype.[Symbol.toPrimitive]', n => Symbol('x'), f => (s, n) => times(n, i => s[Symbol.toPrimitive]()));
add('BigInt', n => '7'.repeat(n), f => s => BigInt(s));
add('BigInt.prototype.toString BigInt.prototype.toLocaleString', big, f => b => b[f]());
add('BigInt.prototype.valueOf', big, f => (b, n) => times(n, i => b.valueOf()));
add('BigInt.asIntN BigInt.asUintN', big, f => (b, n) => BigInt[f](n * 7, b));

// Math
add('Math.floor Math.ceil Math.trunc Math.abs Math.sqrt Math.sin Math.cos Math.tan Math.asin Math.acos Math.atan Math.sinh Math.cosh Math.tanh Math.asinh Math.acosh Math.atanh Math.exp Math.expm1 Math.log Math.log1p Math.log2 Math.log10 Math.cbrt Math.fround Math.f16round Math.sign Math.round Math.clz32', floats, f => (a, n) => times(n, i => Math[f](a[i])));
add('Math.pow Math.atan2 Math.imul', floats, f => (a, n) => times(n, i => Math[f](a[i], i)));
add('Math.max Math.min Math.hypot', numbers, f => a => Math[f](...a));
add('Math.sumPrecise', floats, f => a => Math.sumPrecise(a));
add('Math.random', numbers, f => (a, n) => times(n, i => Math.random()));

// Map, Set and the weak ones
add('Map', pairs, f => p => new Map(p));
add('Set', texts, f => t => new Set(t));
add('Map.prototype.get Map.prototype.has Map.prototype.delete Set.prototype.has Set.prototype.delete', n => ({ keys: texts(n), map: map(n), set: set(n) }), f => ({ keys, map, set }, n) => times(n, i => (i % 2 || f === 'get' ? map : set)[f](keys[i])));
add('Map.prototype.set Map.prototype.getOrInsert', texts, f => (keys, n) => { const m = new Map; times(n, i => m[f](keys[i], i)); });
add('Map.prototype.getOrInsertComputed', texts, f => (keys, n) => { const m = new Map; times(n, i => m[f](keys[i], inc)); });
add('Set.prototype.add', texts, f => (keys, n) => { const s = new Set; times(n, i => s.add(keys[i])); });
add('Map.prototype.clear Map.prototype.entries Map.prototype.keys Map.prototype.values', map, f => m => { const r = m[f](); if (r) drained(r); });
add('Set.prototype.clear Set.prototype.entries Set.prototype.values', set, f => s => { const r = s[f](); if (r) drained(r); });
add('Map.prototype.size Set.prototype.size', map, f => (m, n) => times(n, i => m.size));
add('Map.prototype.forEach', map, f => m => m.forEach(never));
add('Set.prototype.forEach', set, f => s => s.forEach(never));
add('Set.prototype.union Set.prototype.intersection Set.prototype.difference Set.prototype.symmetricDifference Set.prototype.isSubsetOf Set.prototype.isSupersetOf Set.prototype.isDisjointFrom', n => [set(n), set(n), new Set(numbers(n))], f => ([a, b, c]) => a[f](f === 'isDisjointFrom' ? c : b));
add('WeakMap WeakSet', n => { const keys = objects(n); return { keys, pairs: keys.map(k => [k, k]) }; }, f => ({ keys, pairs }) => f === 'WeakMap' ? new WeakMap(pairs) : new WeakSet(keys));
add('WeakMap.prototype.get WeakMap.prototype.has WeakMap.prototype.delete WeakMap.prototype.getOrInsert', weakMap, f => ({ keys, map }, n) => times(n, i => map[f](keys[i], 1)));
add('WeakMap.prototype.set WeakMap.prototype.getOrInsertComputed', weakMap, f => ({ keys }, n) => { const m = new WeakMap; times(n, i => m[f](keys[i], inc)); });
add('WeakSet.prototype.has WeakSet.prototype.delete WeakSet.prototype.add', weakMap, f => ({ keys, set }, n) => times(n, i => set[f](keys[i])));
add('WeakRef', objects, f => (a, n) => times(n, i => new WeakRef(a[i])));
add('WeakRef.prototype.deref', n => new WeakRef(globalThis), f => (r, n) => times(n, i => r.deref()));
add('FinalizationRegistry', numbers, f => (a, n) => times(n, i => new FinalizationRegistry(inc)));
add('FinalizationRegistry.prototype.register FinalizationRegistry.prototype.unregister', n => ({ r: new FinalizationRegistry(inc), list: objects(n) }), f => ({ r, list }, n) => times(n, i => r[f](list[i], 1)));

// Iterators, generators, disposable stacks
const values = n => numbers(n).values();
add('Iterator.prototype.toArray', values, f => it => it.toArray());
add('Iterator.prototype.map Iterator.prototype.filter', values, f => it => drained(it[f](odd)));
add('Iterator.prototype.flatMap', values, f => it => drained(it.flatMap(x => [x])));
add('Iterator.prototype.take Iterator.prototype.drop', values, f => (it, n) => drained(it[f](n >> 1)));
add('Iterator.prototype.reduce', values, f => it => it.reduce(plus));
add('Iterator.prototype.forEach Iterator.prototype.some Iterator.prototype.find', values, f => it => it[f](never));
add('Iterator.prototype.every', values, f => it => it.every(always));
add('Iterator.prototype.[Symbol.iterator] Iterator.prototype.[Symbol.toStringTag]', values, f => (it, n) => times(n, i => it[Symbol.iterator]()));
add('Iterator.from Iterator.concat', numbers, f => a => drained(Iterator[f](a)));
add('Generator.prototype.next', n => function* () { for (let i = 0; i < n; i++) yield i; }(), f => g => drained(g));
add('Generator.prototype.return Generator.prototype.throw', numbers, f => (a, n) => times(n, i => { try { (function* () {})()[f](1); } catch {} }));
add('AsyncGenerator.prototype.next AsyncGenerator.prototype.return', numbers, f => (a, n) => times(n, i => { (async function* () {})()[f](1); }));
add('DisposableStack DisposableStack.prototype.defer DisposableStack.prototype.dispose DisposableStack.prototype.adopt', numbers, f => (a, n) => { const s = new DisposableStack; times(n, i => s.defer(never)); s.adopt(1, never); s.dispose(); });

// Date
const dates = n => Array.from({ length: n }, (_, i) => new Date(i * 86400000 * 3));
add('Date', numbers, f => (a, n) => times(n, i => new Date(2000, i % 12, i % 28)));
add('Date.UTC', numbers, f => (a, n) => times(n, i => Date.UTC(2000, i % 12, i % 28)));
add('Date.parse', numbers, f => (a, n) => times(n, i => Date.parse('2024-05-06T07:08:09Z')));
add('Date.now', numbers, f => (a, n) => times(n, i => Date.now()));
for (const name of Object.getOwnPropertyNames(Date.prototype)) if (name !== 'constructor' && name !== 'toGMTString')
    add('Date.prototype.' + name, dates, f => (a, n) => times(n, i => a[i][f](5)));
add('Date.prototype.[Symbol.toPrimitive]', dates, f => (a, n) => times(n, i => '' + a[i]));

// JSON
add('JSON.parse', n => JSON.stringify(objects(n)), f => s => JSON.parse(s));
add('JSON.stringify', objects, f => o => JSON.stringify(o));
add('JSON.rawJSON', n => '1'.repeat(n), f => s => JSON.rawJSON(s));
add('JSON.isRawJSON', objects, f => (a, n) => times(n, i => JSON.isRawJSON(a[i])));

// RegExp
add('RegExp', n => 'a(b|c)*'.repeat(n / 7), f => s => new RegExp(s));
add('RegExp.escape', text, f => s => RegExp.escape(s));
add('RegExp.prototype.exec RegExp.prototype.test', text, f => s => /(\w+) ipsun/[f](s));
add('RegExp.prototype.compile', n => 'ab*'.repeat(n / 3), f => s => /x/.compile(s));
add('RegExp.prototype.toString RegExp.prototype.source RegExp.prototype.flags RegExp.prototype.global RegExp.prototype.ignoreCase RegExp.prototype.multiline RegExp.prototype.dotAll RegExp.prototype.unicode RegExp.prototype.unicodeSets RegExp.prototype.sticky RegExp.prototype.hasIndices', n => /lorem/g, f => (r, n) => times(n, i => f === 'toString' ? r.toString() : r[f]));
add('RegExp.prototype.[Symbol.match] RegExp.prototype.[Symbol.matchAll] RegExp.prototype.[Symbol.replace] RegExp.prototype.[Symbol.search] RegExp.prototype.[Symbol.split]', text, f => s => { const r = /o/g[Symbol[f.slice(8, -1)]](s, '0'); if (f.includes('All')) drained(r); });

// Buffers and typed arrays
add('ArrayBuffer', bytes, f => (b, n) => new ArrayBuffer(n));
add('ArrayBuffer.isView', bytes, f => (b, n) => times(n, i => ArrayBuffer.isView(b)));
add('ArrayBuffer.prototype.slice ArrayBuffer.prototype.transfer ArrayBuffer.prototype.transferToFixedLength', bytes, f => b => b.buffer[f]());
add('ArrayBuffer.prototype.resize', n => new ArrayBuffer(1, { maxByteLength: n }), f => (b, n) => b.resize(n));
add('ArrayBuffer.prototype.byteLength ArrayBuffer.prototype.maxByteLength ArrayBuffer.prototype.resizable ArrayBuffer.prototype.detached', n => new ArrayBuffer(8), f => (b, n) => times(n, i => b[f]));
for (const kind of ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float16', 'Float32', 'Float64'])
    add(kind + 'Array', numbers, f => a => new globalThis[f](a));
add('BigInt64Array BigUint64Array', n => numbers(n).map(BigInt), f => a => new globalThis[f](a));
add('TypedArray.from TypedArray.of', numbers, f => a => f === 'of' ? Int32Array.of(...a) : Int32Array.from(a));
add('TypedArray.prototype.at', bytes, f => (b, n) => times(n, i => b.at(i)));
add('TypedArray.prototype.set', bytes, f => b => b.set(b.slice()));
add('TypedArray.prototype.subarray', bytes, f => (b, n) => times(n, i => b.subarray(i)));
add('TypedArray.prototype.slice TypedArray.prototype.reverse TypedArray.prototype.toReversed TypedArray.prototype.join TypedArray.prototype.toString TypedArray.prototype.toLocaleString TypedArray.prototype.sort TypedArray.prototype.toSorted', floats, f => b => b[f]());
add('TypedArray.prototype.fill', bytes, f => b => b.fill(7));
add('TypedArray.prototype.copyWithin', bytes, f => (b, n) => b.copyWithin(0, n >> 1));
add('TypedArray.prototype.with', bytes, f => b => b.with(0, 1));
add('TypedArray.prototype.indexOf TypedArray.prototype.lastIndexOf TypedArray.prototype.includes', floats, f => b => b[f](-1));
add('TypedArray.prototype.keys TypedArray.prototype.values TypedArray.prototype.entries', bytes, f => b => drained(b[f]()));
add('TypedArray.prototype.buffer TypedArray.prototype.byteLength TypedArray.prototype.byteOffset TypedArray.prototype.length TypedArray.prototype.[Symbol.toStringTag]', bytes, f => (b, n) => times(n, i => b[f] ?? b[Symbol.toStringTag]));
add('TypedArray.prototype.forEach TypedArray.prototype.map TypedArray.prototype.filter TypedArray.prototype.find TypedArray.prototype.findIndex TypedArray.prototype.findLast TypedArray.prototype.findLastIndex TypedArray.prototype.some', bytes, f => b => b[f](never));
add('TypedArray.prototype.every', bytes, f => b => b.every(always));
add('TypedArray.prototype.reduce TypedArray.prototype.reduceRight', bytes, f => b => b[f](plus, 0));
add('Uint8Array.prototype.toBase64 Uint8Array.prototype.toHex', bytes, f => b => b[f]());
add('Uint8Array.fromBase64 Uint8Array.prototype.setFromBase64', n => bytes(n).toBase64(), f => s => f === 'fromBase64' ? Uint8Array.fromBase64(s) : new Uint8Array(s.length).setFromBase64(s));
add('Uint8Array.fromHex Uint8Array.prototype.setFromHex', n => bytes(n).toHex(), f => s => f === 'fromHex' ? Uint8Array.fromHex(s) : new Uint8Array(s.length).setFromHex(s));
const view = n => new DataView(new ArrayBuffer(n + 8));
add('DataView', view, f => (v, n) => times(n, i => new DataView(v.buffer)));
add('DataView.prototype.buffer DataView.prototype.byteLength DataView.prototype.byteOffset', view, f => (v, n) => times(n, i => v[f]));
for (const kind of ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64', 'BigUint64', 'Float16', 'Float32', 'Float64']) {
    add('DataView.prototype.get' + kind, view, f => (v, n) => times(n, i => v[f](i)));
    if (kind.startsWith('Big')) add('DataView.prototype.set' + kind, view, f => (v, n) => times(n, i => v[f](i, 1n)));
    else add('DataView.prototype.set' + kind, view, f => (v, n) => times(n, i => v[f](i, 1)));
}
const ints = n => new Int32Array(n);
add('Atomics.add Atomics.sub Atomics.and Atomics.or Atomics.xor Atomics.exchange Atomics.load Atomics.store Atomics.compareExchange Atomics.notify', ints, f => (a, n) => times(n, i => Atomics[f](a, i, 1, 2)));
add('Atomics.isLockFree Atomics.pause', ints, f => (a, n) => times(n, i => Atomics[f](4)));

// Proxy, text, the rest
add('Proxy Proxy.revocable', objects, f => (a, n) => times(n, i => f === 'Proxy' ? new Proxy(a[i], {}) : Proxy.revocable(a[i], {})));
add('encodeURIComponent encodeURI decodeURIComponent decodeURI escape unescape', text, f => s => globalThis[f](s));

// What the host calls.
const nothing = { make: numbers, call: (a, n) => times(n, i => 0) };
function prepare(name, n) { const c = cases.get(name) ?? nothing; const value = c.make(n); return () => { c.call(value, n); }; }
const repeats = name => cases.get(name).call.toString().includes('times(n');
const names = () => [...cases.keys()];
