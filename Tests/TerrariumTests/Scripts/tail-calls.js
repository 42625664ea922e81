'use strict';
// Calls in tail position of strict code do not use up the stack.
function down(n) { return n === 0 ? 'done' : down(n - 1); }
print(down(100000));
function even(n) { return n === 0 || odd(n - 1); }
function odd(n) { return n !== 0 && even(n - 1); }
print(even(100001), odd(100001));
const object = { f(n, ...rest) { if (n === 0) return rest.length + this.tag; return this.f(n - 1, ...rest); }, tag: 'x' };
print(object.f(50000, 1, 2, 3));
const bounce = n => n ? (0, bounce)(n - 1) : 'bounced';
print(bounce(100000));
// Callers that still wait for something stay.
function outer(n) { const inner = down(n); return inner + '!'; }
print(outer(100000));
function count(n) { return n === 0 ? 0 : 1 + count(n - 1); }
try { count(100000); } catch (e) { print(e instanceof RangeError, e.message); }
// A handler, a finally block and a constructor wait.
function guarded(n) { try { return n === 0 ? missing() : guarded(n - 1); } catch (e) { return 'caught ' + n; } }
function missing() { throw new Error('x'); }
print(guarded(100));
let finals = 0;
function finishing(n) { try { return n === 0 ? 0 : finishing(n - 1); } finally { finals++; } }
finishing(200);
print(finals);
function Made() { this.made = true; return down(60000); }
print(new Made().made);
// Locals of callers that stay are theirs after the stack was moved together.
function mixed(n, label) {
  const own = label + n;
  const result = n === 0 ? down(100000) : mixed(n - 1, label);
  return own + result.length;
}
print(mixed(20, 'v').length);
// Traces are whole as long as there is room.
function a() { return b(); }
function b() { return c(); }
function c() { return new Error('e').stack.split('\n').length; }
print(a());
