// killed by fuel
// class: collections
// looking through the registry is work
for (let i = 0; i < 5000; i++) Symbol.for('k' + i); for (;;) { Symbol.keyFor(Symbol.for('k4999')); }
