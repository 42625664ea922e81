// terminates: error
// class: native-recursion
// traps that read their own proxy
const p = new Proxy({}, { get(t, k, r) { return r[k]; }, has(t, k) { return k in p; } }); try { p.x; } catch (e) { if (!(e instanceof RangeError)) print("FAIL"); } "x" in p;
