// Keys of small objects, of large ones and of ones with prototypes.
const small = { a: 1, b: 2, c: 3, d: 4 }, large = {};
for (let i = 0; i < 300; i++) large['key' + i] = i;
class Base { constructor() { this.x = 1; this.y = 2; } }
const child = Object.assign(Object.create(small), { e: 5 });
let sum = 0;
for (let i = 0; i < 200000; i++) for (const k in small) sum = (sum + small[k]) & 0xffffff;
for (let i = 0; i < 2000; i++) for (const k in large) sum = (sum + large[k]) & 0xffffff;
for (let i = 0; i < 50000; i++) { for (const k in child) sum = (sum + child[k]) & 0xffffff; for (const k in new Base()) sum += k.length; }
print(sum);
