// killed by fuel
// also acceptable: killed by heap limit, terminates: value, terminates: error
// class: errors
// a frame shows the start of a long name
Error.stackTraceLimit = 10000; const o = { ['x'.repeat(1 << 20)](n) { return n ? m(n - 1) : new Error('e').stack.length; } }, m = Object.values(o)[0]; print(m(3000));
