// Errors thrown near and far, caught, passed through finally, and thrown again.
function risky(i) { if (i % 3 === 0) throw new Error('third ' + i); return i; }
function deep(n, i) { return n === 0 ? risky(i) : deep(n - 1, i) + 1; }
function guarded(i) { try { return deep(4, i); } finally { finals++; } }
let finals = 0, caught = 0, sum = 0;
for (let i = 0; i < 150000; i++) {
    try { sum = (sum + guarded(i)) & 0xffffff; } catch (e) { caught++; sum = (sum + e.message.length) & 0xffffff; }
    try { try { throw i; } catch (v) { throw { v }; } } catch ({ v }) { sum = (sum + v) & 0xffffff; }
}
print(finals, caught, sum);
