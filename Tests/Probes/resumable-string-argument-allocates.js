// killed by fuel
// class: native-loop
// an argument of a string method allocates for ever while it is coerced
"abc".indexOf({ toString() { for (;;) ({ a: [1, 2, 3] }); } });
