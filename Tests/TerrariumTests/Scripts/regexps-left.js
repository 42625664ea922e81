// Operations with regular expressions that use much fuel: they are left in the middle, and go on.
const print_ = (...values) => print(...values.map((value) => JSON.stringify(value)));
const tail = "a".repeat(11) + "b", text = tail + "caacaac";
const slow = () => /(a+)+$|c(a+)(?=(c))/;
print_(/(a+)+$/.test(tail), /(a+)+$/.exec(tail), tail.match(/(a+)+$/), tail.search(/(a+)+$/));
print_(slow().test(text), slow().exec(text), text.match(slow()), text.search(slow()));
const global = new RegExp(slow().source, "g");
print_(global.exec(text), global.lastIndex, global.exec(text), global.lastIndex, global.exec(text), global.lastIndex);
print_(text.match(global), [...text.matchAll(global)].map((match) => [match.index, ...match]));
for (const match of text.matchAll(global)) { print_(match.index, match[2]); break; }
print_(Array.from(text.matchAll(global), (match) => match[2]), global[Symbol.match](text), global[Symbol.search](text));
print_(text.replace(global, "<$2$3>"), text.replaceAll(global, (all, a, b, c, index) => [all, a, b, c, index].join()));
print_(text.replace(slow(), (...list) => list.length), slow()[Symbol.replace](text, "-"), global[Symbol.replace](text, () => "+"));
print_(text.split(slow()), text.split(slow(), 2), slow()[Symbol.split](text), tail.split(/(a+)+$/));
print_(text.replace(/(?<run>a+)+$|c(?<middle>a+)(?=c)/g, (...list) => JSON.stringify(list.at(-1))));
const sticky = /(a+)+$|a{4}/y;
sticky.lastIndex = 1;
print_(tail.replace(sticky, "!"), sticky.lastIndex, sticky.test(tail), sticky.lastIndex, tail.replace(sticky, "!"), sticky.lastIndex);
// Many matches, between which the operation is left.
const many = "ab,".repeat(500);
print_(many.split(/,/).length, many.match(/a/g).length, many.replace(/b/g, "$&$&\u{3b1}").length, many.replace(/b/g, "").length);
print_(many.replace(/(a)(b)/g, (all, a, b) => b + a) === "ba,".repeat(500), many.split(/(b)/, 700).length);
// What has been compiled anew meanwhile, and what `exec` was replaced with, is seen at the next match.
class Counting extends RegExp { count = 0; exec(string) { this.count++; return super.exec(string); } }
const counting = new Counting("(a+)+$|c", "g");
print_(text.replace(counting, "."), counting.count);
