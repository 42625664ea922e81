// killed by fuel
// class: native-loop
// toString of an element allocates for ever below join
[1, { toString() { for (;;) ({ a: [1, 2, 3] }); } }].join();
