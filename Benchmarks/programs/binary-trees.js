function make(depth) { return depth === 0 ? { left: null, right: null } : { left: make(depth - 1), right: make(depth - 1) }; }
function check(tree) { return tree.left === null ? 1 : 1 + check(tree.left) + check(tree.right); }
let total = 0;
const long = make(14);
for (let depth = 4; depth <= 14; depth += 2) for (let i = 0; i < 1 << (14 - depth); i++) total += check(make(depth));
print(total + check(long));
