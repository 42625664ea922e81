let sum = 0;
function fail(n) { if (n === 0) throw new TypeError("deep"); return fail(n - 1) + 1; }
for (let i = 0; i < 150; i++) {
  try { fail(20); } catch (e) { sum += e.message.length; } finally { sum++; }
}
for (let i = 0; i < 20; i++) { try { null.x; } catch (e) { sum += e.stack.length > 10 ? 1 : 0; } }
outer: for (let i = 0; i < 500; i++) for (let j = 0; j < 10; j++) { if (j === 5) continue outer; sum += j; }
if (sum !== 5770) throw new Error("" + sum);
