function* count(n) { for (let i = 0; i < n; i++) yield i; }
function* chain(...parts) { for (const part of parts) yield* part; }
let sum = 0;
for (const x of chain(count(3000), [1, 2, 3], count(1000))) sum += x;
for (const x of count(1e9).filter(x => x % 2).map(x => x * 3).take(500)) sum += x;
async function work(n) { let total = 0; for (let i = 0; i < n; i++) total += await i; return total; }
Promise.all([work(1000), work(500), (async () => { try { await Promise.reject(7); } catch (e) { return e; } })()]).then(values => {
  sum += values.reduce((a, b) => a + b);
  if (sum !== 6372263) throw new Error("" + sum);
});
