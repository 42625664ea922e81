// Factorials, Fibonacci numbers, powers by a modulus and decimal text.
let f = 1n;
for (let i = 1n; i <= 1500n; i++) f *= i;
let a = 0n, b = 1n;
for (let i = 0; i < 15000; i++) [a, b] = [b, a + b];
function power(base, exponent, modulus) {
    let result = 1n;
    while (exponent > 0n) { if (exponent & 1n) result = result * base % modulus; base = base * base % modulus; exponent >>= 1n; }
    return result;
}
const m = (1n << 521n) - 1n;
const p = power(3n, m - 2n, m);
let small = 0n;
for (let i = 0n; i < 300000n; i++) small = (small * 31n + i) % 1000003n;
print(f.toString().length, a.toString().length, String((p * 3n) % m), String(small), BigInt(f.toString()) === f);
