// Runs while `conformance corrupt` and the containment tests overwrite the cage, at each print. Uses most kinds of cells.
class Point { #x = 1; constructor(y) { this.y = y; } get x() { return this.#x; } move(d) { this.#x += d; return this; } }
const points = [], names = new Map(), seen = new Set();
function* numbers(n) { for (let i = 0; i < n; i++) yield i * 1.5; }
const text = 'the quick brown fox '.repeat(20);
const bytes = new Uint8Array(256), view = new DataView(bytes.buffer);
const proxy = new Proxy({ a: 1 }, { get: (t, k) => t[k] ?? String(k) });
for (let round = 0; round < 40; round++) {
  try {
    points.push(new Point(round).move(2));
    names.set('n' + round % 7, { round, list: [...numbers(5)], text: text.slice(round, round + 30) + round });
    seen.add(round * 0.5).has(3);
    view.setFloat64(round, round / 3); bytes.sort();
    const { list, ...rest } = names.get('n' + round % 7);
    list.map(x => x + 1).sort((a, b) => b - a).join('-').replace(/(\d+)-(\d+)/g, '$2$1').split('-').reverse();
    JSON.parse(JSON.stringify({ list, rest, p: points.map(p => p.x), s: text.toUpperCase() }));
    proxy.b + proxy.a; (123456789n ** 3n).toString(); `${round}${text.length}`.padStart(20).indexOf('3');
    delete points[round - 3]; Object.keys(rest).concat(Object.entries(proxy)); [3, , 1].flat().includes(undefined);
    (function f(n) { return n ? f(n - 1) + arguments.length : 0; })(20);
    Reflect.ownKeys(Point.prototype); Object.freeze(rest); new Error('e').stack.length;
    (async () => { for (let i = 0; i < 3; i++) await i; throw round; })().catch(() => {});
  } catch (e) { String(e && e.message); }
  print(round);
}
