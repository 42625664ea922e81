// Frames of async generators that wait, and of what is returned without waiting.
async function* ag() { await null; yield 1; throw new Error("ag"); }
async function inner() { await null; throw new Error("inner"); }
async function over(iterable) { for await (const x of iterable); }
async function* delegates() { yield* ag(); }
async function* yields() { yield inner(); }
async function* awaits() { await inner(); }
async function returns() { return inner(); }
const all = [() => over(ag()), () => over(delegates()), () => over(yields()), () => awaits().next(), () => returns(), async () => { const g = ag(); await g.next(); await g.next(); }];
(async () => { for (const f of all) try { await f(); } catch (error) { console.log(error.stack); } })();
