// killed by fuel
// class: native-loop
// reads through a get trap that allocates
const p = new Proxy({}, { get() { return { a: [1, 2, 3] }; } });
for (;;) p.x;
