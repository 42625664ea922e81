let keep = [], sum = 0;
function tree(depth) { return depth === 0 ? { left: null, right: null } : { left: tree(depth - 1), right: tree(depth - 1) }; }
function count(node) { return node.left === null ? 1 : 1 + count(node.left) + count(node.right); }
for (let i = 0; i < 6; i++) { sum += count(tree(10)); keep.push(tree(5)); }
for (let i = 0; i < 20000; i++) { keep[i % 50] = { i, next: keep[(i + 7) % 50] && { i } }; }
for (let i = 0; i < 2000; i++) sum += [i, i + 1, "s" + i].length;
if (sum !== 18282) throw new Error("" + sum);
