// Iterator.prototype.chunks, windows, includes and join.
const log = (...a) => console.log(...a.map((x) => typeof x === "string" ? x : JSON.stringify(x)));
const counting = (n) => ({ __proto__: Iterator.prototype, k: 0, next() { return this.k < n ? { done: false, value: this.k++ } : { done: true }; }, return() { log("closed"); return {}; } });
log([...[1, 2, 3, 4, 5].values().chunks(2)], [...[].values().chunks(3)], [...[1, 2].values().chunks(4294967295)]);
log([...[1, 2, 3, 4].values().windows(2)], [...[1].values().windows(2)], [...[1].values().windows(2, "allow-partial")], [...[].values().windows(1, "allow-partial")]);
{ const w = [1, 2, 3].values().windows(2); const a = w.next().value; a[1] = "changed"; log(a, w.next().value); }
{ const c = counting(3).chunks(2); c.next(); c.next(); c.return(); log(c.next()); }
{ const c = counting(3).chunks(2); c.next(); c.return(); c.return(); log(c.next()); }
log([1, NaN, 3].values().includes(NaN), [0].values().includes(-0), [1, 2, 3].values().includes(1, 1), counting(3).includes(1), [1].values().includes(1, Infinity));
log([1, null, "a", undefined, [2, 3]].values().join("-"), [].values().join(), ["x"].values().join(null), [1, 2].values().join(null));
for (const f of [() => counting(1).chunks(0), () => counting(1).chunks("1"), () => counting(1).windows(1, "x"), () => counting(1).includes(1, -1), () => counting(1).includes(1, 0.5), () => counting(1).join(Symbol()), () => counting(2).map(Symbol).join()])
  try { f(); } catch (error) { log(error.name + ": " + error.message); }
