// Patterns, defaults, rest and spread of arrays, objects and arguments.
function point({ x, y = 2, ...rest }) { return x + y + (rest.z | 0); }
function sum3(a, b, c) { return a + b + c; }
function rest(first, ...others) { return first + others.length; }
let total = 0;
for (let i = 0; i < 200000; i++) {
    const [a, b = 5, ...c] = [i, undefined, 1, 2];
    const { x, ...others } = { x: i, y: 1, z: 2 };
    const copy = { ...others, w: a };
    const list = [...c, a, ...c];
    total = (total + a + b + c.length + x + copy.y + copy.w + list.length) & 0xffffff;
    total = (total + point({ x: i, z: 3 }) + sum3(...[1, 2, 3]) + rest(...list)) & 0xffffff;
    let p = i, q = 1; [p, q] = [q, p]; total = (total + p * 2 + q) & 0xffffff;
}
print(total);
