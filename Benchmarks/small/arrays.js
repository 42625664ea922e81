const numbers = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3001);
let sum = numbers.map(x => x * 2).filter(x => x % 3 === 0).reduce((a, b) => a + b, 0);
const sorted = numbers.slice().sort((a, b) => a - b);
for (let i = 0; i < sorted.length; i++) sum += sorted[i] * (i & 1);
const queue = [];
for (let i = 0; i < 4000; i++) { queue.push(i); if (i % 3 === 0) sum += queue.shift(); }
const [first, , third, ...others] = numbers;
sum += first + third + others.length + numbers.indexOf(17) + sorted.includes(2999);
const bytes = new Uint8Array(4096);
for (let i = 0; i < 20000; i++) bytes[i & 4095] += i;
for (const byte of bytes) sum += byte;
if (sum !== 6669358) throw new Error("" + sum);
