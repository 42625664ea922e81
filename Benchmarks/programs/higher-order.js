// Array methods with callbacks.
const list = Array.from({ length: 1000 }, (_, i) => i);
let sum = 0;
for (let round = 0; round < 300; round++) {
    sum = (sum + list.map(v => v * 2).filter(v => v % 3 === 0).reduce((a, b) => a + b, 0)) & 0xffffff;
    list.forEach(v => { sum = (sum + v) & 0xffffff; });
    sum = (sum + list.findIndex(v => v === 900) + (list.some(v => v > 998) ? 1 : 0) + (list.every(v => v >= 0) ? 1 : 0)) & 0xffffff;
    sum = (sum + list.flatMap(v => [v, v]).length) & 0xffffff;
}
print(sum);
