// killed by fuel
// class: native-loop
// a getter that allocates for ever below JSON.stringify
JSON.stringify({ a: { get b() { for (;;) ({ a: [1, 2, 3] }); } } });
