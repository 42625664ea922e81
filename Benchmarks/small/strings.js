let text = "";
for (let i = 0; i < 4000; i++) text += String.fromCharCode(97 + i % 26) + i;
let sum = text.length;
for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i);
const parts = text.split("z");
sum += parts.map(p => p.toUpperCase().trim().slice(1, 5)).join("-").length;
for (let i = 0; i < 800; i++) sum += `${i}:${i * 1.5}`.padStart(10, ".").indexOf("5") + Number("0." + i) * 0 + parseInt("1" + i);
sum += text.replaceAll("ab", "-").length + [..."häß🙂".repeat(100)].length;
if (sum !== 2283410) throw new Error("" + sum);
