// killed by fuel
// Numbers that all hash to the same place of a Map: each search passes all of them.
const inverse = (() => {
  const k = 0xFF51AFD7ED558CCDn;
  let x = k;
  for (let i = 0; i < 6; i++) x = BigInt.asUintN(64, x * (2n - k * x));
  return x;
})();
const words = new BigUint64Array(1), number = new Float64Array(words.buffer);
const map = new Map();
for (let high = 0n; map.size < 60000; high++) {
  const z = BigInt.asUintN(64, (high << 52n | high >> 12n) * inverse);
  words[0] = z ^ z >> 32n;
  if (number[0] === number[0]) map.set(number[0], 1);
}
