// Trees of arrays with random lengths: allocation of arrays and their collection.
let seed = 74755;
const next = () => (seed = (seed * 1309 + 13849) & 65535);
let count = 0;
function build(depth) {
  count++;
  if (depth === 1) return new Array((next() % 10) + 1).fill(null);
  const result = new Array(4);
  for (let i = 0; i < 4; i++) result[i] = build(depth - 1);
  return result;
}
let leaves = 0;
const walk = tree => { for (const item of tree) if (item === null) leaves++; else walk(item); };
for (let round = 0; round < 50; round++) { const tree = build(7); if (round % 10 === 0) walk(tree); }
print(count, leaves);
