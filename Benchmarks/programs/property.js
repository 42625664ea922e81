function main() {
  const o = { a: 1, b: 2, c: 3 };
  for (let i = 0; i < 5000000; i++) { o.a = o.b + 1; o.b = o.c & 7; o.c = o.a + i; }
  return o.a + o.b + o.c;
}
print(main());
