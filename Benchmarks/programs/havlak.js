// Loop recognition in control-flow graphs (union-find over a depth-first spanning tree).
class Block { constructor(name) { this.name = name; this.in = []; this.out = []; } }
class Graph {
  constructor() { this.blocks = new Map(); this.start = null; }
  node(name) {
    let block = this.blocks.get(name);
    if (block === undefined) { block = new Block(name); this.blocks.set(name, block); if (this.start === null) this.start = block; }
    return block;
  }
  edge(from, to) { const a = this.node(from), b = this.node(to); a.out.push(b); b.in.push(a); }
}
class Loop { constructor(header, reducible) { this.header = header; this.reducible = reducible; this.blocks = new Set([header]); this.children = []; this.parent = null; } }
class UnionNode {
  constructor(block, number) { this.block = block; this.number = number; this.parent = this; this.loop = null; }
  find() {
    const path = [];
    let node = this;
    while (node !== node.parent) { if (node.parent !== node.parent.parent) path.push(node); node = node.parent; }
    for (const each of path) each.parent = node.parent;
    return node;
  }
}
const TOP = 0, NON_HEADER = 1, REDUCIBLE = 2, SELF = 3, IRREDUCIBLE = 4, DEAD = 5;
function findLoops(graph) {
  const loops = [], number = new Map(), nodes = [], last = [];
  const stack = [{ block: graph.start, next: 0 }];
  number.set(graph.start, 0); nodes.push(new UnionNode(graph.start, 0));
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top.next < top.block.out.length) {
      const target = top.block.out[top.next++];
      if (!number.has(target)) {
        number.set(target, nodes.length); nodes.push(new UnionNode(target, nodes.length));
        stack.push({ block: target, next: 0 });
      }
    } else { last[number.get(top.block)] = nodes.length - 1; stack.pop(); }
  }
  const size = nodes.length, type = new Array(size).fill(NON_HEADER), header = new Array(size).fill(0);
  const back = [], nonBack = [];
  const isAncestor = (w, v) => w <= v && v <= last[w];
  for (let w = 0; w < size; w++) {
    back.push([]); nonBack.push(new Set());
    for (const from of nodes[w].block.in) {
      const v = number.get(from);
      if (v === undefined) continue;
      if (isAncestor(w, v)) back[w].push(v); else nonBack[w].add(v);
    }
  }
  for (let w = size - 1; w >= 0; w--) {
    const pool = [];
    for (const v of back[w]) { if (v !== w) pool.push(nodes[v].find()); else type[w] = SELF; }
    const work = pool.slice();
    if (pool.length > 0) type[w] = REDUCIBLE;
    while (work.length > 0) {
      const x = work.shift();
      if (nonBack[x.number].size > 2000) { type[w] = DEAD; break; }
      for (const from of nonBack[x.number]) {
        const y = nodes[from].find();
        if (!isAncestor(w, y.number)) { type[w] = IRREDUCIBLE; nonBack[w].add(y.number); }
        else if (y.number !== w && !pool.includes(y)) { work.push(y); pool.push(y); }
      }
    }
    if (pool.length > 0 || type[w] === SELF) {
      const loop = new Loop(nodes[w].block, type[w] !== IRREDUCIBLE);
      nodes[w].loop = loop;
      for (const node of pool) {
        header[node.number] = w;
        node.parent = nodes[w];
        if (node.loop !== null) { node.loop.parent = loop; loop.children.push(node.loop); } else loop.blocks.add(node.block);
      }
      loops.push(loop);
    }
  }
  return loops;
}
function diamond(graph, start) {
  graph.edge(start, start + 1); graph.edge(start, start + 2); graph.edge(start + 1, start + 3); graph.edge(start + 2, start + 3);
  return start + 3;
}
function straight(graph, start, count) { for (let i = 0; i < count; i++) graph.edge(start + i, start + i + 1); return start + count; }
function baseLoop(graph, from) {
  const header = straight(graph, from, 1), d1 = diamond(graph, header), d11 = straight(graph, d1, 1), d2 = diamond(graph, d11);
  let footer = straight(graph, d2, 1);
  graph.edge(d2, d11); graph.edge(d11, header); graph.edge(footer, from);
  return straight(graph, footer, 1);
}
const graph = new Graph();
let n = 2;
graph.edge(0, 2); graph.edge(2, 3); n = 3;
for (let outer = 0; outer < 8; outer++) {
  const top = n;
  n = straight(graph, n, 1);
  for (let i = 0; i < 12; i++) {
    const inner = n;
    n = straight(graph, n, 1);
    for (let j = 0; j < 5; j++) n = baseLoop(graph, n);
    graph.edge(n, inner);
    n = straight(graph, n, 1);
  }
  graph.edge(n, top);
}
let total = 0, reducible = 0, nested = 0;
for (let round = 0; round < 6; round++) {
  const loops = findLoops(graph);
  total += loops.length;
  for (const loop of loops) { if (loop.reducible) reducible++; if (loop.parent !== null) nested++; }
}
print(graph.blocks.size, total, reducible, nested);
