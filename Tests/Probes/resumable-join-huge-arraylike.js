// killed by fuel
// also acceptable: killed by heap limit, terminates: error
// class: native-loop
Array.prototype.join.call({ length: 2 ** 53 - 1 }, "");
