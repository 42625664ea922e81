// terminates: error
// also acceptable: killed by fuel, killed by heap limit
// class: regexp
// the tree of a long pattern counts against the heap limit
let refused = 0;
for (const part of ['a', 'a|', '[ac]', '(?:b)', '.', '\\d*']) try { new RegExp(part.repeat(200000)); } catch (e) { if (e.constructor === SyntaxError) refused++; }
new RegExp('a'.repeat(1500000));
throw new Error('refused ' + refused);
