// Patterns of every day: words, dates, escaping, tokens, back references.
const words = [];
for (let i = 0; i < 3000; i++) words.push(['alpha', 'Beta42', '2024-03-' + (10 + i % 20), 'mail' + i + '@example.org', '"quoted \\"text\\""', '3.14e-2'][i % 6]);
const text = words.join(' ');
let sum = 0;
for (let round = 0; round < 8; round++) {
    for (const m of text.matchAll(/(\d{4})-(\d\d)-(\d\d)/g)) sum += +m[3];
    sum += text.match(/[\w.]+@[\w.]+\.\w+/g).length;
    sum += text.replace(/\b([a-z])(\w*)/g, (_, a, b) => a.toUpperCase() + b).length;
    sum += text.replace(/&|<|>|"/g, '&quot;').length;
    sum += text.split(/\s+/).length;
    const token = /\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?(?:e[-+]?\d+)?)|("(?:[^"\\]|\\.)*")|(.))/gy;
    let m; while ((m = token.exec(text)) !== null) sum += m[0].length;
    for (const w of words) if (/^(?:a|b).*?(\d)?$/i.test(w)) sum++;
}
print(sum);
