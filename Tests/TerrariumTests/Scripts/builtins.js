const show = (f) => { try { console.log(f()); } catch (e) { console.log(String(e)); } };
Array.fromAsync([1, Promise.resolve(2)], (x) => x * 2).then((v) => console.log("fromAsync", v.join()));
Array.fromAsync({ length: 2, 0: "a", 1: Promise.reject("no") }).catch((e) => console.log("rejected", e));
console.log(JSON.parse("[-12,-0,1e3,\"\\u0041\"]").map((x) => Object.is(x, -0) ? "-0" : x).join());
console.log(JSON.stringify(JSON.parse('{"a":1.50,"b":[true,"x"]}', function (k, v, { source }) { return source ?? v; })));
console.log(JSON.stringify({ n: JSON.rawJSON("12345678901234567890"), r: JSON.isRawJSON({}) }));
show(() => JSON.rawJSON("[1]"));
console.log(Math.sumPrecise([1e308, 1e308, -1e308, -1e308, 0.1, 0.2]), Math.f16round(1.337));
show(() => Math.sumPrecise(["1"]));
console.log("ﬁ\u0301".normalize("NFKD").length, "e\u0301".normalize() === "é");
show(() => "".normalize("x"));
console.log(["b", "a", "B", "A", "é", "e", "z", "10", "9", "_"].sort((x, y) => x.localeCompare(y)).join(""));
console.log(["a10", "a9", "a1"].sort((x, y) => x.localeCompare(y, undefined, { numeric: true })).join(), "a".localeCompare("Á", "en", { sensitivity: "base" }));
console.log((1234567.891).toLocaleString(), (-1234.5).toLocaleString(), (12345678901234567890n).toLocaleString(), (0.1 + 0.2).toLocaleString());
console.log("x".anchor('"'), "x".bold(), escape("ü ✓"), unescape("%u2713%FC%zz"));
{
  const stack = new DisposableStack();
  stack.use({ [Symbol.dispose]() { console.log("used"); } });
  stack.adopt(5, (x) => console.log("adopted", x));
  stack.defer(() => { throw 1; });
  stack.defer(() => { throw 2; });
  try { stack.dispose(); } catch (e) { console.log(e.name, e.error, e.suppressed, stack.disposed); }
  show(() => stack.defer(() => { }));
}
const later = new AsyncDisposableStack();
later.use({ async [Symbol.asyncDispose]() { console.log("async used"); } });
later.defer(() => console.log("async deferred"));
later.disposeAsync().then(() => console.log("disposed", later.disposed));
show(() => [].concat.call(undefined));
show(() => Object.freeze([]).push());
const powers = [];
for (let k = 0; k < 32; k++) powers[2 ** k] = k;
console.log(powers.length, powers[2 ** 31], powers[1024]);
console.log(Object.prototype.toString.call(new Proxy([], {})), String(class { static m() { } }.m));
console.log((function () { return Array.prototype.slice.call(arguments, 1); }).apply(null, [1, 2, 3]).join());
function* gen() { yield 1; }
console.log(gen.prototype.__proto__.next.call(gen()).value, Reflect.apply(gen().next, gen(), []).value);
console.log(Error.isError(new TypeError()), Error.isError({ __proto__: Error.prototype }));
