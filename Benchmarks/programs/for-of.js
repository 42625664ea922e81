// for-of over arrays, strings, maps and sets.
const list = [], map = new Map(), set = new Set();
for (let i = 0; i < 1000; i++) { list.push(i); map.set(i, i * 2); set.add(i * 3); }
const text = 'terrarium '.repeat(100);
let sum = 0;
for (let round = 0; round < 1500; round++) {
    for (const v of list) sum = (sum + v) & 0xffffff;
    for (const v of list) { if (v > 500) break; sum ^= v; }
}
for (let round = 0; round < 300; round++) {
    for (const [k, v] of map) sum = (sum + k + v) & 0xffffff;
    for (const v of set) sum = (sum + v) & 0xffffff;
    for (const c of text) sum = (sum + c.length) & 0xffffff;
}
print(sum);
