// All permutations by exchange, through a closure.
function permute(size) {
  let count = 0, sum = 0;
  const values = Array.from({ length: size }, (_, i) => i);
  const swap = (i, j) => { const t = values[i]; values[i] = values[j]; values[j] = t; };
  const visit = n => {
    count++;
    if (n === 0) { sum = (sum * 31 + values[0]) & 0xffffff; return; }
    visit(n - 1);
    for (let i = n - 1; i >= 0; i--) { swap(n - 1, i); visit(n - 1); swap(n - 1, i); }
  };
  visit(size);
  return [count, sum];
}
let total = 0, hash = 0;
for (let round = 0; round < 3; round++) { const [count, sum] = permute(8); total += count; hash = (hash * 31 + sum) & 0xffffff; }
print(total, hash);
