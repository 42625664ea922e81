function main() {
  let kept = null, sum = 0;
  for (let i = 0; i < 3000000; i++) {
    const o = { a: i, b: i + 1, c: kept, d: null };
    if (i % 1000 === 0) kept = { a: o.a, b: 0, c: null, d: null };
    sum = (sum + o.b) & 0xffffff;
  }
  return sum + kept.a;
}
print(main());
