// Functions made and called with captured variables, per loop turn and in chains.
function counter(start) { let n = start; return { next: () => ++n, add: k => { n += k; return n; } }; }
const compose = (...fs) => x => { for (let i = 0; i < fs.length; i++) x = fs[i](x); return x; };
let sum = 0;
for (let i = 0; i < 200000; i++) {
    const c = counter(i);
    sum = (sum + c.next() + c.add(3)) & 0xffffff;
}
const inc = k => x => x + k;
const chain = compose(inc(1), inc(2), inc(3), x => x & 0xffff);
for (let i = 0; i < 300000; i++) sum = (sum + chain(i)) & 0xffffff;
const made = [];
for (let i = 0; i < 200; i++) made.push(() => i * 2);
for (let round = 0; round < 5000; round++) for (let i = 0; i < made.length; i++) sum = (sum + made[i]()) & 0xffffff;
print(sum);
