// What built-ins ask of their arguments, in which order, and what they make of it.
const log = [];
const num = (name, value) => ({ valueOf() { log.push(name); return value; } });
const str = (name, value) => ({ toString() { log.push(name); return value; } });
const show = (v) => typeof v === "bigint" ? v + "n" : typeof v === "symbol" ? v.toString() : v instanceof Error ? v.name + ": " + v.message
  : ArrayBuffer.isView(v) && v.length !== undefined ? `[${Array.from(v).map(String)}]` : v instanceof Date ? "Date " + v.getTime() : typeof v === "object" ? JSON.stringify(v) : String(v);
const t = (name, f) => {
  log.length = 0;
  let text;
  try { text = show(f()); } catch (error) { text = "throws " + show(error); }
  print(`${name}: ${text} (${log.join(" ")})`);
};

t("Math.max", () => Math.max(num("a", 1), num("b", 5), num("c", 3)));
t("Math.max, a BigInt", () => Math.max(num("a", 1n), num("b", 5)));
t("Math.hypot", () => Math.hypot(num("a", 3), num("b", 4)));
t("Math.pow", () => Math.pow(num("a", 2), num("b", 10)));
t("Math.floor", () => Math.floor(num("a", 1.5)));
t("Math.imul", () => Math.imul(num("a", 3), num("b", -2)));
t("Number", () => Number(num("a", 7)));
t("Number of a BigInt", () => Number(num("a", 7n)));
t("new Number", () => { const n = new Number(num("a", 7)); return [typeof n, n + 1]; });
t("new Number, subclass", () => { class N extends Number { twice() { return this * 2; } } return new N(num("a", 4)).twice(); });
t("BigInt", () => BigInt(num("a", "12")));
t("BigInt.asUintN", () => BigInt.asUintN(num("a", 4), num("b", -1n)));
t("toFixed", () => (1.25).toFixed(num("a", 1)));
t("toFixed, no number", () => Number.prototype.toFixed.call("x", num("a", 1)));
t("toString", () => (255).toString(num("a", 16)));
t("BigInt toString", () => (255n).toString(num("a", 16)));
t("parseInt", () => parseInt(str("a", "0x1f"), num("b", 16)));
t("Symbol", () => Symbol(str("a", "x")));
t("Symbol.for", () => Symbol.for(str("a", "x")) === Symbol.for("x"));
t("Date", () => new Date({ [Symbol.toPrimitive](hint) { log.push(hint); return 5; } }));
t("Date of a text", () => new Date(str("a", "1970-01-01T00:00:01Z")));
t("Date of parts", () => new Date(num("a", 1970), num("b", 0), num("c", 2)));
t("Date, subclass", () => { class D extends Date { next() { return this.getTime() + 1; } } return new D(num("a", 4)).next(); });
t("Date.UTC", () => Date.UTC(num("a", 1970), num("b", 0), num("c", 2)));
t("setHours", () => new Date(0).setHours(num("a", 1), num("b", 2)));
t("setHours, no date", () => Date.prototype.setHours.call({}, num("a", 1)));
t("Date toPrimitive", () => Date.prototype[Symbol.toPrimitive].call({ toString: () => { log.push("text"); return {}; }, valueOf: () => { log.push("value"); return 3; } }, "string"));
t("Date toJSON", () => Date.prototype.toJSON.call({ valueOf() { log.push("value"); return 1; }, toISOString() { log.push("iso"); return "text"; } }));
t("Date toJSON of none", () => new Date(NaN).toJSON());
t("JSON.stringify of a date", () => JSON.stringify({ d: new Date(0) }));
t("RegExp", () => { const r = new RegExp(str("a", "x+"), str("b", "g")); return [String(r), "axx".search(r)]; });
t("exec", () => /x/.exec(str("a", "yx")).index);
t("replace", () => "a1b".replace(str("a", "1"), str("b", "2")));
t("replace by a function", () => "a1b".replace(str("a", "1"), (m) => m + m));
t("split", () => "a1b".split(str("a", "1")));
t("match", () => "a1b".match(str("a", "\\d")).index);
t("anchor", () => "x".anchor(str("a", "n")));
t("String.fromCharCode", () => String.fromCharCode(num("a", 65), num("b", 66)));
t("JSON.parse", () => JSON.parse(str("a", "[1]")));
t("ArrayBuffer", () => new ArrayBuffer(num("a", 4)).slice(num("b", 1), num("c", 3)).byteLength);
t("DataView", () => { const v = new DataView(new ArrayBuffer(8), num("a", 2), num("b", 4)); v.setInt16(num("c", 0), num("d", 515)); return v.getInt8(num("e", 1)); });
t("DataView of BigInts", () => { const v = new DataView(new ArrayBuffer(8)); v.setBigInt64(num("c", 0), num("d", 7n)); return v.getUint8(7); });
t("typed fill", () => new Uint8Array(4).fill(num("a", 7), num("b", 1), num("c", 3)));
t("typed with", () => new Uint8Array(2).with(num("a", 1), num("b", 9)));
t("typed slice", () => new Uint8Array([1, 2, 3]).slice(num("a", 1), num("b", 2)));
t("typed subarray", () => new Uint8Array([1, 2, 3]).subarray(num("a", 1), num("b", 2)));
t("typed indexOf", () => new Uint8Array([1, 2, 1]).indexOf(1, num("a", 1)));
t("typed lastIndexOf", () => new Uint8Array([1, 2, 1]).lastIndexOf(1, num("a", 1)));
t("typed join", () => new Uint8Array([1, 2]).join(str("a", "-")));
t("typed set", () => { const u = new Uint8Array(4); u.set([num("a", 1), "2"], num("o", 1)); return u; });
t("typed set, too long", () => new Uint8Array(1).set({ get length() { log.push("length"); return 2; } }));
t("typed set of what shrinks it", () => { const u = new Uint8Array(new ArrayBuffer(4, { maxByteLength: 4 })); u.set([{ valueOf() { u.buffer.resize(1); return 1; } }, 2]); return u; });
t("typed store", () => { const u = new Uint8Array(2); u[0] = num("a", 3); u[5] = num("b", 3); return u; });
t("typed store of BigInts", () => { const u = new BigInt64Array(1); u[0] = num("a", 3n); return u; });
t("typed from an iterable", () => new Uint8Array(new Set([1, num("a", 2), "3"])));
t("typed from an array-like", () => new Float32Array({ get length() { log.push("length"); return 2; }, get 0() { log.push("0"); return num("a", 1); }, get 1() { log.push("1"); return 2; } }));
t("typed from objects", () => new Uint8Array([num("a", 1), { toString: () => "4" }]));
t("typed of BigInts from numbers", () => new BigInt64Array([{ valueOf: () => 1 }]));
t("typed subclass", () => { class U extends Uint8Array { sum() { return this.reduce((a, b) => a + b); } } return new U(new Set([1, 2])).sum(); });
t("typed from no iterable", () => new Uint8Array({ [Symbol.iterator]: 1 }));

t("Error", () => new RangeError(str("a", "m"), { get cause() { log.push("cause"); return 1; } }));
t("AggregateError", () => { const e = new AggregateError([1], str("a", "m")); return [e.message, e.errors]; });
t("Error toString", () => String({ __proto__: Error.prototype, get name() { log.push("name"); return "N"; }, get message() { log.push("message"); return str("text", "M"); } }));
t("Error toString, empty name", () => String({ __proto__: Error.prototype, name: "", get message() { return "M"; } }));
t("Object toString", () => Object.prototype.toString.call({ get [Symbol.toStringTag]() { log.push("tag"); return "T"; } }));
t("Object toString, no text", () => Object.prototype.toString.call(new Proxy([], { get(o, k) { log.push(String(k)); } })));
t("Math.sumPrecise", () => Math.sumPrecise(function* () { yield 1e308; yield 1e308; yield -1e308; }()));
t("Math.sumPrecise closes", () => Math.sumPrecise({ [Symbol.iterator]: () => ({ next: () => ({ value: "1" }), return() { log.push("return"); return {}; } }) }));

t("Object.assign", () => Object.assign({ set b(v) { log.push("set b"); } }, { a: 1, get b() { log.push("get b"); return 2; }, c: 3 }, null, { d: 4 }));
t("Object.assign to frozen", () => Object.assign(Object.freeze({ a: 1 }), { get a() { log.push("get a"); return 2; } }));
t("Object.assign, a text", () => Object.assign({}, "ab", [5]));
t("Object.values", () => Object.values({ a: 1, get b() { log.push("b"); delete this.c; return 2; }, c: 3, d: 4 }));
t("Object.entries", () => Object.entries({ get b() { return 2; }, 1: 3 }));
t("spread", () => { const o = { a: 1, get b() { log.push("b"); return 2; }, 3: 4 }; return { ...o, e: 5 }; });
t("rest", () => { const { a, ...rest } = { a: 1, get b() { log.push("b"); return 2; }, c: 3 }; return rest; });
t("rest of a proxy", () => {
  const { a, 1: b, ...rest } = new Proxy({ a: 1, b: 2, 1: 3 }, {
    ownKeys(o) { log.push("keys"); return Reflect.ownKeys(o); }, getOwnPropertyDescriptor(o, k) { log.push("own " + k); return Reflect.getOwnPropertyDescriptor(o, k); },
    get(o, k) { log.push("get " + k); return o[k]; } });
  return rest; });
t("Reflect.set", () => { const o = { set x(v) { log.push("set"); this.y = v; } }; return [Reflect.set(o, "x", 1), Reflect.set(Object.freeze([1]), 0, 2), Reflect.set(o, "x", 1, 5), o.y]; });
t("Reflect.set, receiver", () => { const receiver = {}; return [Reflect.set({ x: 1 }, "x", 2, receiver), receiver]; });
t("Reflect.has", () => Reflect.has(Object.create(new Proxy({}, { has(o, k) { log.push("has " + k); return true; } })), "x"));
t("super", () => { class A { set x(v) { log.push("set"); this.y = v; } } class B extends A { z() { super.x = 1; super.w = 2; return this; } } return new B().z(); });
t("super, frozen", () => { class A {} class B extends A { z() { super.x = 1; } } return Object.freeze(new B()).z(); });
t("instanceof", () => { class A { static [Symbol.hasInstance](v) { log.push("has"); return v; } } return [1 instanceof A, 0 instanceof A, 1 instanceof A.bind(), {} instanceof Object, 1 instanceof Object]; });
t("instanceof a proxy", () => { const p = new Proxy(class {}, { get(o, k) { log.push(String(k)); return o[k]; } }); return [{} instanceof p, new p() instanceof p]; });
t("instanceof of a proxy", () => new Proxy({}, { getPrototypeOf() { log.push("prototype"); return Array.prototype; } }) instanceof Array);
t("instanceof, bad", () => ({}) instanceof { [Symbol.hasInstance]: 1 });
t("instanceof, no prototype", () => { function f() {} f.prototype = 1; return {} instanceof f; });
t("instanceof in a condition", () => { class A { static [Symbol.hasInstance]() { return true; } } if (!(1 instanceof A)) return "no"; return 1 instanceof A ? "yes" : "no"; });
t("defineProperty", () => Object.getOwnPropertyDescriptor(Object.defineProperty({}, "x", { get value() { log.push("value"); return 1; }, get enumerable() { log.push("enumerable"); return 1; } }), "x"));
t("isPrototypeOf", () => Array.prototype.isPrototypeOf(Object.create(new Proxy({}, { getPrototypeOf() { log.push("prototype"); return Array.prototype; } }))));
t("__proto__", () => { const p = new Proxy({}, { getPrototypeOf() { log.push("get"); return null; }, setPrototypeOf() { log.push("set"); return true; } }); const a = p.__proto__; p.__proto__ = null; return a; });

const keys = (o, f) => { const r = []; for (const k in o) { r.push(k); f?.(k); } return r; };
t("for-in over a proxy", () => keys(new Proxy({}, { ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: (o, k) => ({ value: 1, enumerable: k === "a", configurable: true }) })));
t("for-in over an object behind one", () => keys(Object.create(new Proxy({ a: 1, b: 2 }, {}), { b: { value: 1 }, c: { value: 1, enumerable: true } })));
t("for-in, deleted", () => { const o = { a: 1, b: 2, c: 3 }; return keys(new Proxy(o, {}), (k) => { if (k === "a") delete o.b; }); });
t("for-in over an object behind an array", () => keys(Object.setPrototypeOf([7], new Proxy({ x: 1 }, {}))));
t("for-in over a revoked proxy", () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return keys(proxy); });

const sync = (values, more) => ({ [Symbol.iterator]: () => ({ i: 0, next(v) { log.push("next" + (v ?? "")); return { value: values[this.i], done: this.i++ >= values.length }; }, ...more }) });
(async () => {
  for await (const v of sync([1, Promise.resolve(2)])) log.push(v);
  print("for await:", log.join(" "));
  log.length = 0;
  try {
    for await (const v of sync([Promise.reject("bad")], { return() { log.push("return"); return {}; } })) log.push(v);
  } catch (error) { log.push(error); }
  print("for await, rejected:", log.join(" "));
  log.length = 0;
  async function* all() { return yield* sync([1, 2], { throw(e) { log.push("throw " + e); return { value: Promise.resolve("x"), done: true }; }, return(v) { log.push("return " + v); return { value: v + 1, done: true }; } }); }
  const first = all();
  log.push(show(await first.next("a")), show(await first.next("b")), show(await first.throw("c")), show(await first.next()));
  print("yield*, throw:", log.join(" "));
  log.length = 0;
  const second = all();
  await second.next();
  log.push(show(await second.return(5)), show(await second.next()));
  print("yield*, return:", log.join(" "));
  log.length = 0;
  async function* bare() { yield* sync([1], { return() { log.push("closed"); return {}; } }); }
  const third = bare();
  await third.next();
  try { await third.throw("e"); } catch (error) { log.push(show(error)); }
  print("yield*, no throw:", log.join(" "));
})();
