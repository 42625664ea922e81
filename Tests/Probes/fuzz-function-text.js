// killed by fuel
// class: string
// the source of a function is as much work as it is long; so is looking for a long prefix
const f = (0, eval)('(function(){' + 'z;'.repeat(200000) + '})'), a = 'ab'.repeat(1e6), b = a.slice(0, -1); for (;;) { f.toString(); a.startsWith(b); a.endsWith(b); }
