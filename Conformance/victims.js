// Short programs that run while `conformance corrupt` overwrites the cage, at each print: one for each part of the engine.
// This file has run when they start. `victims[n]()` runs one; together they use all kinds of cells.
class Point { #x = 1; static made = 0; constructor(y) { this.y = y; Point.made++; } get x() { return this.#x; } move(d) { this.#x += d; return this; } }
class Far extends Point { constructor(y) { super(y); this.z = y; } move(d) { return super.move(d * 2); } }
function* numbers(n) { for (let i = 0; i < n; i++) yield i * 1.5; }
function deep(n) { return n ? deep(n - 1) + arguments.length : 0; }
const points = [new Point(1), new Far(2), new Far(3)], names = new Map([['a', points], [1, 'one']]), seen = new Set([1, 'x', points]);
const text = 'the quick brown fox '.repeat(20), bytes = new Uint8Array(256), view = new DataView(bytes.buffer), waiting = numbers(1e9);
const proxy = new Proxy({ a: 1 }, { get: (t, k) => t[k] ?? String(k) }), weak = new WeakMap([[points, { far: names }]]), table = {};
for (let i = 0; i < 60; i++) table['key' + i] = { i, list: [i, i / 2, 'i' + i] };
waiting.next();
const victims = [
  () => { for (let i = 0; i < 6; i++) { points.push(new Far(i).move(2)); print(i); points.map(p => p.x + p.y); delete points[i]; } },
  () => { for (let i = 0; i < 6; i++) { names.set('n' + i, { i, list: [...numbers(4)] }); print(i); names.get('n' + i).list.push(i); seen.add(i * 0.5); [...names.keys()]; } },
  () => { for (let i = 0; i < 6; i++) { const s = text.slice(i, i + 30) + i; print(i); s.toUpperCase().split('O').reverse().join('-').padStart(50).indexOf('3'); text.replace(/(q\w+) (b\w+)/g, '$2 $1'); } },
  () => { for (let i = 0; i < 6; i++) { view.setFloat64(i * 8, i / 3); print(i); bytes.sort(); bytes.subarray(i, 40).fill(i); bytes.slice(i).map(x => x + 1).reverse(); } },
  () => { for (let i = 0; i < 6; i++) { const t = JSON.stringify(table['key' + i * 3]); print(t); JSON.parse(t).list.concat([1, , 3]).flat(); } },
  () => { for (let i = 0; i < 6; i++) { table['more' + i] = i; delete table['key' + i]; print(i); Object.keys(table).length; const { key9, ...rest } = table; Object.freeze(rest); Object.entries(key9 ?? {}); } },
  () => { for (let i = 0; i < 6; i++) { (async () => { for (let j = 0; j < 3; j++) { await j; print(j); } throw i; })().catch(e => print(e)); Promise.all([1, waiting.next().value]).then(print); } },
  () => { for (let i = 0; i < 6; i++) { const [a, b = 2, ...c] = numbers(5); print(a); for (const x of numbers(3)) { if (x > 1) break; } c.sort((p, q) => q - p); waiting.next(i); } },
  () => { for (let i = 0; i < 6; i++) { try { print(i); if (i & 1) null.x; deep(20 + i); throw new Error('e' + i); } catch (e) { e.stack.length; } finally { Reflect.ownKeys(Point.prototype); } } },
  () => { for (let i = 0; i < 6; i++) { print(proxy.b + proxy.a); Reflect.has(proxy, 'a'); Object.entries(proxy); weak.get(points).far.size; new WeakRef(points).deref(); } },
  () => { let n = 3n; for (let i = 0; i < 6; i++) { n = n ** 2n + BigInt(i); print(i); (n / 7n).toString(16); Number(n % 1000n).toFixed(3); (i / 3).toPrecision(9); } },
  () => { const list = Array.from({ length: 200 }, (_, i) => i % 2 ? i : 'i' + i); for (let i = 0; i < 6; i++) { print(i); list.sort(); list.splice(i, 2, i, i); list.copyWithin(3, i, 20); list.indexOf(i); list.length = 150; } },
  () => { let list = []; for (let i = 0; i < 4; i++) { for (let j = 0; j < 300; j++) list.push({ j, text: 't' + j, next: list[j] }); print(i); if (i & 1) list = []; } },
  () => { for (let i = 0; i < 6; i++) { const r = new RegExp('(a+)|' + 'qb'[i & 1] + '(?<n>\\w)', 'gd'); print(i); r.exec(text); [...text.matchAll(r)].length; text.search(r); } },
  () => { const f = (0, eval)('(a, b) => { print(a); with ({ c: b }) { return c + a; } }'); for (let i = 0; i < 4; i++) { f(i, 2); new Function('x', 'print(x); return x * 2')(i); } },
  () => { const d = new Date(1e12); for (let i = 0; i < 4; i++) { d.setMonth(i); print(d.toISOString()); d.toString(); Symbol.for('s' + i).description; Object.groupBy([1, 2, 3], x => x & 1); structured(i); } },
];
function structured(n) { const o = { n }; Object.defineProperty(o, 'hidden', { get() { print(n); return n; }, configurable: true }); o.hidden; return Object.getOwnPropertyDescriptors(o); }
