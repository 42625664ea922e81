// long: Operators on BigInts of every length and sign, small ones and those around a limb's end.
const values = [0n, 1n, 2n, 3n, 31n, 63n, 64n, 65n, 0xFFFFn, (1n << 31n), (1n << 32n) - 1n, (1n << 53n) + 1n, (1n << 62n), (1n << 62n) + 1n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n, 1n << 64n, (1n << 64n) + 1n, (1n << 127n) - 3n, (1n << 128n) - 1n, 1n << 128n, 0x123456789abcdef0123456789abcdefn, (1n << 700n) + 12345n, (1n << 2600n) - 1n];
const all = values.concat(values.map(v => -v));
const operators = {
    '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b,
    '&': (a, b) => a & b, '|': (a, b) => a | b, '^': (a, b) => a ^ b, '<': (a, b) => a < b, '<=': (a, b) => a <= b, '==': (a, b) => a == b,
    '>': (a, b) => a > b, '>=': (a, b) => a >= b, '===': (a, b) => a === b,
    '<<': (a, b) => (b > 300n || b < -3000n) ? 0n : a << b, '>>': (a, b) => (b < -300n || b > 3000n) ? 0n : a >> b,
};
for (const [name, operator] of Object.entries(operators)) {
    let hash = 0;
    for (const a of all) for (const b of all) {
        let text;
        try { text = operator(a, b); text = typeof text === 'bigint' ? text.toString(16) : String(text); } catch (error) { text = error.message; }
        for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i) | 0;
    }
    console.log(name, hash);
}
let steps = '';
for (let a of all) { const old = a++; let b = a--; --b; steps += (old === a && b === a) + ',' + (-a + a) + ',' + (~a + a) + ' '; }
console.log(steps);
for (const a of all) {
    if (a === 0n) continue;
    for (const b of all) if ((b / a) * a + b % a !== b) console.log('quotient', a, b);
}
console.log([5n, -7n, 1n << 70n, 0n, -(1n << 70n), 3n].sort((a, b) => a < b ? -1 : a > b ? 1 : 0).join(), new Map([[10n ** 30n, 'x']]).get(10n ** 30n), [2n ** 64n].includes(2n ** 64n));
console.log(1n < 2, 2n > 1.5, 10n == 10, 3n <= '3', 2n ** 65n > 1e10, (1n << 64n) == 18446744073709551616);
