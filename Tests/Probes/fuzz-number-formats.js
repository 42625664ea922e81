// killed by fuel
// class: numbers
// exact digits of numbers with large exponents are paid for
for (;;) { (5e-324).toPrecision(100); (1e300).toString(2); (1e-300).toString(3); (1e-300).toExponential(100); }
