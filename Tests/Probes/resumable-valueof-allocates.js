// killed by fuel
// class: native-loop
// a coercion that allocates for ever inside one operator
const o = { valueOf() { for (;;) ({ a: [1, 2, 3] }); } };
o + 1;
