// Towers of Hanoi with linked discs.
class Disc { constructor(size) { this.size = size; this.below = null; } }
class Towers {
  constructor() { this.pegs = [null, null, null]; this.moves = 0; }
  push(disc, peg) {
    const top = this.pegs[peg];
    if (top !== null && disc.size >= top.size) throw new Error('Cannot put a big disc on a smaller one');
    disc.below = top;
    this.pegs[peg] = disc;
  }
  pop(peg) {
    const top = this.pegs[peg];
    if (top === null) throw new Error('No disc on this peg');
    this.pegs[peg] = top.below;
    top.below = null;
    return top;
  }
  build(count) { for (let size = count; size >= 0; size--) this.push(new Disc(size), 0); }
  move(from, to) { this.push(this.pop(from), to); this.moves++; }
  moveAll(count, from, to) {
    if (count === 1) { this.move(from, to); return; }
    const other = 3 - from - to;
    this.moveAll(count - 1, from, other);
    this.move(from, to);
    this.moveAll(count - 1, other, to);
  }
}
let moves = 0;
for (let round = 0; round < 60; round++) { const towers = new Towers(); towers.build(13); towers.moveAll(13, 0, 1); moves += towers.moves; }
print(moves);
