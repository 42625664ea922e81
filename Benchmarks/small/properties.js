const shapes = [{ a: 1 }, { b: 2, a: 3 }, { c: 1, a: 5 }, { a: 7, d: 2 }, { e: 1, a: 9 }];
class Base { get area() { return this.w * this.h; } }
class Box extends Base { #hidden = 3; constructor(w, h) { super(); this.w = w; this.h = h; } hidden() { return this.#hidden; } }
let sum = 0;
const table = {};
for (let i = 0; i < 6000; i++) {
  sum += shapes[i % 5].a;
  const box = new Box(i & 7, 3);
  sum += box.area + box.hidden();
  table["k" + (i & 63)] = (table["k" + (i & 63)] ?? 0) + 1;
}
for (const key in table) sum += table[key];
for (const [key, value] of Object.entries({ ...table, x: 1 })) sum += key.length + value;
if (sum !== 123184) throw new Error("" + sum);
