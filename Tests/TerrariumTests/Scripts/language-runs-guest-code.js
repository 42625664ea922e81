// eval: operations of the language that ask guest code, with loops in it, in which a program can be paused.
const work = (text, result) => { let n = 0; for (let i = 0; i < 3; i++) n += i; log.push(text + n); return result; };
let log = [];
const show = name => { print(name + ":", log.join(" ")); log = []; };
const attempt = f => { try { return f(); } catch (error) { log.push(String(error)); } };
const spy = (target, label = "") => new Proxy(target, new Proxy({}, {
  get(t, trap) { return (...list) => work(label + trap + (typeof list[1] === "string" ? "." + list[1] : ""), Reflect[trap](...list)); } }));
const numbered = (...list) => Object.defineProperties({}, Object.fromEntries([["length", { get: () => work("length", list.length) }],
  ...list.map((x, i) => [i, { get: () => work(i, x) }])]));

// Code from strings.
{ var outer = 1; log.push(eval("var made = work('eval', 5); made + outer"), made); show("direct eval"); }
{ const f = () => { "use strict"; return eval("var hidden = work('strict', 6); typeof hidden"); };
  log.push(f(), typeof hidden); show("strict eval"); }
{ class A { x = eval("work('field', this === undefined)"); static y = eval("work('static', typeof this)"); #z = 7; m() { return eval("this.#z + work('private', 1)"); } }
  log.push(new A().x, A.y, new A().m()); show("eval in classes"); }
{ function* g() { const x = yield eval("work('generator', 1)"); eval("work(x, 1)"); } const it = g(); it.next(); it.next("sent"); show("eval in generators"); }
{ log.push((0, eval)("globalThis.work ? 1 : 0"), [1, "work2 = 3"].map(eval).length, eval.call(null, "typeof work2")); show("indirect eval"); }
{ globalThis.globalWork = work; log.push((0, eval)("var shared = globalWork('indirect', 8); shared"), shared); show("indirect eval in a loop"); }
{ attempt(() => eval("throw work('thrown', new TypeError('from eval'))")); attempt(() => (0, eval)("(")); show("errors of eval"); }
{ const text = (s) => ({ toString() { return work(s, s); } });
  log.push(new Function(text("a"), text("b"), text("return a + b"))(1, 2)); show("new Function"); }

// Array-likes.
{ const f = (...list) => log.push(list.join());
  f.apply(null, numbered("x", "y")); Reflect.apply(f, null, numbered("z")); f.apply(null, spy(["p"])); f.apply(null, [, 1]);
  attempt(() => f.apply(null, { length: { valueOf() { return work("valueOf", 2); } }, 0: 1 }));
  attempt(() => f.apply(null, { get length() { throw work("throws", "thrown"); } }));
  attempt(() => f.apply(null, { length: 1e9 })); attempt(() => f.apply(null, { get length() { return 1e9; } })); attempt(() => f.apply(null, 1)); show("apply"); }
{ const f = function (a) { this.a = a; }; log.push(Reflect.construct(f, numbered("c")).a); show("construct"); }
{ const b = Function.prototype.bind.call(spy(function named(a, b, c) { return [this.x, a, b, c].join(); }), { x: 1 }, 2);
  log.push(b.name, b.length, Object.getOwnPropertyNames(b)); log.push(b(3, 4)); show("bind"); }
{ log.push(String.raw({ get raw() { return work("raw", numbered("a", { toString: () => work("text", "b") }, "c")); } }, 1, { toString: () => work("two", 2) }, 3)); show("raw"); }

// new.target.
{ const target = (f, p) => spy(Object.assign(function () {}, { prototype: p }));
  for (const [C, ...list] of [[Array, 3], [Array, 1, 2], [Map, [[1, 2]]], [Set, [1]], [Error, "m", { cause: 1 }], [AggregateError, [1], "m"], [Date, 0], [Number, 5],
    [String, "s"], [Boolean, 1], [Object], [RegExp, "a"], [Uint8Array, 2], [ArrayBuffer, 2], [Promise, () => log.push("executor")], [Function, "return 1"],
    [WeakRef, {}], [class { x = 1; constructor() { log.push(new.target.mark); } }]]) {
    const p = Object.create(C.prototype), t = target(C, p);
    attempt(() => { const o = Reflect.construct(C, list, t); log.push(Object.getPrototypeOf(o) === p); });
    show("prototype of " + C.name); } }
{ const t = Object.defineProperty(function () {}.bind(), "prototype", { get() { return work("none", 1); } });
  log.push(Object.getPrototypeOf(Reflect.construct(Array, [], t)) === Array.prototype, Object.getPrototypeOf(Reflect.construct(function () {}, [], t)) === Object.prototype);
  const throwing = Object.defineProperty(function () {}.bind(), "prototype", { get() { throw work("throws", "thrown"); } });
  for (const C of [Array, Map, Error, function () {}]) attempt(() => Reflect.construct(C, [], throwing));
  attempt(() => Reflect.construct(Promise, [1], throwing)); attempt(() => Reflect.construct(WeakRef, [1], throwing)); attempt(() => Reflect.construct(ArrayBuffer, [-1], throwing));
  function seen() { return { is: new.target === t }; } log.push(Reflect.construct(seen, [], t).is); show("prototype that is none"); }
{ const Base = spy(class { constructor(a) { this.a = a; } m() { return 1; } });
  class D extends Base { y = 2; } const d = new D(5); log.push(d.a, d.y, d.m(), Object.getPrototypeOf(D) === Base); show("heritage"); }
{ attempt(() => class extends Object.defineProperty(function () {}.bind(), "prototype", { get() { return work("heritage", 1); } }) {}); show("bad heritage"); }

// Fields, keys, lengths.
{ const target = {}; class Returns { constructor(o) { return o; } }
  class A extends Returns { x = 1; ["y" + 1] = 2; 0 = 3; f = () => 1; #p = 4; static p(o) { return o.#p; } }
  const o = new A(spy(target)); log.push(JSON.stringify(target), target.f.name, A.p(o));
  attempt(() => new A(new Proxy({}, { defineProperty() { return work("refuses", false); } }))); show("fields"); }
{ const key = s => ({ toString: () => work("key-" + s, s) }); const o = { a: 1 };
  o[key("b")] = 2; o[key("a")] += 5; o[key("b")]++; log.push(delete o[key("b")], key("a") in o, key("b") in o, JSON.stringify(o), o[key("a")]);
  const k = key("a"); o[k] = 3; log.push(typeof k);
  const q = { __proto__: { get v() { return this.w; } }, w: 9, get(k) { return super[k]; }, set(k, v) { super[k] = v; } };
  log.push(q.get(key("v"))); q.set(key("z"), 4); log.push(q.z);
  attempt(() => { "use strict"; Object.freeze(o)[key("a")] = 1; }); attempt(function () { "use strict"; o[key("a")] = 1; }); attempt(function () { "use strict"; delete o[key("a")]; }); show("keys"); }
{ const list = [1, 2, 3], n = x => ({ valueOf: () => work("length", x) });
  list.length = n(2); log.push(list.join()); list["len" + "gth"] = n(1); log.push(list.join());
  Object.defineProperty(list, "length", { value: n(4), writable: false }); log.push(list.length);
  attempt(() => { list.length = n(1); log.push("refused"); }); attempt(function () { "use strict"; list.length = n(1); });
  attempt(() => { [].length = n(-1); }); attempt(() => { [].length = { valueOf: () => work("differs", log.length) }; });
  attempt(() => { [].length = { valueOf: () => Symbol() }; }); show("length"); }

// Scopes.
{ const scope = spy({ found: 1, f() { return this === scope; } }, "with-"); var missing = 1;
  with (scope) { found; found = 2; found += 3; log.push(f(), typeof missing, delete found, typeof found); }
  show("with"); }
{ with ({ a: 1, b: 2, get [Symbol.unscopables]() { return work("unscopables", { get a() { return work("a", true); } }); } }) { log.push(typeof a, b); } show("unscopables"); }
{ with (Object.create(spy({ inherited: 5 }))) { log.push(inherited, (() => inherited)()); } show("inherited"); }

// Errors.
{ const e = new Error("m", { get cause() { return work("cause", 1); } }); log.push(e.cause, Object.keys(Object.getOwnPropertyDescriptor(e, "cause")).length, e instanceof Error);
  const f = TypeError("t", spy({ cause: 2 })); log.push(f.cause, f.name, f.message, "cause" in Error("x", spy({})));
  const g = new AggregateError({ *[Symbol.iterator]() { yield work("one", 1); yield 2; } }, { toString: () => work("message", "a") }, { get cause() { return work("cause", 3); } });
  log.push(g.errors, g.message, g.cause, Object.getOwnPropertyNames(g).filter(x => x !== "stack"), JSON.stringify(Object.getOwnPropertyDescriptor(g, "errors")));
  attempt(() => new Error("m", { get cause() { throw work("throws", "thrown"); } })); attempt(() => new AggregateError(1)); attempt(() => new AggregateError({ [Symbol.iterator]() { throw "iterator"; } }));
  show("errors"); }
{ const target = {}; Error.captureStackTrace(spy(target)); log.push(typeof target.stack, Object.keys(target).length); show("stack"); }

// Resources.
{ { using a = { get [Symbol.dispose]() { return work("get", () => work("dispose")); } }, b = { [Symbol.dispose]() { work("second"); } }; } show("using");
  attempt(() => { using a = { get [Symbol.dispose]() { return work("none"); } }; }); attempt(() => { using a = { get [Symbol.dispose]() { throw work("throws", "thrown"); } }; }); show("bad resources"); }

// Promises.
const thenable = (name, value) => ({ get then() { return work(name, resolve => resolve(work(name + "-then", value))); } });
const settled = (name, p) => Promise.prototype.then.call(p, x => log.push(name, String(x)), e => log.push(name + "-rejected", String(e)));
class Sub extends Promise { static get [Symbol.species]() { return work("species", Sub); } constructor(f) { work("constructor"); super(f); } }
(async () => {
  settled("resolve", Promise.resolve(thenable("a", 1)));
  settled("constructor", new Promise(resolve => resolve(thenable("b", 2))));
  settled("throws", new Promise(resolve => resolve({ get then() { throw work("getter", "thrown"); } })));
  settled("async", (async () => thenable("c", 3))());
  settled("async throws", (async () => { try { return { get then() { throw work("getter", "thrown"); } }; } catch { return "caught"; } })());
  const all = [thenable("d", 4), 5]; settled("all", Promise.all(all));
  await null; await null; await null; await null; show("thenables");
  log.push(await thenable("e", 6)); await null; show("await");
  try { await Object.defineProperty(Promise.resolve(), "constructor", { get() { throw work("constructor", "thrown"); } }); } catch (error) { log.push("caught", error); } show("await constructor");
  log.push(await Object.defineProperty(Promise.resolve(7), "constructor", { get() { return work("constructor", Promise); } })); show("await own constructor");
  const s = new Sub(resolve => resolve(8)); log.push(await s.then(x => work("handler", x + 1)), s.then() instanceof Sub, Sub.resolve(s) === s, Sub.resolve(1) instanceof Sub);
  await null; show("subclass");
  log.push(await s.finally(() => work("finally", thenable("f"))), await Sub.all([1, thenable("g", 2)])); show("subclass combinators");
  const p = Promise.resolve(9); p.constructor = { get [Symbol.species]() { return work("species", function (f) { work("executor"); f(x => log.push("resolved", x), e => log.push("rejected", e)); }); } };
  p.then(x => x + 1); p.then(() => { throw work("handler", "thrown"); }); for (let i = 0; i < 4; i++) await null; show("custom capability");
  const withTrap = Promise.reject.call(function (f) { f(() => {}, e => work("reject-" + e)); }, 1); const made = Promise.withResolvers.call(Sub); made.resolve(thenable("h", 10)); log.push(await made.promise); show("statics");
  async function* g() { try { const x = yield thenable("i", 11); log.push(x); yield 12; } finally { work("closed"); } }
  const it = g(); log.push(JSON.stringify(await it.next()), JSON.stringify(await it.return(thenable("j", 13)))); show("async generator");
  log.push(JSON.stringify(await g().return(thenable("k", 14)))); show("async generator return");
  for await (const x of [thenable("l", 15)]) log.push(x); show("for await");
  try { await Promise.resolve(spy(Promise.resolve(16))); log.push("never"); } catch (error) { log.push(String(error)); } show("promise in a proxy");
  { await using r = { get [Symbol.asyncDispose]() { return work("get", async () => work("dispose")); } }; } show("await using");
  try { Promise.prototype.then.call(Object.assign(Promise.resolve(), { constructor: 1 })); } catch (error) { log.push(String(error)); }
  try { Promise.resolve.call(function () {}, 1); } catch (error) { log.push(String(error)); }
  try { Promise.resolve.call(() => {}, 1); } catch (error) { log.push(String(error)); }
  try { Promise.resolve.call(function (f) { f(() => {}, () => {}); f(() => {}, () => {}); }, 1); } catch (error) { log.push(String(error)); } show("errors of promises");
})().then(() => print("done"), error => print(String(error), error.stack));
