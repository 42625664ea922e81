// long: Comparison functions that only subtract, and all others, give one order.
let seed = 99;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const up = (a, b) => a - b, down = (a, b) => b - a, slow = (a, b) => { calls++; return a - b; }, slowDown = function (a, b) { return -(a - b); };
let calls = 0;
const makers = { ints: () => random(100000) - 50000, few: () => random(7), doubles: () => random(1000) / 8 - 50, mixed: () => random(2) ? random(50) : random(50) + 0.5, huge: () => random(2) ? 1e308 : -1e308 };
for (const [name, make] of Object.entries(makers)) for (const size of [0, 1, 2, 3, 7, 8, 9, 16, 17, 100, 499, 500, 1000, 3000]) {
    const a = Array.from({ length: size }, make);
    const x = a.slice().sort(up), y = a.slice().sort(slow), z = a.slice().sort(down), w = a.slice().sort(slowDown);
    if (x.join() !== y.join() || z.join() !== w.join()) console.log('differs', name, size);
    for (let i = 1; i < size; i++) if (x[i - 1] > x[i] || z[i - 1] < z[i]) { console.log('not sorted', name, size); break; }
    if (a.toSorted(up).join() !== x.join() || a.toSorted().join() !== a.map(String).sort().join()) console.log('toSorted', name, size);
}
console.log(calls > 1000);
const zeros = [0, -0, 0, -0, 1, -1, -0]; const sign = a => a.map(v => Object.is(v, -0) ? '-0' : String(v)).join();
console.log(sign(zeros.slice().sort(up)), sign(zeros.slice().sort(slow)), sign(zeros.slice().sort(down)), sign([2147483647, -2147483648, 0, 1, -1].sort(up)), sign([2147483647, -2147483648, 0, 1, -1].sort(down)));
console.log(sign([Infinity, 3, -Infinity, 2.5, Infinity].sort(up)), ['10', '9', '1'].sort(up).join(), [3, '2', 1].sort(up).join(), [true, 0, null, 5].sort(down).join());
console.log([3, undefined, 1, , 2, undefined].sort(up), [3, { valueOf() { return 2; } }, 1].sort(up).map(Number).join(), [5n, 3n, 4n].sort((a, b) => a < b ? -1 : 1).join());
try { [1n, 2n].sort(up); } catch (error) { console.log(error.message); }
try { [1, 2n].sort(up); } catch (error) { console.log(error.message); }
console.log([3, 1, 2].sort((a) => a - 1).length, [3, 1, 2].sort(function (a, b) { return a - b; }).join(), [3, 1, 2].sort(function (a, b) { 'use strict'; return b - a; }).join(), [2, 1].sort(async (a, b) => a - b).join(), [2, 3, 1].sort((a, b) => a - b || 1).join());
// Stable, with few comparisons where there is order.
const records = Array.from({ length: 500 }, (_, i) => ({ key: random(10), i }));
records.sort((a, b) => a.key - b.key);
console.log(records.every((r, i) => i === 0 || records[i - 1].key < r.key || (records[i - 1].key === r.key && records[i - 1].i < r.i)));
let asked = 0; Array.from({ length: 1000 }, (_, i) => ({ i })).sort((a, b) => { asked++; return a.i - b.i; }); console.log(asked < 1300);
// Texts: common beginnings, wide units, zeros, numbers.
const texts = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdf', 'abcd\0', 'abc\0', 'b', 'B', 'é', 'ÿ', 'Ā', '日本', '日', '\u{1F600}', '\uFFFF', '\uD83D', 'abcd日', 'abcdé', 'abcd\0\0'];
for (let i = 0; i < 300; i++) texts.push('key' + random(1000), 'prefix-that-is-long-' + random(100));
const sorted = texts.slice().sort(), check = texts.slice().sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
console.log(sorted.join('|') === check.join('|'), sorted.every((t, i) => i === 0 || sorted[i - 1] <= t));
console.log([10, 9, 1, 100, -5, 2.5, null, true, 'x', 1e21, NaN, [], [3, 4]].sort().join(' '), [3, undefined, , 'b', 'a'].sort());
try { [Symbol(), 1].sort(); } catch (error) { console.log(error.message); }
// What the comparison does to the array while it is sorted does not matter.
const changing = [3, 2, 1]; changing.sort((a, b) => { changing.length = 0; return a - b; }); console.log(changing.join());
const thrown = [2, 1]; try { thrown.sort(() => { throw new Error('stop'); }); } catch (error) { console.log(error.message, thrown.join()); }
console.log([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].sort(() => NaN).join(), [1, 2, 3].sort(() => 1).length);
