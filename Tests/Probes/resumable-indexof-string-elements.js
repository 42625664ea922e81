// killed by fuel
// class: native-loop
// long equal strings in a plain array
const a = Array.from({ length: 1000 }, (_, i) => "x".repeat(1e4) + i); for (;;) a.indexOf("x".repeat(1e4) + "?");
