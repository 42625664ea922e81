// A splay tree that gains and loses nodes with small payloads.
let seed = 49734321;
const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
class Node { constructor(key, value) { this.key = key; this.value = value; this.left = null; this.right = null; } }
function payload(depth, tag) {
  if (depth === 0) return { array: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], text: 'leaf ' + tag };
  return { left: payload(depth - 1, tag), right: payload(depth - 1, tag) };
}
class SplayTree {
  constructor() { this.root = null; this.size = 0; }
  splay(key) {
    if (this.root === null) return;
    const header = new Node(0, null);
    let left = header, right = header, current = this.root;
    for (;;) {
      if (key < current.key) {
        if (current.left === null) break;
        if (key < current.left.key) {
          const up = current.left; current.left = up.right; up.right = current; current = up;
          if (current.left === null) break;
        }
        right.left = current; right = current; current = current.left;
      } else if (key > current.key) {
        if (current.right === null) break;
        if (key > current.right.key) {
          const up = current.right; current.right = up.left; up.left = current; current = up;
          if (current.right === null) break;
        }
        left.right = current; left = current; current = current.right;
      } else break;
    }
    left.right = current.left; right.left = current.right;
    current.left = header.right; current.right = header.left;
    this.root = current;
  }
  insert(key, value) {
    const node = new Node(key, value);
    this.size++;
    if (this.root === null) { this.root = node; return; }
    this.splay(key);
    if (key > this.root.key) { node.left = this.root; node.right = this.root.right; this.root.right = null; }
    else { node.right = this.root; node.left = this.root.left; this.root.left = null; }
    this.root = node;
  }
  remove(key) {
    this.splay(key);
    if (this.root === null || this.root.key !== key) return false;
    this.size--;
    if (this.root.left === null) this.root = this.root.right;
    else { const right = this.root.right; this.root = this.root.left; this.splay(key); this.root.right = right; }
    return true;
  }
  find(key) { this.splay(key); return this.root !== null && this.root.key === key ? this.root : null; }
  greatestBelow(key) {
    this.splay(key);
    let node = this.root.key < key ? this.root : this.root.left;
    while (node !== null && node.right !== null) node = node.right;
    return node;
  }
}
const tree = new SplayTree();
function insertNew() {
  let key;
  do key = random(); while (tree.find(key) !== null);
  tree.insert(key, payload(5, key < 0.5 ? 'low' : 'high'));
  return key;
}
for (let i = 0; i < 2000; i++) insertNew();
let removed = 0;
for (let i = 0; i < 4000; i++) {
  const key = insertNew(), below = tree.greatestBelow(key);
  if (tree.remove(below === null ? key : below.key)) removed++;
}
let count = 0, texts = 0;
const stack = [tree.root];
while (stack.length > 0) {
  const node = stack.pop();
  if (node === null) continue;
  count++; texts += node.value.left.left.left.left.left.text.length;
  stack.push(node.left, node.right);
}
print(tree.size, removed, count, texts);
