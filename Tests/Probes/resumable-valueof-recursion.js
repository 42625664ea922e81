// terminates: error
// class: native-recursion
// a coercion that coerces itself
const o = { valueOf() { return +o; } }; +o;
