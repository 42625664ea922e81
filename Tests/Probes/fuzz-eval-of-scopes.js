// killed by fuel
// class: code
// walking up nested scopes is paid for, in sources that parse and in those that do not
const s = '{let a;'.repeat(300) + 'b;'.repeat(300) + '}'.repeat(300), t = '({a:'.repeat(400) + '1' + '})'.repeat(400); for (;;) { for (const x of [s, t, s + ')']) try { (0, eval)(x); } catch (e) {} }
