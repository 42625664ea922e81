// Spectral norm of an infinite matrix, by power iteration.
const entry = (i, j) => 1 / ((((i + j) * (i + j + 1)) >> 1) + i + 1);
function times(v, out) { for (let i = 0; i < v.length; i++) { let sum = 0; for (let j = 0; j < v.length; j++) sum += entry(i, j) * v[j]; out[i] = sum; } }
function timesTransposed(v, out) { for (let i = 0; i < v.length; i++) { let sum = 0; for (let j = 0; j < v.length; j++) sum += entry(j, i) * v[j]; out[i] = sum; } }
function spectralNorm(n) {
  const u = new Array(n).fill(1), v = new Array(n).fill(0), w = new Array(n).fill(0);
  for (let i = 0; i < 10; i++) { times(u, w); timesTransposed(w, v); times(v, w); timesTransposed(w, u); }
  let uv = 0, vv = 0;
  for (let i = 0; i < n; i++) { uv += u[i] * v[i]; vv += v[i] * v[i]; }
  return Math.sqrt(uv / vv);
}
print(spectralNorm(200).toFixed(9));
