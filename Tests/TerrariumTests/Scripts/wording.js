// Messages in V8's words that once were others.
for (const f of [
  () => Array.prototype.concat.call(null), () => Array.prototype.indexOf.call(undefined, 1), () => Array.prototype.map.call(null),
  () => ({ [Symbol.toPrimitive]: 1 }) + "", () => ({ [Symbol.toPrimitive]: {} }) + "", () => +{ [Symbol.toPrimitive]: "x" }, () => `${{ [Symbol.toPrimitive]: true }}`,
]) try { f(); } catch (error) { console.log(String(error)); }
