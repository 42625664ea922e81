// terminates: value
// also acceptable: killed by heap limit
// class: collections
// values that wait for keys that come later in the table: marking is linear in any order
const w = new WeakMap(); function make(n) { const k = []; for (let i = 0; i <= n; i++) k.push({}); for (let i = n - 1; i >= 0; i--) w.set(k[i], k[i + 1]); return k[0]; }
const first = make(60000); (function churn() { for (let i = 0; i < 1e6; i++) ({ i }); })(); let n = 0; for (let k = first; k; k = w.get(k)) n++; if (n !== 60001) throw new Error('FAIL ' + n); print('ok');
