// killed by fuel
// class: native-loop
// a species constructor allocates for ever below slice
class A extends Array { static get [Symbol.species]() { return function () { for (;;) ({ a: [1, 2, 3] }); }; } }
new A(3).slice();
