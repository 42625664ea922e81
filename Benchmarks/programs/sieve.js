function sieve(n) {
  const flags = [];
  for (let i = 0; i <= n; i++) flags[i] = true;
  let count = 0;
  for (let i = 2; i <= n; i++) {
    if (flags[i]) { count++; for (let k = i + i; k <= n; k += i) flags[k] = false; }
  }
  return count;
}
let total = 0;
for (let i = 0; i < 5; i++) total += sieve(500000);
print(total);
