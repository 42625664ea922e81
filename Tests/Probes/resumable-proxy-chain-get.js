// terminates: error
// also acceptable: terminates: value
// class: native-recursion
// a million proxies, read, written, asked and deleted from
let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {});
let last; for (const f of [() => p.x, () => { p.x = 1; }, () => "x" in p, () => delete p.x]) { try { f(); } catch (e) { last = e; if (!(e instanceof RangeError)) throw new Error("FAIL " + e); } }
if (last) throw last;
