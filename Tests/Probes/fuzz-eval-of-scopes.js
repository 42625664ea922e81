// killed by fuel
// class: code
// walking up nested scopes is paid for, in sources that parse and in those that do not
const s = '{let a;'.repeat(300) + 'b;'.repeat(300) + '}'.repeat(300), t = '({a:'.repeat(400) + '1' + '})'.repeat(400); for (;;) { (0, eval)(s); (0, eval)(t); try { (0, eval)(s + ')'); } catch (e) {} }
