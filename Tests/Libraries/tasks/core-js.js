// packages: node-core-js-bundle
// modules: core = nodejs/core-js-bundle/index.js
// fuel: 6000000   heap: 8m   allow: eval
require('core');
// What core-js adds runs as its own JavaScript where the engine has none, and as the engine's own where it passes core-js' checks.
console.log([3, 1, 2].toSorted().join(), [1, 2, 3].findLast(n => n < 3), JSON.stringify(Object.fromEntries(Array.from([1, 2, 3, 4].groupToMap(n => n % 2)))));
console.log(JSON.stringify([1, 2, 3].group(n => n % 2 ? 'odd' : 'even')), [1, 2, 3, 4].at(-1), JSON.stringify([5, 6].withAt ? 1 : [5, 6].with(0, 7)));
console.log(Array.from(Iterator.from([1, 2, 3, 4, 5]).filter(n => n % 2).map(n => n * n).drop(1)).join(), 'a1b22'.replaceAll(/\d/g, d => '<' + d + '>'), 'x'.at(0), String.cooked`a${1}b`);
console.log(Math.fscale(3, 1, 2, 1, 10), Math.clamp(2, 0, 1), Math.radians(180).toFixed(6), Math.seededPRNG({ seed: 42 }).next().value.toFixed(8), Number.fromString('ff', 16));
const map = new Map([[1, 2], [3, 4]]);
console.log([...map.mapValues(v => v * 2)].join('|'), map.reduce((a, b) => a + b), [...new Set([1, 2, 3]).union([3, 4])].join(), new Set([1, 2]).isSubsetOf(new Set([1, 2, 3])), Map.groupBy([1, 2, 3], n => n % 2).get(1).join());
console.log([...'áb'.codePoints()].map(c => c.codePoint).join(), Reflect.hasMetadata('k', map), typeof Symbol.metadata, Object.iterateEntries ? [...Object.iterateEntries({ a: 1 })].join() : '', [1, 2, 2, 3].uniqueBy().join());
const url = new URL('https://user:pa ss@ex\u00e4mple.com:8080/a/../b%20c?x=1&y=%C3%A9#h');
console.log(url.href, url.host, url.searchParams.get('y'), url.pathname, JSON.stringify([...new URLSearchParams('a=1&b=2&a=3+4')]), URL.canParse ? URL.canParse('http://') : false);
console.log(globalThis.structuredClone(new Map([[{ a: 1 }, new Date(5)]])).size, globalThis.atob(globalThis.btoa('hello')), escape('ü'), typeof globalThis.queueMicrotask, new globalThis.DOMException('m', 'DataCloneError').code);
Promise.try(() => 1).then(v => console.log('try', v));
Promise.allSettled([1, Promise.reject(2)]).then(r => console.log(JSON.stringify(r)));
Promise.any([Promise.reject(1), 5]).then(v => console.log('any', v));
Array.fromAsync([1, Promise.resolve(2)]).then(v => console.log('fromAsync', v.join()));
(async () => { let sum = 0; for await (const x of AsyncIterator.from([1, 2, 3]).map(n => n * 2)) sum += x; console.log('async', sum); })();
const observable = new Observable(o => { o.next(1); o.next(2); o.complete(); });
observable.subscribe({ next: v => console.log('next', v), complete: () => console.log('complete') });
let text = '';
for (let i = 0; i < 300; i++) text += [i, i * 2, i * 3].toReversed().lastItem + ',' + new URL('./p' + i, 'http://a/b/c').pathname;
console.log(text);
