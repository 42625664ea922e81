// killed by fuel
// class: native-loop
// a set trap allocates under a built-in that never ends: what is dead is collected
Array.prototype.fill.call(new Proxy({ length: 2 ** 53 - 1 }, { set() { return Boolean([1, 2, 3]); } }), 0);
