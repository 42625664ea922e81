// Each feature of the language once, for runs that are paused at every safepoint.
const out = (...a) => console.log(a.join(" "));
function work(n) { let t = 0; for (let i = 0; i < n; i++) t += i; return t; }
// declarations, closures, loops with a binding each
{ const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i + work(2)); out("closures", fs.map((f) => f())); }
{ let s = ""; for (const k in { a: work(3), b: 2, __proto__: { c: 3 } }) s += k; for (const x of [1, , 3]) s += x; out("loops", s); }
outer: for (let i = 0; ; i++) { let j = 0; do { if (j === 2) continue outer; if (i === 2) break outer; j++; } while (true); }
// patterns, defaults, rest and spread
{ const f = ({ a = work(3), b: [c, ...d] = [work(2), 5, 6], ...rest } = {}, ...more) => [a, c, d, rest.z, more].join("|");
  out("patterns", f(), f({ a: 1, b: "xyz", z: 9 }, ...[7, 8])); let x = 1, y = 2; [x, y] = [y, x]; ({ x, y = 3 } = { x: work(4) }); out(x, y); }
// getters, setters, computed names, symbols, conversions
{ const o = { get [`k${work(2)}`]() { return work(5); }, set v(x) { this.w = x + work(3); }, [Symbol.toPrimitive](h) { return h === "string" ? "s" + work(2) : work(4); } };
  o.v = 1; o.v += 1; out("accessors", o.k1, o.w, `${o}`, o + 1, o < 7, o == 6, -o, [] + {}, o ** 2, o in { s1: 1 }); }
// classes
{ class A { #p = work(3); static #q = work(2); static s = A.#q + 1; static { A.t = work(4) + A.s; } constructor(x = work(1)) { this.x = x; }
    get p() { return this.#p; } set p(v) { this.#p = v + work(2); } #m() { return this.#p + 1; } m() { return this.#m(); } static has(o) { return #p in o; } ["c" + work(2)]() { return "c"; } }
  class B extends A { y = super.m() + work(2); constructor(...a) { super(...a); this.z = new.target.name; } m() { return super.m() * 2; } get p() { return super.p + 1; } set p(v) { super.p = v; } }
  const b = new B(5); b.p = 3; b.p++; out("classes", b.x, b.y, b.z, b.m(), b.p, A.s, A.t, A.has(b), A.has({}), b.c1(), b instanceof A, Object.keys(b));
  class C extends Array { last() { return this[this.length - 1]; } } const c = C.from([1, 2, 3], (v) => v + work(2)); out(c.last(), c.map((v) => v * 2) instanceof C, c.length); }
// exceptions
{ const f = (n) => { try { if (n === 1) throw new Error("e" + work(3)); if (n === 2) return "r" + work(2); return "n"; } catch ({ message }) { return message + work(2); } finally { out("finally", n, work(3)); if (n === 3) return "f"; } };
  out(f(1), f(2), f(3)); }
{ using a = { [Symbol.dispose]() { out("disposed", work(3)); } }; out("using", typeof a); }
// generators
{ function* g() { try { const x = yield work(2); yield* [x, work(3)]; yield* inner(); } finally { yield "last"; } } function* inner() { const r = yield 10; return r; }
  const it = g(); out("generators", it.next().value, it.next("s").value, it.next().value, it.next().value, it.return(5).value, it.next().value, it.next().done);
  function* fibs() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } } for (const n of fibs()) { if (n > 20) { out(n); break; } }
  out([...fibs().filter((x) => x % 2 === work(2)).map((x) => x + work(2)).take(4)]); const [p, , q = work(3), ...r] = fibs().take(5); out(p, q, r); }
// tags, templates, optional chains, logical assignment, comma, typeof, void, delete, labels, switch
{ const tag = (s, ...v) => s.raw.join("_") + v; const n = null; let u; u ??= work(3); u &&= u + 1; u ||= 9;
  out("operators", tag`a${work(2)}\n${2}`, n?.x[work(1)], n?.[work(2)], { f: () => work(3) }.f?.(), u, (work(1), 5), typeof work, void work(1), delete { a: 1 }.a);
  switch (work(3)) { case work(2): out("no"); case 3: out("three"); default: out("through"); break; case 9: out("no"); } }
// proxies and reflection
{ const log = []; const p = new Proxy({ a: 1 }, { get(t, k, r) { log.push("get " + String(k)); work(3); return Reflect.get(t, k, r); }, has(t, k) { log.push("has " + k); return k in t; }, set(t, k, v) { work(2); t[k] = v + 1; return true; },
    deleteProperty(t, k) { log.push("delete " + k); return delete t[k]; }, ownKeys(t) { log.push("keys"); return Reflect.ownKeys(t); }, getOwnPropertyDescriptor(t, k) { log.push("desc " + k); return Reflect.getOwnPropertyDescriptor(t, k); },
    defineProperty(t, k, d) { log.push("define " + k); return Reflect.defineProperty(t, k, d); }, getPrototypeOf(t) { log.push("proto"); return null; } });
  p.b = work(3); out("proxies", p.a, "b" in p, p.b, delete p.a, Object.keys(p), JSON.stringify(p), { ...p }.b, Object.getPrototypeOf(p)); for (const k in p) log.push("in " + k); Object.assign(p, { c: 1 }); Object.defineProperty(p, "d", { value: 1, configurable: true }); out(log.join(","));
  const f = new Proxy(function (a) { return this + a; }, { apply(t, self, args) { work(2); return t.apply(self, args); }, construct(t, args) { return { made: args[0] + work(2) }; } }); out(f.call("x", 1), new f(5).made); }
// built-ins that call back
out("built-ins", [3, 1, 2].sort((a, b) => a - b + work(1)), [1, 2, 3].reduce((a, b) => a + b + work(2)), "a-b".replace(/[a-z]/g, (m) => m + work(2)), Array.from({ length: 2 }, (_, i) => i + work(3)), JSON.stringify({ toJSON() { return { k: work(3) }; } }), JSON.parse("[1,[2]]", (k, v) => typeof v === "number" ? v + work(2) : v), [[1], [2]].flatMap((x) => x.map((y) => y + work(2))), Object.groupBy([1, 2, 3], (x) => x % 2 ? "o" : "e").o, new Map([[1, work(3)]]).get(1), [..."ab"].entries().toArray().join(";"), Math.max(...[1, work(3)]), String({ toString() { return "t" + work(2); } }), [1, [2, { toString() { return "j" + work(2); } }]].join(), new Set([1, 2]).union(new Set([work(3)])).size, [1, 2].includes(1, { valueOf: () => work(1) }), "abc".slice({ valueOf: () => work(2) }), parseInt({ toString: () => "1" + work(2) }), isNaN({ valueOf: () => work(2) }), new Date({ valueOf: () => work(3) }).getTime());
Object.defineProperties({}, { a: { get value() { return work(2); } } }); out(Object.entries(Object.fromEntries([["a", work(2)]])).join(), Reflect.apply((a) => a + work(2), null, [1]), Reflect.construct(class { constructor(a) { this.a = a + work(2); } }, [1]).a);
// promises, async functions and generators
const later = (v) => new Promise((r) => { work(3); r(v); });
async function add(a, b) { return (await a) + (await b) + work(2); }
async function* ag(n) { try { for (let i = 0; i < n; i++) { await null; yield later(i); } } finally { out("ag done", await later(work(2))); } }
async function* wrap() { const r = yield* ag(2); yield r; }
async function run() {
  out("async", await add(1, later(2)));
  try { await Promise.reject(new Error("no" + work(2))); } catch (e) { out(e.message); } finally { await work(2); }
  for await (const x of ag(5)) { if (x === 2) break; out("item", x); }
  for await (const x of [later(1), 2]) out("sync item", x);
  for await (const x of wrap()) out("wrapped", x);
  out((await Promise.all([1, later(2), add(1, 2)])).join(), await Promise.race([later(1), new Promise(() => {})]), await Promise.any([Promise.reject(1), later(2)]), (await Promise.allSettled([Promise.reject(1), 2])).map((r) => r.status).join());
  const { promise, resolve } = Promise.withResolvers(); Promise.resolve().then(() => { work(3); resolve("resolved"); }); out(await promise);
  out(await { then(f) { work(2); f("thenable"); } }, (await Array.fromAsync(ag(3), async (x) => x + (await later(1)))).join());
  { await using r = { async [Symbol.asyncDispose]() { await null; out("async disposed", work(2)); } }; out("await using"); }
  const g = ag(3); const first = g.next(), second = g.next(), end = g.return("bye"); out((await first).value, (await second).value, (await end).value);
  return "end";
}
run().then((x) => { work(3); out(x); return Promise.reject(x); }).catch((x) => out("caught", x)).finally(() => out("finally", work(2)));
queueJobs(5); function queueJobs(n) { if (n) Promise.resolve().then(() => queueJobs(n - 1 + work(1))); else out("jobs"); }
"end of script";
