// killed by fuel
// class: native-loop
// a has trap allocates for ever
"x" in new Proxy({}, { has() { for (;;) ({ a: [1, 2, 3] }); } });
