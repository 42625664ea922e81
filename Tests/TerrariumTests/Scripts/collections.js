const m = new Map([["a", 1], ["b", 2]]), s = new Set([1, 2, 3]);
m.forEach((v, k, t) => { console.log(k, v, t === m); if (k === "a") { m.delete("b"); m.set("c", 3); } });
s.forEach(function (v) { if (v < 20) s.add(v * 10); s.delete(v); }, null);
console.log([...s].join());
console.log([...new Set([1, 2, 3]).union(new Set([3, 4]))].join(), [...new Set([1, 2, 3]).intersection(new Set([3, 2]))].join());
console.log([...new Set([1, 2, 3]).difference(new Set([2]))].join(), [...new Set([1, 2]).symmetricDifference(new Set([2, 3]))].join());
console.log(new Set([1]).isSubsetOf(new Set([1, 2])), new Set([1, 2]).isSupersetOf(new Set([1])), new Set([1]).isDisjointFrom(new Map([[2, 2]])));
try { new Set().union([]); } catch (e) { console.log(String(e)); }
try { new Map([1]); } catch (e) { console.log(String(e)); }
console.log(JSON.stringify(Object.groupBy([1, 2, 3], (x) => x % 2 ? "odd" : "even")), Map.groupBy([1, 2, 3], (x) => x % 2).get(1).join());
console.log(new Map().getOrInsert("k", 5), new Map([["k", 6]]).getOrInsertComputed("k", () => 7), new Map().getOrInsertComputed("k", (k) => k + 8));
const w = new WeakMap(), key = Symbol("weak");
w.set(key, 1);
console.log(w.get(key), w.has({}));
try { w.set(Symbol.for("registered"), 1); } catch (e) { console.log(String(e)); }
const ref = new WeakRef({ alive: 1 });
console.log(ref.deref().alive);
const registry = new FinalizationRegistry((held) => console.log("finalized", held));
(function () { registry.register({}, "first"); const token = {}; registry.register({}, "second", token); console.log(registry.unregister(token)); })();
class Bag extends Map { constructor(x) { super(x); } set(k, v) { return super.set(k, v * 2); } }
console.log(new Bag([["a", 4]]).get("a"));
const it = new Map([[1, 1]]); let seen = 0;
for (const [k] of it) { seen++; if (k < 300) { it.delete(k); it.set(k + 1, 1); } }
console.log(seen, it.size);
console.log(Array.from({ length: 3 }, (_, i) => i * 2).join(), Array.from(new Set([1, 2]), (x) => x + 1).join());
// Enough garbage for a collection: the registry's callback runs when the script is done.
for (let i = 0; i < 8; i++) new Array(100000).fill(i);
