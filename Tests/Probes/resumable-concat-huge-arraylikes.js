// killed by fuel
// also acceptable: terminates: error
// class: native-loop
// spreadable array-likes without elements
[].concat({ length: 2 ** 53 - 2, [Symbol.isConcatSpreadable]: true });
