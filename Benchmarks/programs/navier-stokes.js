// Two-dimensional fluid: diffusion, advection and projection on a square grid of doubles.
const N = 64, ROW = N + 2, SIZE = ROW * ROW;
const grid = () => new Array(SIZE).fill(0);
function bounds(kind, x) {
  for (let i = 1; i <= N; i++) {
    x[i] = kind === 2 ? -x[i + ROW] : x[i + ROW];
    x[i + (N + 1) * ROW] = kind === 2 ? -x[i + N * ROW] : x[i + N * ROW];
    x[i * ROW] = kind === 1 ? -x[1 + i * ROW] : x[1 + i * ROW];
    x[N + 1 + i * ROW] = kind === 1 ? -x[N + i * ROW] : x[N + i * ROW];
  }
  x[0] = 0.5 * (x[1] + x[ROW]);
  x[(N + 1) * ROW] = 0.5 * (x[1 + (N + 1) * ROW] + x[N * ROW]);
  x[N + 1] = 0.5 * (x[N] + x[N + 1 + ROW]);
  x[N + 1 + (N + 1) * ROW] = 0.5 * (x[N + (N + 1) * ROW] + x[N + 1 + N * ROW]);
}
function solve(kind, x, x0, a, c) {
  const inverse = 1 / c;
  for (let k = 0; k < 10; k++) {
    for (let j = 1; j <= N; j++) {
      let last = x[j * ROW];
      for (let i = 1, at = 1 + j * ROW; i <= N; i++, at++)
        last = x[at] = (x0[at] + a * (last + x[at + 1] + x[at - ROW] + x[at + ROW])) * inverse;
    }
    bounds(kind, x);
  }
}
function advect(kind, d, d0, u, v, dt) {
  const step = dt * N;
  for (let j = 1; j <= N; j++) for (let i = 1, at = 1 + j * ROW; i <= N; i++, at++) {
    let x = i - step * u[at], y = j - step * v[at];
    if (x < 0.5) x = 0.5; else if (x > N + 0.5) x = N + 0.5;
    if (y < 0.5) y = 0.5; else if (y > N + 0.5) y = N + 0.5;
    const i0 = x | 0, j0 = y | 0, s1 = x - i0, t1 = y - j0, corner = i0 + j0 * ROW;
    d[at] = (1 - s1) * ((1 - t1) * d0[corner] + t1 * d0[corner + ROW]) + s1 * ((1 - t1) * d0[corner + 1] + t1 * d0[corner + 1 + ROW]);
  }
  bounds(kind, d);
}
function project(u, v, p, div) {
  const h = -0.5 / N;
  for (let j = 1; j <= N; j++) for (let i = 1, at = 1 + j * ROW; i <= N; i++, at++) {
    div[at] = h * (u[at + 1] - u[at - 1] + v[at + ROW] - v[at - ROW]);
    p[at] = 0;
  }
  bounds(0, div); bounds(0, p);
  solve(0, p, div, 1, 4);
  for (let j = 1; j <= N; j++) for (let i = 1, at = 1 + j * ROW; i <= N; i++, at++) {
    u[at] -= 0.5 * N * (p[at + 1] - p[at - 1]);
    v[at] -= 0.5 * N * (p[at + ROW] - p[at - ROW]);
  }
  bounds(1, u); bounds(2, v);
}
function addSource(x, s, dt) { for (let i = 0; i < SIZE; i++) x[i] += dt * s[i]; }
let u = grid(), v = grid(), u0 = grid(), v0 = grid(), d = grid(), d0 = grid();
const dt = 0.1, viscosity = 0.0001;
for (let frame = 0; frame < 6; frame++) {
  for (let i = 0; i < SIZE; i++) u0[i] = v0[i] = d0[i] = 0;
  if (frame < 4) for (let k = 1; k <= N; k += 9) {
    u0[k + k * ROW] = 5; v0[k + (N + 1 - k) * ROW] = -4; d0[k + (N >> 1) * ROW] = 20;
  }
  addSource(u, u0, dt); addSource(v, v0, dt); addSource(d, d0, dt);
  const a = dt * viscosity * N * N;
  [u0, u] = [u, u0]; solve(1, u, u0, a, 1 + 4 * a);
  [v0, v] = [v, v0]; solve(2, v, v0, a, 1 + 4 * a);
  project(u, v, u0, v0);
  [u0, u] = [u, u0]; [v0, v] = [v, v0];
  advect(1, u, u0, u0, v0, dt); advect(2, v, v0, u0, v0, dt);
  project(u, v, u0, v0);
  [d0, d] = [d, d0]; solve(0, d, d0, a, 1 + 4 * a);
  [d0, d] = [d, d0]; advect(0, d, d0, u, v, dt);
}
let sum = 0;
for (let i = 0; i < SIZE; i++) sum += d[i] * 1000 + u[i] * 100 - v[i] * 100;
print(Math.round(sum));
