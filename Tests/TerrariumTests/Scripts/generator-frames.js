// eval
// What a generator's frame keeps over a yield, and what it is given back.
const drive = (g, ...sent) => { const out = []; for (const s of [undefined, ...sent]) { const r = g.next(s); out.push(r.done ? `(${r.value})` : r.value); } return out.join(" "); };

// Temporaries below the yield: operands, arguments, receivers, keys.
function* operands(a, b) { return a + (yield b) * (yield a) - (yield a + b); }
print(drive(operands(1, 2), 10, 20, 30));
function* call(o) { return o.f(1, yield "x", [3, yield "y"], ...(yield "z")); }
print(drive(call({ k: 9, f(...a) { return this.k + ":" + JSON.stringify(a); } }), 2, 4, "56"));
function* keys() { const o = { [yield "k1"]: yield "v1", ["p" + (yield "k2")]: yield "v2" }; return JSON.stringify(o); }
print(drive(keys(), "a", 1, "b", 2));
function* template(x) { return `${x}-${yield x}-${(yield x + 1) + x}`; }
print(drive(template(5), "m", 7));
function* pattern() { const { a = yield "a?", b: [c = yield "c?", ...d] } = { b: [undefined, ...(yield "rest")] }; return [a, c, d].join(); }
print(drive(pattern(), [7, 8], "A", "C"));

// Variables of inner blocks, loops and handlers stand above those of outer ones.
function* blocks(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
        const twice = i * 2;
        { const deep = twice + 1; total += deep * (yield deep); }
        for (const c of "ab") total += yield c + i;
        try { if (i === 1) throw yield "t"; } catch (e) { const was = e; total += yield was; } finally { total += yield "f" + i; }
    }
    return total;
}
print(drive(blocks(2), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

// Sloppy and strict receivers, arguments, rest, defaults, captured variables.
function* receiver() { yield typeof this; this.n = yield this === globalThis; return this.n; }
print(drive(receiver.call(undefined), "s", 5), drive(receiver.call({ n: 1 }), "s", 6));
function* parameters(a, b = a + 1, ...rest) { a = yield arguments.length; return [a, b, rest, yield () => a].map(x => typeof x === "function" ? x() : x).join(); }
print(drive(parameters(1, undefined, 3, 4), "A", "end").replace(/\(\) => a/, "fn"));
function* captured() { const made = []; for (let i = 0; i < 3; i++) { made.push(() => i); i += yield made.length; } return made.map(f => f()).join(); }
print(drive(captured(), 0, 0, 0));

// Frames of every size up to beyond what is moved in one piece.
for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 30, 56, 57, 58, 59, 60, 61, 62, 90, 300]) {
    const names = Array.from({ length: size }, (_, i) => "v" + i);
    const source = `${names.map((n, i) => `let ${n} = ${i};`).join("")} for (let turn = 0; turn < 3; turn++) { ${names.map((n, i) => `${n} += ${i % 7 === 3 ? "yield " + n : "turn"};`).join("")} yield turn; } return ${names.join("+")};`;
    const make = new Function(`return function*() { ${source} }`)();
    let seen = 0, plain = 0;
    for (const v of make()) seen = (seen * 31 + (Number.isNaN(v) ? 7 : v)) % 1000003;
    const g = make();
    let r = g.next();
    for (; !r.done; r = g.next(1)) plain = (plain * 31 + r.value) % 1000003;
    print(size, seen, plain, r.value);
}

// Thrown and returned into, with handlers.
function* handled() { let log = "", x = 1; for (;;) try { x += yield log + x; } catch (e) { log += "c" + e; } finally { log += "f"; if (x > 3) yield "last " + log; } }
const h = handled();
print(h.next().value, h.next(1).value, h.throw("!").value, h.next(5).value, JSON.stringify(h.return(9)), JSON.stringify(h.next()), JSON.stringify(h.next()));

// Delegation to generators, iterators and strings, resumed each way.
function* inner(n) { try { for (let i = 0; i < n; i++) { const s = yield i; if (s) n += s; } return "inner " + n; } catch (e) { yield "caught " + e; return "after"; } finally { yield "closing"; } }
let spread = 0;
function* outer() { const a = yield* inner(2), b = yield* "xy", c = yield* { [Symbol.iterator]: () => ({ next: v => ({ done: v === 3 || v === undefined && ++spread > 2, value: v }) }) }; return [a, b, c].join("|"); }
print([...outer()].slice(0, 4).join());
print(drive(outer(), 0, 1, 0, 0, 0, 1, 2, 3));
const o = outer(); o.next();
print(o.throw("T").value, o.next().value, o.next().value, JSON.stringify(o.return("R")), JSON.stringify(o.next()));
const p = outer(); p.next();
print(JSON.stringify(p.return("R")), JSON.stringify(p.next()));

// Resumed from within, and after an end.
function* own() { try { g.next(); } catch (e) { yield e.message; } }
const g = own(); print(g.next().value, g.next().done, g.next().done);
function* throws() { yield 1; throw new RangeError("gone"); }
const t = throws(); t.next();
try { t.next(); } catch (e) { print(e.message, JSON.stringify(t.next())); }

// Deep: each level steps the next by a loop, and by next().
function* nest(d) { if (d > 0) { let n = 0; for (const v of nest(d - 1)) yield v + n++; } else { yield 1; yield 2; yield 3; } }
print([...nest(40)].join());
function* nestCalls(d) { const i = d ? nestCalls(d - 1) : [1, 2, 3].values(); for (let r = i.next(); !r.done; r = i.next()) yield r.value * 2; }
print([...nestCalls(20)].join());

// Much garbage between two turns, held by nothing but the frame.
function* keeps() { for (let i = 0; i < 400; i++) { const held = { i, text: "t" + i, list: [i, [i]] }; const got = yield held.i; if (held.text !== "t" + i || held.list[1][0] !== i || got.i !== i) print("lost", i); } }
const k = keeps(); let last = k.next();
while (!last.done) { let junk = []; for (let i = 0; i < 200; i++) junk.push({ i, s: "junk" + i }); last = k.next({ i: last.value }); }
print(last.done);
