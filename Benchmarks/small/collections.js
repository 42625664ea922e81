const map = new Map(), set = new Set(), weak = new WeakMap();
let sum = 0;
for (let i = 0; i < 5000; i++) {
  map.set(i % 2 ? i : "k" + i, i);
  set.add(i % 700);
  if (i % 10 === 0) { const key = {}; weak.set(key, i); sum += weak.get(key); }
}
for (const [, value] of map) sum += value;
for (let i = 0; i < 5000; i++) { sum += map.get(i) ?? 0; if (set.has(i)) sum++; if (i % 3 === 0) map.delete(i); }
map.forEach(value => { sum += value; });
if (sum + map.size + set.size !== 30416400) throw new Error("" + (sum + map.size + set.size));
