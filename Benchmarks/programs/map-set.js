const m = new Map(), s = new Set();
let sum = 0;
for (let i = 0; i < 200000; i++) { m.set(i % 5000, i); s.add('k' + (i % 700)); if (m.has(i >> 1)) sum = (sum + m.get(i >> 1)) & 0xffffff; }
for (const [k, v] of m) sum = (sum + k * v) & 0xffffff;
print(sum, m.size, s.size);
