// terminates: error
// also acceptable: killed by fuel
// class: native-recursion
// a proxy that inherits from itself, written
const t = {}, p = new Proxy(t, {}); Object.setPrototypeOf(t, p); t.zz = 1;
