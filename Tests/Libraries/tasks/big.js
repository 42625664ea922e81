// packages: node-big.js
// modules: big = nodejs/big.js/big.js
// fuel: 90000000   heap: 4m
const Big = require('big').Big || require('big');
Big.DP = 60;
let pi = new Big(0), power = new Big(1);
for (let k = 0; k < 45; k++) {
    pi = pi.plus(power.times(new Big(4).div(8 * k + 1).minus(new Big(2).div(8 * k + 4)).minus(new Big(1).div(8 * k + 5)).minus(new Big(1).div(8 * k + 6))));
    power = power.div(16);
}
console.log(pi.toFixed(50), new Big(2).sqrt().toString(), new Big('1.000000001').pow(200).toPrecision(40));
let sum = new Big('0.1');
for (let i = 1; i < 400; i++) sum = sum.plus(new Big(i).div(i * i + 1)).times(i % 7 === 0 ? '0.9' : 1).round(55, i % 4);
console.log(sum.toString(), sum.toExponential(20), sum.toFixed(3), JSON.stringify({ sum }));
for (const text of ['0', '-0', '1e21', '1e-7', '-12345.6789e+10', '.5', '00012.300']) console.log(text, String(new Big(text)), new Big(text).toFixed(2), new Big(text).toExponential(3), new Big(text).toPrecision(3), new Big(text).valueOf());
for (let rm = 0; rm < 4; rm++) console.log(['2.5', '-2.5', '3.45', '1.05', '9.99'].map(t => new Big(t).round(1, rm) + '/' + new Big(t).round(0, rm)).join(' '));
console.log(new Big(7).mod('2.3').toString(), new Big(-7).mod(3).toString(), new Big(3).cmp('3.0'), new Big(1).eq(1), new Big('9'.repeat(60)).times('9'.repeat(60)).toString());
for (const bad of [() => new Big('x'), () => new Big(1).div(0), () => new Big(-1).sqrt(), () => new Big(2).pow(1.5), () => new Big(1).round(-1e9), () => new Big(1).toFixed(1e9)]) try { bad(); console.log('fine'); } catch (error) { console.log(error.message); }
