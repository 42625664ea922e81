// eval: functions of blocks, with statements, super calls, parentheses; and other corners of the language.
const log = (...a) => console.log(a.join(" "));
function inWith() { function g() { return "outer"; } const o = { g() { return "with"; } }; with (o) { eval("{ function g() { return 'eval'; } }"); } return g() + o.g(); }
log(inWith());
function topInWith() { var o = { g() { return "with"; } }; with (o) { eval("function g() { return 'eval'; }"); } return g() + o.g(); }
log(topInWith());
function besideConst() { eval("{ function a() {} }"); const a = 1; return a; }
log(besideConst());
function besideLet() { eval("{ function a() {} }"); let a; return a; }
log(besideLet());
function clash() { try { eval("function a() {}"); } catch (error) { return error.name; } let a; }
log(clash());
function inCatch() { try { throw 1; } catch (f) { eval("{ function f() { return 'f'; } }"); log(f); } return typeof f; }
log(inCatch());
function topInCatch() { try { throw 1; } catch (f) { eval("function f() { return 'f'; }"); log(f); } return typeof f; }
log(topInCatch());
function deletable() { eval("log(delete q); { function q() {} log(delete q); }"); return typeof q; }
log(deletable());
function args(arg) { eval(arg); { function arguments() { return 1; } } return arguments; }
log(typeof args("42"));
globalThis.t = "global"; function group() { var t = "local"; return [(eval)("t"), ((eval))("t"), (1, eval)("t"), (true ? eval : null)("t")]; }
log(group());
new class extends class {} { constructor() { (() => eval("super()"))(); log(this === eval("this"), this === (() => this)()); } }();
new class extends class {} { constructor() { eval("(() => super())()"); log(this === eval("this")); } }();
new class extends class {} { constructor() { eval("eval('super()')"); log(this === eval("this")); } }();
new class extends class {} { constructor() { log(eval("super(); this") === this); try { eval("super()"); } catch (error) { log(error.message); } } }();
log(new (class { 128n = class {}; })()[128].name, ({ 128n: () => 1 })[128].name, new (class { [1] = () => 1; })()[1].name);
for (const code of ["[f() = 1] = [2]", "({ a: f() = 1 } = {})", "[(f())] = []", "f() = 1"]) try { Function("f", code); log("fine", code); } catch (error) { log(error.name, code); }
const T = Object.getPrototypeOf(function* () {}).prototype.throw;
{ const g = (function* () { yield 1; })(); g.next(); for (const f of [T.bind(g, "bound"), T.bind(g, "again")]) try { f(); } catch (error) { log("caught", error); } }
{ const g = (function* () { yield* { [Symbol.iterator]() { return { next() { return { value: 1, done: false }; }, return() { log("returned"); return {}; } }; } }; })(); g.next();
  try { T.call(g, 1); } catch (error) { log(error.message); } log(g.next().done); }
{ const order = new Proxy({}, { defineProperty(target, key, d) { log(Object.keys(d)); return true; } }); Object.defineProperty(order, "a", { configurable: true, set() {} }); order.__defineGetter__("b", () => 1); }
for (const flag of ["", "y"]) { const r = new RegExp("a", flag); r.lastIndex = { valueOf() { r.compile("b"); return 0; } }; log(r[Symbol.match]("b") !== null); }
{ class Sub extends RegExp {} try { new Sub("a").compile("b"); } catch (error) { log(error.name); } }
