// Array methods on plain arrays do what the steps of the specification do.
const steps = {
    splice(a, start, count, ...items) { const n = a.length, out = []; for (let i = 0; i < count; i++) if (start + i in a) out[i] = a[start + i]; out.length = count;
        const rest = []; for (let i = start + count; i < n; i++) if (i in a) rest[i - start - count] = a[i]; rest.length = n - start - count;
        a.length = start; for (const item of items) a.push(item); const base = a.length; for (let i = 0; i < rest.length; i++) if (i in rest) a[base + i] = rest[i]; a.length = base + rest.length; return out; },
};
const show = a => `[${Array.from(a, (v, i) => i in a ? String(v) : '-').join()}]` + a.length;
let seed = 7;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
for (let round = 0; round < 200; round++) {
    const a = []; for (let i = random(12); i > 0; i--) if (random(6)) a.push(random(100)); else a.length++;
    const b = a.slice(), start = random(a.length + 1), count = random(a.length - start + 1), items = Array.from({ length: random(5) }, () => -random(50));
    const x = a.splice(start, count, ...items), y = steps.splice(b, start, count, ...items);
    if (show(a) + show(x) !== show(b) + show(y)) console.log('splice differs', show(a), show(b), show(x), show(y));
}
const holey = [1, , 3, undefined, NaN, -0];
console.log(show(holey.concat([4, , 5], 6, [[7]])), show([].concat(holey)), show([0].concat([], [,])), show([...holey, ...[, 1]]), show(Array.of(...holey)));
console.log(holey.indexOf(undefined), holey.includes(undefined), [1, , 2].includes(undefined), holey.indexOf(NaN), holey.includes(NaN), holey.indexOf(0), holey.lastIndexOf(-0), holey.indexOf(3, -4), holey.lastIndexOf(3, -5), holey.includes(1, 1), [1, 2, 1].lastIndexOf(1, -2), [].lastIndexOf(1), [1].lastIndexOf(1, -2));
console.log(['ab', 'a' + 'b', 'cd'].lastIndexOf('a'.concat('b')), [1n, 2n].indexOf(2n), [1, 2].indexOf('1'), [{}].indexOf({}), [Symbol.iterator].includes(Symbol.iterator), [2 ** 40, 0.5].indexOf(0.5), [1, 2, 3].indexOf(2.0));
const long = Array.from({ length: 100 }, (_, i) => i % 50);
console.log(long.indexOf(49), long.lastIndexOf(0), long.lastIndexOf(0, 49), long.indexOf(0, 1), long.includes(50), long.indexOf(7, 58), long.lastIndexOf(7, -44));
// What conversions of arguments do to the array counts.
const shrinking = [1, 2, 3, 4], growing = [1, 2, 3];
console.log(shrinking.indexOf(4, { valueOf() { shrinking.length = 2; return 0; } }), growing.indexOf(9, { valueOf() { growing.push(9); return 0; } }), shrinking.includes(undefined, { valueOf() { shrinking.length = 1; return 0; } }));
const cut = [1, 2, 3, 4, 5], extended = [1, 2, 3];
console.log(show(cut.splice(1, { valueOf() { cut.length = 2; return 3; } }, 'x')), show(cut), show(extended.splice({ valueOf() { extended.push(4, 5); return 1; } }, 1)), show(extended));
const reversed = [[], [1], [1, 2], [1, 2, 3], [1, , 3, 4], holey.slice()].map(a => show(a.reverse()));
console.log(reversed.join(' '));
const queue = [];
for (let i = 0; i < 50; i++) { queue.unshift(i, -i); if (i % 3 === 0) queue.pop(); if (i % 7 === 0) queue.shift(); }
console.log(show(queue), queue.unshift(), [,].pop(), [1, ,].pop(), [].pop());
// Not so plain ones.
class Sub extends Array { }
const sub = Sub.from([1, 2, 3]);
console.log(sub.concat([4]) instanceof Sub, sub.splice(0, 1) instanceof Sub, sub.length, sub.indexOf(3), sub.reverse() === sub, show(sub));
const spread = Object.assign([1, 2], { [Symbol.isConcatSpreadable]: false }), like = { length: 2, 0: 'a', 1: 'b', [Symbol.isConcatSpreadable]: true };
console.log([0].concat(spread, like).length, show([].concat(like)));
for (const change of [Object.freeze, Object.seal, Object.preventExtensions, a => Object.defineProperty(a, 'length', { writable: false }), a => Object.defineProperty(a, 1, { get() { return 'got'; }, configurable: true })])
    for (const call of [a => a.push(9), a => a.pop(), a => a.unshift(0), a => a.splice(0, 1), a => a.reverse(), a => a.concat(a), a => a.indexOf(3)]) {
        const a = [1, 2, 3]; change(a);
        try { console.log(String(call(a)), show(a)); } catch (e) { console.log(e.name, show(a)); }
    }
Array.prototype[1] = 'inherited';
console.log(show([1, , 3].concat([4, , 6])), [1, , 3].indexOf('inherited'), show([0, , 2].splice(0, 2)), [1, ,].pop(), show([5, , 7].reverse()), 1 in [0, ,]);
delete Array.prototype[1];
console.log(show([1, , 3].concat([4, , 6])), 1 in [0, ,], 0 in [0], 5 in [1]);
const mapped = [3, 1, 2].map((v, i, a) => v * a.length), fresh = new Array(3);
fresh[2] = 'c'; fresh.splice(1, 0, 'b');
console.log(show(mapped), show(fresh), show(new Array(5).concat(1)), show([1, 2, 3].filter(v => v > 1)), show(Array.from({ length: 3 }, (_, i) => i * i)), [[1, [2]], null, undefined, 'x', 1.5, -0].join('|'), [7].join(), [null].join('-'), [1, 2].join(''), ['ä', '☃', 1].join('ß'));
