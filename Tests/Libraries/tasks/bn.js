// packages: node-bn.js
// modules: bn = nodejs/bn.js/lib/bn.js
// fuel: 70000000   heap: 4m
const BN = require('bn');
let factorial = new BN(1);
for (let i = 2; i <= 300; i++) factorial = factorial.muln(i);
console.log(factorial.toString(), factorial.toString(16), factorial.bitLength(), factorial.zeroBits());
let a = new BN(0), b = new BN(1);
for (let i = 0; i < 1500; i++) [a, b] = [b, a.add(b)];
console.log(a.toString(), a.mod(new BN('1000000007')).toString(), a.toString(2).length, a.toArray('le').length);
const p = new BN('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 16), red = BN.red(p), k256 = BN.red('k256');
let x = new BN('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296', 16).toRed(red), y = new BN(7).toRed(k256);
for (let i = 0; i < 60; i++) { x = x.redSqr().redAdd(x).redSub(new BN(i).toRed(red)); y = y.redMul(y).redIAdd(y.redNeg().redInvm()); }
console.log(x.fromRed().toString(16), y.fromRed().toString(10), x.redPow(new BN(65537)).fromRed().toString(36), x.redInvm().redMul(x).fromRed().toString(), x.redSqr().redSqrt().fromRed().toString(16));
const m = new BN('123456789012345678901234567890'), n = new BN('-98765432109876543210');
const { div, mod } = m.divmod(n);
console.log(div.toString(), mod.toString(), m.umod(n).toString(), m.gcd(n).toString(), m.pow(new BN(9)).toString(), n.toTwos(128).toString(16), m.shln(77).ishrn(30).toString(), m.or(n.abs()).xor(m.and(n.abs())).toString());
const e = m.egcd(new BN(1000003));
console.log(e.a.toString(), e.b.toString(), e.gcd.toString(), m.cmp(n), m.divRound(new BN(7)).toString(), JSON.stringify([m, n]), new BN('zz', 36).toNumber(), m.isEven(), m.invm(new BN(1000003)).toString(), factorial.sqr().div(factorial).eq(factorial));
for (const bad of [() => new BN(2 ** 53), () => m.div(new BN(0)), () => m.toNumber(), () => n.isqr().toRed(red).redAdd(m)]) try { bad(); console.log('fine'); } catch (error) { console.log(error.message); }
