const text = "The quick brown fox (born 2019-04-17) jumps over 13 lazy dogs; mail: fox@example.org, dog@example.com. ".repeat(12);
let sum = 0;
for (const match of text.matchAll(/(?<year>\d{4})-(\d\d)-(\d\d)/g)) sum += +match.groups.year + match.index;
sum += text.replace(/\b[a-z]+\b/gi, w => w[0].toUpperCase() + w.slice(1)).length;
sum += (text.match(/[\w.]+@[\w.]+\.(?:org|com)/g) ?? []).length;
sum += text.split(/[\s,;]+/).length;
for (let i = 0; i < 300; i++) sum += /^(?:a|ab)(?:c|bcd)*$/.test("abcdbcd" + (i & 1 ? "" : "x")) ? 1 : 0;
sum += /(\p{Lu}\p{Ll}+)(?=\s)/u.exec(text)[1].length + "x".repeat(300).search(/(x+x+)y|x$/);
if (sum !== 33219) throw new Error("" + sum);
