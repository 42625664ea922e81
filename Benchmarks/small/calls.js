function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
class Adder { constructor(n) { this.n = n; } add(m) { return new Adder(this.n + m); } }
let sum = fib(19);
const twice = f => x => f(f(x));
let adder = new Adder(0);
for (let i = 0; i < 3000; i++) { adder = adder.add(i); sum += twice(x => x + i)(1); }
function spread(...rest) { return rest.length + arguments.length; }
for (let i = 0; i < 1000; i++) sum += spread(...[i, 2, 3]) + Math.max.apply(null, [i, 1]);
if (sum + adder.n !== 14008182) throw new Error("" + (sum + adder.n));
