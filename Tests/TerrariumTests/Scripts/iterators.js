function* count(n = Infinity) { try { for (let i = 0; i < n; i++) yield i; } finally { console.log("closed"); } }
console.log(count().filter((x) => x % 2).map((x, i) => x * 10 + i).drop(1).take(3).toArray().join());
console.log(count(5).reduce((a, b) => a + b), count(5).reduce((a, b) => a + b, 100));
console.log(count().some((x) => x > 3), count().every((x) => x < 3), count().find((x) => x === 4));
console.log(count(3).flatMap((x) => [x, x]).toArray().join());
count(2).forEach((x, i) => console.log("each", x, i));
console.log(Iterator.concat([1, 2], new Set([3])).toArray().join());
const wrapped = Iterator.from({ next() { return { value: 1, done: this.n-- <= 0 }; }, n: 2 });
console.log([...wrapped.map((x) => x)].length, wrapped instanceof Iterator);
const helper = count().map((x) => x);
console.log(helper.next().value, helper.return().done, helper.next().done, helper[Symbol.toStringTag]);
const selfish = count().map(() => selfish.next());
try { selfish.next(); } catch (e) { console.log(String(e)); }
try { count().take(-1); } catch (e) { console.log(String(e)); }
try { count().map(1); } catch (e) { console.log(String(e)); }
try { new Iterator(); } catch (e) { console.log(String(e)); }
class Mine extends Iterator { next() { return { done: true }; } }
console.log(new Mine().toArray().length, Iterator.prototype[Symbol.toStringTag], Iterator.prototype.constructor === Iterator);
try { count().flatMap(() => 1).next(); } catch (e) { console.log(String(e)); }
