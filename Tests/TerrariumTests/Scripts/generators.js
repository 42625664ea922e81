// long: 100,000 awaits
function* g(n) { for (let i = 0; i < n; i++) { const r = yield i; if (r) print('got', r); } return 'end'; }
print([...g(3)].join()); const it = g(5); it.next(); it.next('x'); print(JSON.stringify(it.return(9)), JSON.stringify(it.next()));
function* d() { const r = yield* g(2); print(r); try { yield 5 } finally { print('cleanup') } } for (const x of d()) { print(x); if (x == 5) break; }
async function f(x) { await null; if (x > 1) throw new Error('bad'); return x * 2; }
f(1).then(v => print('v', v)); f(2).catch(e => print('e', e.message));
(async () => { try { await f(3) } catch (e) { print('caught', e.message) } let s = 0; for (let i = 0; i < 100000; i++) s += await i; print(s); })();
Promise.resolve(1).then(x => { throw new TypeError('t') }).finally(() => print('fin')).catch(e => print(e.name));
print('sync end');
