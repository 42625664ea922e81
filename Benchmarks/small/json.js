const value = { list: Array.from({ length: 300 }, (_, i) => ({ id: i, name: "item " + i, tags: ["a", "b\n", "\u20ac"], price: i * 1.25, ok: i % 2 === 0, none: null })) };
let sum = 0;
for (let i = 0; i < 3; i++) {
  const text = JSON.stringify(value), back = JSON.parse(text);
  sum += text.length + back.list.length + back.list[17].price;
}
sum += JSON.stringify(value, (key, item) => key === "tags" ? undefined : item, 2).length;
if (sum !== 114079.75) throw new Error("" + sum);
