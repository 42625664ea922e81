/// JavaScript that the kinds share: values that misbehave, and the list of all built-in functions.
enum HostileValues {
    /// How many there are.
    static let count = 96

    /// `hostile(n, self)`: value number n; those that change something while they are converted change `self`. `functions`:
    /// all functions that can be reached from the global object. `poke(f, receiver, args)` calls one in several ways.
    static let source = #"""
        function wreck(self) { try { if (self == null) return; if (typeof self === 'object' || typeof self === 'function') {
          if (ArrayBuffer.isView(self)) { const b = self.buffer; if (b.resizable) b.resize(b.maxByteLength >> 2); else b.transfer(); }
          else if (self instanceof ArrayBuffer) { if (self.resizable) self.resize(1); else self.transfer(); }
          else if (Array.isArray(self)) { self.length = 0; self.push(1); }
          else if (self instanceof Map || self instanceof Set) { self.clear(); }
          else if (self instanceof RegExp) { self.compile('(a)|b', 'g'); self.lastIndex = 7; }
          else if (self instanceof Date) { self.setTime(NaN); }
          else { for (const k of Reflect.ownKeys(self).slice(0, 3)) delete self[k]; self.added = 1; } } } catch (e) {} }
        const throwing = () => { throw new Error('thrown'); };
        const buffers = { make(n, max) { return max === undefined ? new ArrayBuffer(n) : new ArrayBuffer(n, { maxByteLength: max }); } };
        class SubArray extends Array { static get [Symbol.species]() { return this.weird || Array; } }
        class SubPromise extends Promise { constructor(f) { super(f); } }
        class SubRegExp extends RegExp { exec(s) { const r = super.exec(s); if (r) r.index = { valueOf() { return -1; } }; return r; } }
        function deep(n) { let a = []; for (let i = 0; i < n; i++) a = [a]; return a; }
        function hostile(n, self) { switch (n % 96) {
          case 0: return undefined; case 1: return null; case 2: return true; case 3: return NaN; case 4: return -0; case 5: return 0;
          case 6: return 1; case 7: return -1; case 8: return 0.5; case 9: return 2 ** 31; case 10: return 2 ** 32 - 1; case 11: return 2 ** 32;
          case 12: return 2 ** 53 - 1; case 13: return -(2 ** 53); case 14: return 1e21; case 15: return Infinity; case 16: return -Infinity;
          case 17: return ''; case 18: return 'a'; case 19: return 'abcabc'; case 20: return '\ud800'; case 21: return 'x'.repeat(3000);
          case 22: return 'ab' + String.fromCharCode(0x100 + n) + '\u{1F600}'; case 23: return '__proto__'; case 24: return 'length'; case 25: return '4294967295';
          case 26: return 1n; case 27: return -(2n ** 64n); case 28: return 2n ** 200n; case 29: return Symbol('s'); case 30: return Symbol.iterator;
          case 31: return []; case 32: return [1, , 3]; case 33: { const a = []; a.length = 4294967295; return a; } case 34: { const a = [1]; a[0] = a; return a; }
          case 35: return [3, 1, 2, 'b', 'a', undefined, null, {}, NaN, 1n]; case 36: return deep(3000); case 37: { const a = [1, 2]; a[1e9] = 3; return a; }
          case 38: return Object.freeze([1, 2, 3]); case 39: return new SubArray(1, 2, 3);
          case 40: return {}; case 41: return { length: 5, 0: 'a', 4: 'b' }; case 42: return { length: 2 ** 53 - 1, 0: 1 }; case 43: { const o = {}; o.o = o; return o; }
          case 44: return Object.create(null); case 45: return { get length() { wreck(self); return 3; }, 0: 1 }; case 46: return { valueOf() { wreck(self); return 1; } };
          case 47: return { toString() { wreck(self); return '1'; } }; case 48: return { [Symbol.toPrimitive]() { wreck(self); return 2; } };
          case 49: return { valueOf: throwing }; case 50: return { toString: throwing, valueOf: throwing }; case 51: return { [Symbol.toPrimitive]() { return {}; } };
          case 52: return { valueOf() { return -1; } }; case 53: return { valueOf() { return 1n; } };
          case 54: return { [Symbol.iterator]: throwing }; case 55: return { [Symbol.iterator]() { return { next: throwing, return: throwing }; } };
          case 56: return { [Symbol.iterator]() { let i = 0; return { next() { wreck(self); return { value: [i, i], done: ++i > 5 }; }, return() { return {}; } }; } };
          case 57: return { [Symbol.iterator]() { return { next() { return { value: 1, done: false }; } }; } };
          case 58: return { then: throwing }; case 59: return { then(a, b) { a(1); b(2); } }; case 60: return function f(a, b) { return arguments; };
          case 61: return (a, b) => a; case 62: return class C { static [Symbol.hasInstance]() { wreck(self); return true; } }; case 63: return function () { wreck(self); return 1; };
          case 64: return throwing; case 65: return (function () { return 1; }).bind(null, 1, 2); case 66: return (a, b) => { wreck(self); return a < b ? -1 : 1; };
          case 67: return function* () { yield 1; wreck(self); yield* [2, 3]; }; case 68: return async function () { await 1; throw 2; }; case 69: return async function* () { yield 1; };
          case 70: return new Proxy({}, {}); case 71: return new Proxy([1, 2, 3], {}); case 72: return new Proxy(function () {}, {});
          case 73: return new Proxy({}, new Proxy({}, { get: throwing })); case 74: { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; }
          case 75: { const r = Proxy.revocable(function () {}, {}); r.revoke(); return r.proxy; }
          case 76: return new Proxy([1, 2], { get(t, k, r) { wreck(self); return Reflect.get(t, k); }, ownKeys() { return ['length', 'a', 'b']; }, getOwnPropertyDescriptor(t, k) { return k === 'length' ? Reflect.getOwnPropertyDescriptor(t, k) : { value: 1, configurable: true, enumerable: true, writable: true }; } });
          case 77: return new Proxy({}, { has() { return true; }, get() { return 1; }, getPrototypeOf() { return null; } });
          case 78: return new Map([[1, 2], ['a', {}], [NaN, -0]]); case 79: return new Set([1, 2, 3]); case 80: return new WeakMap([[{}, 1]]); case 81: return new WeakRef({});
          case 82: return new Date(0); case 83: return new Date(NaN); case 84: return /(a)(?<n>b)?|c/g; case 85: return /a*/y; case 86: return new SubRegExp('b', 'g');
          case 87: return buffers.make(16); case 88: return new Uint8Array(buffers.make(16, 64)); case 89: return new Float64Array(4); case 90: return new BigInt64Array(2);
          case 91: { const t = new Int16Array(8); t.buffer.transfer(); return t; } case 92: return new DataView(buffers.make(8, 32));
          case 93: return SubPromise.reject(1); case 94: return new Error('e', { cause: 1 }); default: return globalThis; } }
        function collect() { const seen = new Set(), list = []; const queue = [globalThis];
          const extra = [function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](), new Map().keys(), new Set().keys(), ''[Symbol.iterator](), 'a'.matchAll(/a/g),
            (function* () {})(), (async function* () {})(), Object.getPrototypeOf(Int8Array)];
          try { extra.push(Iterator.from({ next() {} }), [].values().map(x => x)); } catch (e) {}
          for (const x of extra) queue.push(x);
          while (queue.length) { const o = queue.shift(); if (seen.has(o)) continue; seen.add(o);
            if (typeof o === 'function') list.push(o);
            const p = Object.getPrototypeOf(o); if (p !== null) queue.push(p);
            for (const k of Reflect.ownKeys(o)) { const d = Reflect.getOwnPropertyDescriptor(o, k);
              for (const v of [d.value, d.get, d.set]) if (v !== null && (typeof v === 'object' || typeof v === 'function')) queue.push(v); } }
          return list; }
        const functions = collect();
        function taste(v) { if (v === null || (typeof v !== 'object' && typeof v !== 'function')) return;
          try { String(v); } catch (e) {} try { JSON.stringify(v); } catch (e) {}
          try { let n = 0; for (const x of v) if (++n > 3) break; } catch (e) {}
          try { v.x = 1; delete v.length; v[0]; v.next && v.next(1); } catch (e) {} try { Promise.resolve(v).catch(() => {}); } catch (e) {} }
        function poke(which, receiver, shapes, construct) { const f = functions[which % functions.length]; const self = hostile(receiver);
          const args = shapes.map((n) => hostile(n, self));
          let r; try { r = construct ? Reflect.construct(f, args, construct > 1 ? hostile(60) : f) : Reflect.apply(f, self, args); } catch (e) { r = e; }
          taste(r); taste(self); }
        """#
}
