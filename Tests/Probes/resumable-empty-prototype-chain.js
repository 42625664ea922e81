// terminates: value
// also acceptable: terminates: error
// class: native-recursion
// a chain of empty objects costs what it must
let o = null; for (let i = 0; i < 8e5; i++) o = Object.create(o); print("x" in o);
