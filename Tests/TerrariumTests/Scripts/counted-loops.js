// eval: loops that keep what does not change in registers, and two instructions in one turn.
const log = [];
const list = [1, 2, 3];
let text = '';
for (let i = 0; i < list.length; i++) { if (list.length < 6) list.push(i * 10); text += list[i] + ','; }
log.push(text);
// A variable that a closure assigns to is read each time.
let other = [1, 2, 3, 4, 5, 6];
const shrink = () => { other = other.slice(0, 3); };
let seen = 0;
for (let i = 0; i < other.length; i++) { if (i === 1) shrink(); seen++; }
log.push(seen);
const captured = (...items) => () => { let sum = 0; for (let i = 0; i < items.length; i++) sum += items[i]; return sum; };
log.push(captured(1, 2, 3)());
const assigned = items => { const set = v => { items = v; }; return () => { let n = 0; for (let i = 0; i < items.length; i++) { n++; if (i === 0) set([1]); } return n; }; };
log.push(assigned([1, 2, 3])());
function byArguments(items) { const read = () => items; const a = arguments; let n = 0; const loop = () => { for (let i = 0; i < items.length; i++) { n++; a[0] = [9]; } }; loop(); return n + ':' + read(); }
log.push(byArguments([1, 2, 3]));
function byEval(items) { return () => { let n = 0; for (let i = 0; i < items.length; i++) { n++; eval('items = [7]'); } return n; }; }
log.push(byEval([1, 2, 3])());
function declared(items) { function items() {} let n = 0; const f = () => { for (let i = 0; i < items.length; i++) n++; return n; }; return f(); }
log.push(declared([1, 2]));
const shadow = [1, 2];
for (let i = 0; i < shadow.length; i++) { const shadow = 'inner'; log.push(shadow + shadow.length); }
try { for (let i = 0; i < early.length; i++); const early = []; } catch (e) { log.push(e.message); }
// Counters that are no small integers, limits of every kind.
let turns = 0;
for (let i = 2147483645; i < 2147483650; i++) turns++;
for (let i = 0.5; i < 4; i++) turns++;
for (let i = 0; i < 2.5; i++) turns++;
for (let i = 0n; i < 3n; i++) turns++;
for (let i = '0'; i < 3; i++) turns++;
for (let i = { valueOf() { log.push('valueOf'); return 1; } }; i < 100000; i++) { turns++; if (turns > 100) break; if (i > 3) break; }
for (let i = 99998; i < 100000; i++) turns++;
for (let i = 0; i < -100000; i++) turns++;
let down = 0; for (let i = 100002; i > 100000; i--) down++;
for (let i = 0; 100000 > i; i += 50000) down++;
log.push(turns, down);
let outer = 0;
for (let i = 0; i < 70000; i++) { for (let j = 0; j < 40000; j += 39999) outer++; if (i === 5) { i = 69990; continue; } }
log.push(outer);
label: for (let i = 0; i < 65536; i++) { for (let j = 0; j < 65537; j++) { if (j === 3) continue label; if (i === 2) break label; outer++; } }
log.push(outer);
let while1 = 0; while (while1 < list.length) while1++;
log.push(while1);
function* steps(items) { const f = function* () { for (let i = 0; i < items.length; i++) yield items[i]; }; yield* f(); }
log.push([...steps(['a', 'b'])].join(''));
function caught(items) { return () => { let n = 0; for (let i = 0; i < items.length; i++) { try { if (i === 1) throw i; n++; } catch { n += 10; } finally { n += 100; } } return n; }; }
log.push(caught([1, 2, 3])());
// The move before a call: functions of the guest, built-ins, classes, proxies, what is none.
const twice = x => x * 2, callees = [twice, Math.abs, String, function (x) { return [this === undefined, x].join(); }, new Proxy(twice, {}), twice.bind(null), class { }, 5];
for (const f of callees) { const v = -3; let r; try { r = f(v); } catch (e) { r = e.message; } log.push(r); }
const holder = { m(x) { return this.k + x; }, k: 1, abs: Math.abs };
for (let i = 0, keys = ['m', 'abs', 'm', 'none']; i < keys.length; i++) { let r; const v = -i; try { r = holder[keys[i]](v); } catch (e) { r = e.message; } log.push(r); }
function late(a, b = a, ...rest) { return a + '/' + b + '/' + rest.length; }
const one = 1; log.push(late(one), late(one, one), late(one, one, one, one));
// Code that is not reached leaves no trace in what comes behind it: the call in the first catch is none.
let reached = 0;
try { } catch (e) { e(); } try { { (function () { reached++; })(); } } catch (e) { log.push(e.message); }
log.push(reached);
print(log.join('\n'));
