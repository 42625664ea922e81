let seed = 12345;
const next = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff);
let out = 0;
for (let round = 0; round < 4; round++) {
  const a = [];
  for (let i = 0; i < 20000; i++) a.push(next());
  a.sort((x, y) => x - y);
  out = (out + a[round * 100] + a[19999]) & 0xffffff;
}
print(out);
