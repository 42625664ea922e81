// Symbolic work on list cells: differentiation with simplification, and a tautology checker by rewriting to if-terms.
class Pair { constructor(head, tail) { this.head = head; this.tail = tail; } }
const list = (...items) => { let result = null; for (let i = items.length - 1; i >= 0; i--) result = new Pair(items[i], result); return result; };
const second = x => x.tail.head, third = x => x.tail.tail.head;
function equal(a, b) {
  if (a === b) return true;
  if (!(a instanceof Pair) || !(b instanceof Pair)) return false;
  return equal(a.head, b.head) && equal(a.tail, b.tail);
}
const sum = (a, b) => typeof a === 'number' && typeof b === 'number' ? a + b : a === 0 ? b : b === 0 ? a : equal(a, b) ? product(2, a) : list('+', a, b);
const product = (a, b) => typeof a === 'number' && typeof b === 'number' ? a * b : a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : list('*', a, b);
const power = (a, n) => n === 0 ? 1 : n === 1 ? a : list('^', a, n);
function derive(e, x) {
  if (typeof e === 'number') return 0;
  if (typeof e === 'string') return e === x ? 1 : 0;
  switch (e.head) {
    case '+': return sum(derive(second(e), x), derive(third(e), x));
    case '*': return sum(product(second(e), derive(third(e), x)), product(third(e), derive(second(e), x)));
    case '^': return product(product(third(e), power(second(e), third(e) - 1)), derive(second(e), x));
  }
}
const size = e => e instanceof Pair ? size(e.head) + size(e.tail) : e === null ? 0 : 1;
function evaluate(e, x) {
  if (typeof e === 'number') return e;
  if (typeof e === 'string') return x;
  const a = evaluate(second(e), x), b = evaluate(third(e), x);
  return (e.head === '+' ? a + b : e.head === '*' ? a * b : a ** b) % 1000003;
}
// Rewriting: (and p q), (or p q), (implies p q), (not p) become if-terms; a term is a tautology when every path gives true.
const rules = new Map([
  ['and', (p, q) => list('if', p, q, 'false')], ['or', (p, q) => list('if', p, 'true', q)],
  ['implies', (p, q) => list('if', p, q, 'true')], ['not', p => list('if', p, 'false', 'true')],
]);
function rewrite(t) {
  if (!(t instanceof Pair)) return t;
  const args = [];
  for (let rest = t.tail; rest !== null; rest = rest.tail) args.push(rewrite(rest.head));
  const rule = rules.get(t.head);
  return rule === undefined ? list(t.head, ...args) : rule(...args);
}
const member = (x, l) => { for (; l !== null; l = l.tail) if (l.head === x) return true; return false; };
let tests = 0;
function tautology(t, yes, no) {
  tests++;
  if (t === 'true') return true;
  if (t === 'false') return false;
  if (!(t instanceof Pair)) return member(t, yes);
  const p = second(t), a = third(t), b = t.tail.tail.tail.head;
  if (p instanceof Pair) return tautology(list('if', second(p), list('if', third(p), a, b), list('if', p.tail.tail.tail.head, a, b)), yes, no);
  if (p === 'true' || member(p, yes)) return tautology(a, yes, no);
  if (p === 'false' || member(p, no)) return tautology(b, yes, no);
  return tautology(a, new Pair(p, yes), no) && tautology(b, yes, new Pair(p, no));
}
let checksum = 0;
for (let round = 0; round < 60; round++) {
  let e = sum(power('x', 3), sum(product(2, power('x', 2)), product('x', sum('x', round))));
  for (let k = 0; k < 4; k++) { e = derive(product(e, sum('x', k)), 'x'); checksum = (checksum + size(e) + evaluate(e, k + round)) % 1000003; }
}
let proved = 0;
for (let n = 2; n <= 12; n++) for (let round = 0; round < 6; round++) {
  let premise = 'true', goal = list('implies', 'p0', 'p' + n);
  for (let i = 0; i < n; i++) premise = list('and', premise, list('implies', 'p' + i, 'p' + (i + 1)));
  if (round === 5) goal = list('implies', 'p' + n, 'p0');
  if (tautology(rewrite(list('implies', premise, list('or', goal, list('and', goal, list('not', 'p1'))))), null, null)) proved++;
}
print(checksum, proved, tests);
