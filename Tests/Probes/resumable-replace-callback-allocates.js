// killed by fuel
// class: native-loop
// a function given to replaceAll allocates for ever
"aaa".replaceAll("a", () => { for (;;) ({ a: [1, 2, 3] }); });
