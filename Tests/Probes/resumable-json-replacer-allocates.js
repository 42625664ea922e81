// killed by fuel
// class: native-loop
// a replacer that allocates for ever
JSON.stringify({ a: 1 }, () => { for (;;) ({ a: [1, 2, 3] }); });
