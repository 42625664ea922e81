// Integer cryptography: SHA-256 and MD5 on words, modular exponentiation on limbs of 15 bits.
const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p !== 0)) primes.push(n);
const fraction = x => ((x - Math.floor(x)) * 4294967296) | 0;
const K = primes.map(p => fraction(Math.cbrt(p))), H = primes.slice(0, 8).map(p => fraction(Math.sqrt(p)));
const rotate = (x, n) => (x >>> n) | (x << (32 - n));
function sha256(bytes) {
  const h = H.slice(), w = new Array(64).fill(0), padded = bytes.slice();
  padded.push(0x80);
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = bytes.length * 8;
  padded.push(0, 0, 0, 0, (bits >>> 24) & 255, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) { const k = at + i * 4; w[i] = (padded[k] << 24) | (padded[k + 1] << 16) | (padded[k + 2] << 8) | padded[k + 3]; }
    for (let i = 16; i < 64; i++) {
      const s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, x] = h;
    for (let i = 0; i < 64; i++) {
      const t1 = (x + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      x = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    h[0] = (h[0] + a) | 0; h[1] = (h[1] + b) | 0; h[2] = (h[2] + c) | 0; h[3] = (h[3] + d) | 0;
    h[4] = (h[4] + e) | 0; h[5] = (h[5] + f) | 0; h[6] = (h[6] + g) | 0; h[7] = (h[7] + x) | 0;
  }
  return h.map(v => (v >>> 0).toString(16).padStart(8, '0')).join('');
}
const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const T = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0);
function md5(bytes) {
  const padded = bytes.slice();
  padded.push(0x80);
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = bytes.length * 8;
  padded.push(bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, (bits >>> 24) & 255, 0, 0, 0, 0);
  let a0 = 0x67452301, b0 = 0xefcdab89 | 0, c0 = 0x98badcfe | 0, d0 = 0x10325476;
  for (let at = 0; at < padded.length; at += 64) {
    const m = [];
    for (let i = 0; i < 16; i++) { const k = at + i * 4; m.push(padded[k] | (padded[k + 1] << 8) | (padded[k + 2] << 16) | (padded[k + 3] << 24)); }
    let a = a0, b = b0, c = c0, d = d0;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      let f, g;
      if (round === 0) { f = (b & c) | (~b & d); g = i; }
      else if (round === 1) { f = (d & b) | (~d & c); g = (5 * i + 1) & 15; }
      else if (round === 2) { f = b ^ c ^ d; g = (3 * i + 5) & 15; }
      else { f = c ^ (b | ~d); g = (7 * i) & 15; }
      const sum = (f + a + T[i] + m[g]) | 0, s = shifts[round * 4 + (i & 3)];
      a = d; d = c; c = b; b = (b + ((sum << s) | (sum >>> (32 - s)))) | 0;
    }
    a0 = (a0 + a) | 0; b0 = (b0 + b) | 0; c0 = (c0 + c) | 0; d0 = (d0 + d) | 0;
  }
  return [a0, b0, c0, d0].map(v => [0, 8, 16, 24].map(s => ((v >>> s) & 255).toString(16).padStart(2, '0')).join('')).join('');
}
// Little-endian limbs.
const LIMB = 15, MASK = 32767;
function compare(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}
function trim(a) { while (a.length > 0 && a[a.length - 1] === 0) a.pop(); return a; }
function multiply(a, b) {
  const r = new Array(a.length + b.length).fill(0);
  for (let i = 0; i < a.length; i++) {
    let carry = 0;
    for (let j = 0; j < b.length; j++) { const v = r[i + j] + a[i] * b[j] + carry; r[i + j] = v & MASK; carry = v >> LIMB; }
    r[i + b.length] += carry;
  }
  return trim(r);
}
function remainder(a, m) {
  const r = [];
  for (let i = a.length - 1; i >= 0; i--) for (let bit = LIMB - 1; bit >= 0; bit--) {
    let carry = (a[i] >> bit) & 1;
    for (let k = 0; k < r.length; k++) { const v = (r[k] << 1) | carry; r[k] = v & MASK; carry = v >> LIMB; }
    if (carry) r.push(carry);
    if (compare(r, m) >= 0) {
      let borrow = 0;
      for (let k = 0; k < r.length; k++) {
        let v = r[k] - (k < m.length ? m[k] : 0) - borrow;
        borrow = v < 0 ? 1 : 0;
        r[k] = v & MASK;
      }
      trim(r);
    }
  }
  return r;
}
function modularPower(base, exponent, modulus) {
  let result = [1], square = remainder(base, modulus);
  for (const limb of exponent) for (let bit = 0; bit < LIMB; bit++) {
    if ((limb >> bit) & 1) result = remainder(multiply(result, square), modulus);
    square = remainder(multiply(square, square), modulus);
  }
  return result;
}
const text = Array.from({ length: 120000 }, (_, i) => (i * 31 + 7) & 255);
print(sha256([97, 98, 99]), md5([97, 98, 99]));
print(sha256(text), md5(text));
const modulus = [32749, 12345, 30011, 777, 20001, 31337, 8191, 16381], base = [4242, 777, 32000, 5], exponent = [32767, 11, 257, 12345, 32001, 7, 999];
print(modularPower(base, exponent, modulus).join(','));
