// killed by fuel
// class: native-loop
// the length of an array-like allocates for ever
Array.prototype.reverse.call({ get length() { for (;;) ({ a: [1, 2, 3] }); } });
