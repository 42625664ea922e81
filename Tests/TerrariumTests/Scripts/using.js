const log = (...values) => console.log(...values);
const sync = (name, error) => ({ name, [Symbol.dispose]() { log("dispose", this.name); if (error) throw new Error(error); } });
const later = (name, error) => ({ async [Symbol.asyncDispose]() { log("async", name); await null; log("done", name); if (error) throw error; } });
{ using a = sync("a"), none = null; using b = sync("b"); log("body", a.name, none); }
try { using a = sync("a", "first"); using b = sync("b", "second"); throw new Error("body"); }
catch (e) { log(e.name, e.error.message, e.suppressed.error.message, e.suppressed.suppressed.message); }
for (using x of [sync("x1"), sync("x2")]) { if (x.name === "x2") break; log("turn"); }
for (using i = sync("i"), n = undefined; ;) { log("loop"); break; }
function returns() { using r = sync("r"); return (log("value"), 42); }
log(returns());
function* generates() { using g = sync("g"); yield 1; yield 2; }
for (const v of generates()) { log(v); break; }
try { using bad = {}; } catch (e) { log(e.name); }
try { using bad = 1; } catch (e) { log(e.name); }
try { f(); function f() { g; using g = null; } } catch (e) { log(String(e)); }
class C { static { using s = sync("static"); } }
(function () { log(typeof h); { function h() {} } log(typeof h); })();
(function () { { function arguments() {} } log(typeof arguments); })();
try { sync() = log("never"); } catch (e) { log(String(e)); }
(async () => {
    { await using a = later("a"); await using b = sync("b"); await using c = null; using d = sync("d"); log("body"); }
    try { await using e = later("e", 1); await using f = later("f", 2); throw 3; }
    catch (e) { log(e.error, e.suppressed.error, e.suppressed.suppressed); }
    for await (await using x of [later("x")]) log("turn");
    async function captures() {
        class Wrong extends Error {}
        await using w = { async [Symbol.asyncDispose]() { throw new Wrong("w"); } };
    }
    await captures().then(() => log("none"), (e) => log(e.message));
})();
