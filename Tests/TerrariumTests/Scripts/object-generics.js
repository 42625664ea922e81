// Object.* and Reflect.* of proxies: the order of traps and what they must not say.
const log = [];
const logging = (target, more = {}) => new Proxy(target, new Proxy(more, { get(t, name) { log.push(name); return t[name]; } }));
function show(name, f) { log.length = 0; let text; try { text = JSON.stringify(f(), (k, v) => typeof v === "symbol" ? String(v) : v); } catch (error) { text = String(error); } console.log(name + ": " + text + " [" + log.join() + "]"); }
const sym = Symbol("s");
const make = () => logging({ a: 1, get b() { return 2; }, [sym]: 3 });
for (const name of ["keys", "values", "entries", "getOwnPropertyNames", "getOwnPropertySymbols", "getOwnPropertyDescriptors", "freeze", "seal", "isFrozen", "isSealed", "isExtensible", "preventExtensions", "getPrototypeOf"])
  show("Object." + name, () => { const r = Object[name](make()); if (r === Object.prototype) return "Object.prototype"; return typeof r === "object" && r !== null && !Array.isArray(r) ? Object.getOwnPropertyNames(r) : r; });
for (const [name, ...rest] of [["get", "b"], ["set", "a", 5], ["has", "a"], ["deleteProperty", "a"], ["ownKeys"], ["defineProperty", "c", { value: 1, get configurable() { log.push("attribute"); return true; } }], ["getOwnPropertyDescriptor", "b"], ["getPrototypeOf"], ["setPrototypeOf", null], ["isExtensible"], ["preventExtensions"]])
  show("Reflect." + name, () => { const r = Reflect[name](make(), ...rest); return name === "getPrototypeOf" ? r === Object.prototype : r; });
show("assign", () => Object.assign(make(), make()).a);
show("defineProperty", () => Object.defineProperty(make(), { toString() { log.push("key"); return "k"; } }, logging({ value: 1, enumerable: true })).k);
show("defineProperties", () => Object.defineProperties(make(), logging({ x: { value: 1 }, y: { get() { return 2; } } })).y);
show("hasOwn", () => [Object.hasOwn(make(), "a"), make().hasOwnProperty("zz"), make().propertyIsEnumerable("a"), Object.prototype.isPrototypeOf(make())]);
show("apply", () => Reflect.apply((...a) => a, null, logging([1, 2])));
const says = (name, result, target = {}) => new Proxy(target, { [name]: () => result });
const fixed = Object.preventExtensions(Object.defineProperty({ loose: 1 }, "fixed", { value: 1 }));
for (const [name, p, f] of [
  ["keys 1", says("ownKeys", 1), Object.keys], ["keys 2", says("ownKeys", [1]), Object.keys], ["keys 3", says("ownKeys", ["a", "a"]), Object.keys],
  ["keys 4", says("ownKeys", ["loose"], fixed), Object.keys], ["keys 5", says("ownKeys", ["fixed"], fixed), Object.keys], ["keys 6", says("ownKeys", ["fixed", "loose", "x"], fixed), Object.keys],
  ["own 1", says("getOwnPropertyDescriptor", 1), (p) => Object.getOwnPropertyDescriptor(p, "a")], ["own 2", says("getOwnPropertyDescriptor", undefined, fixed), (p) => Object.hasOwn(p, "fixed")],
  ["own 3", says("getOwnPropertyDescriptor", undefined, fixed), (p) => Object.hasOwn(p, "loose")], ["own 4", says("getOwnPropertyDescriptor", { value: 1 }), (p) => Object.hasOwn(p, "x")],
  ["own 5", says("getOwnPropertyDescriptor", { value: 1, configurable: true }, fixed), (p) => Object.hasOwn(p, "x")], ["own 6", says("getOwnPropertyDescriptor", { value: 2, configurable: true }), (p) => Object.getOwnPropertyDescriptor(p, "x")],
  ["define 1", says("defineProperty", false), (p) => Object.defineProperty(p, "x", {})], ["define 2", says("defineProperty", true, fixed), (p) => Object.defineProperty(p, "x", {})],
  ["define 3", says("defineProperty", true), (p) => Object.defineProperty(p, "x", { configurable: false })], ["define 4", says("defineProperty", false), (p) => Reflect.defineProperty(p, "x", {})],
  ["proto 1", says("getPrototypeOf", 1), Object.getPrototypeOf], ["proto 2", says("getPrototypeOf", {}, fixed), Object.getPrototypeOf], ["proto 3", says("setPrototypeOf", true, fixed), (p) => Object.setPrototypeOf(p, {})],
  ["proto 4", says("setPrototypeOf", false), (p) => Object.setPrototypeOf(p, {})], ["ext 1", says("isExtensible", false), Object.isExtensible], ["ext 2", says("preventExtensions", true), Object.preventExtensions],
  ["ext 3", says("preventExtensions", false), Object.preventExtensions], ["ext 4", says("preventExtensions", false), Object.freeze], ["delete", says("deleteProperty", true, fixed), (p) => Reflect.deleteProperty(p, "fixed")],
  ["trap", new Proxy({}, { ownKeys: 1 }), Object.keys],
]) show(name, () => f(p));
{ const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); for (const f of [Object.keys, Object.isFrozen, Object.getPrototypeOf, Reflect.ownKeys]) show("revoked", () => f(proxy)); }
{ let p = {}; for (let i = 0; i < 3000; i++) p = new Proxy(p, {}); Object.defineProperty(p, "deep", { value: 1, enumerable: true }); show("deep", () => [Object.keys(p), Object.isFrozen(p), p.deep, Reflect.has(p, "deep")]); }
