// Values handed out of generators: one by one, delegated, and with values sent in.
function* count(n) { for (let i = 0; i < n; i++) yield i; }
function* both(n) { yield* count(n); yield* count(n); }
function* running() { let sum = 0; for (;;) sum = (sum + (yield sum)) & 0xffffff; }
let sum = 0;
for (const v of count(1000000)) sum = (sum + v) & 0xffffff;
for (const v of both(200000)) sum = (sum + v) & 0xffffff;
const r = running(); r.next();
for (let i = 0; i < 300000; i++) sum = (sum + r.next(i).value) & 0xffffff;
print(sum);
