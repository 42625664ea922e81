// Methods of typed arrays that work on bytes.
const types = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
const samples = [0, 1, -1, 127, 128, 255, 256, -128, -129, 32767, 65535, 65536, 2147483647, 2147483648, 4294967295, 4294967296, 0.5, -0.5, 1.5, 2.5, -0, NaN, Infinity, -Infinity, 1e300, 16777217];
for (const A of types) {
    const a = new A(samples);
    console.log(A.name, a.join());
    for (const B of types) { const b = new B(30); b.set(a, 2); const c = new B(a); if (b.subarray(2, 28).join() !== c.join()) console.log('set differs', A.name, B.name); if (A !== B) console.log(' ', B.name, c.join()); }
    console.log(samples.map(v => [a.indexOf(v), a.lastIndexOf(v), +a.includes(v)].join('/')).join(' '), a.indexOf('1'), a.includes(undefined), a.indexOf(1n));
    console.log(a.indexOf(0, 3), a.indexOf(0, -3), a.lastIndexOf(0, 3), a.lastIndexOf(0, -20), a.lastIndexOf(0, -99), a.includes(1, 2), a.indexOf(1, 99));
    for (let size = 0; size < 12; size++) console.log(new A(size).fill(7).join(''), new A(12).fill(-3, 1, size).join(), a.slice(size, -size || undefined).length);
}
// A slice whose result shares the buffer copies byte by byte.
class Shared extends Uint8Array { static get [Symbol.species]() { return function (n) { return new Uint8Array(buffer, 2, n); }; } }
const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
new Shared(buffer).slice(0, 5);
console.log(new Uint8Array(buffer).join());
const overlapping = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
new Uint16Array(overlapping.buffer, 0, 2).set(overlapping.subarray(1, 3)); overlapping.set(overlapping.subarray(0, 5), 3);
console.log(overlapping.join());
console.log(new BigInt64Array([1n, -1n, -(2n ** 63n), 2n ** 63n]).indexOf(-(2n ** 63n)), new BigInt64Array([5n]).indexOf(5n + 2n ** 64n), new BigUint64Array([2n ** 64n - 1n]).indexOf(2n ** 64n - 1n), new BigUint64Array([1n]).indexOf(-1n), new BigInt64Array([0n]).includes(-0n), new BigInt64Array([1n]).indexOf(1));
// Conversions that shrink the buffer first.
const resizable = new ArrayBuffer(8, { maxByteLength: 8 }), tracking = new Uint8Array(resizable).fill(9);
console.log(tracking.indexOf(9, { valueOf() { resizable.resize(2); return 4; } }), tracking.length, tracking.includes(undefined, { valueOf() { resizable.resize(1); return 0; } }), tracking.lastIndexOf(9, { valueOf() { resizable.resize(0); return 5; } }));
// DataView, every method, both orders, at the ends.
const view = new DataView(new ArrayBuffer(16), 1, 14);
for (const name of ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64']) for (const little of [true, false]) {
    const out = [];
    for (const v of samples) { view['set' + name](3, v, little); out.push(view['get' + name](3, little)); view['set' + name](5, v); out.push(view['get' + name](5)); }
    console.log(name, little, out.join(), [...new Uint8Array(view.buffer)].join());
    const size = globalThis[name + 'Array'].BYTES_PER_ELEMENT;
    for (const index of [14 - size, 15 - size, -1, 1e9, 2 ** 31, '2', undefined, 1.9]) try { console.log(index, view['get' + name](index, little)); } catch (error) { console.log(index, error.message); }
}
view.setBigInt64(0, -5n); console.log(view.getBigUint64(0), view.getBigInt64(0), view.getInt8(7));
const fixed = new DataView(resizable, 0, 0), late = new ArrayBuffer(8, { maxByteLength: 16 }), lateView = new DataView(late, 4, 4);
console.log(lateView.getInt32(0)); late.resize(6); try { lateView.getInt8(0); } catch (error) { console.log(error.name); }
late.resize(16); console.log(lateView.getInt32(0));
// The length is the prototype's, until somebody says otherwise.
const length = a => a.length;
const kinds = [new Uint8Array(3), new Float64Array(4), [1, 2], 'five5', new Uint8Array(0), { length: 'own' }, tracking, new Int16Array(9)];
let seen = []; for (let i = 0; i < 40; i++) seen.push(length(kinds[i * i % 8])); console.log(seen.join());
const plain = new Uint8Array(3), own = new Uint8Array(3);
for (let i = 0; i < 5; i++) length(plain);
Object.defineProperty(own, 'length', { value: 'mine' }); console.log(length(own), length(plain));
Object.setPrototypeOf(own, { length: 'inherited' }); delete own.length; console.log(length(own));
const growing = new ArrayBuffer(4, { maxByteLength: 8 }), fixedView = new Uint8Array(growing, 0, 4), tracked = new Uint8Array(growing);
for (let i = 0; i < 3; i++) length(fixedView); growing.resize(2); console.log(length(fixedView), length(tracked)); growing.resize(8); console.log(length(fixedView), length(tracked));
const prototype = Object.getPrototypeOf(Uint8Array.prototype), original = Object.getOwnPropertyDescriptor(prototype, 'length');
class Named extends Uint8Array { get length() { return 'class'; } }
console.log(length(new Named(2)), length(plain));
Object.defineProperty(prototype, 'length', { get() { return 'changed'; } }); console.log(length(plain), length(own), length(new Int8Array(1)));
Object.defineProperty(prototype, 'length', original); console.log(length(plain));
Uint8Array.prototype.extra = 1; const extra = a => a.extra; for (let i = 0; i < 4; i++) extra(plain); Uint8Array.prototype.extra = 2; console.log(extra(plain)); plain.extra = 3; console.log(extra(plain)); delete Uint8Array.prototype.extra; console.log(extra(new Uint8Array(1)));
