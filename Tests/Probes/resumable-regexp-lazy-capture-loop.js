// terminates: value
// also acceptable: terminates: error, killed by fuel
// class: regexp
// loops that the next unit decides need no stack for their captures
if (!/^(a|b)*?$/.test("ab".repeat(1e6)) || !/^(?:(a)|(b))*$/.test("ab".repeat(5e5))) throw new Error("FAIL");
