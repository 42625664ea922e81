// killed by fuel
// class: native-loop
// the same in a comparison that decides a branch
const o = { valueOf() { for (;;) ({ a: [1, 2, 3] }); } };
if (o < 1) print("no");
