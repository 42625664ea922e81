// What N live contexts of node's vm module cost: prints the bytes and the nanoseconds of all.
const vm = require('vm');
const count = Number(process.argv[2]), kept = [];
const script = new vm.Script('let sum = 0; for (let i = 0; i < 100; i++) sum += i; sum');
const before = process.memoryUsage.rss(), start = process.hrtime.bigint();
for (let i = 0; i < count; i++) {
  const context = vm.createContext({});
  script.runInContext(context);
  kept.push(context);
}
console.log(process.memoryUsage.rss() - before, String(process.hrtime.bigint() - start), kept.length);
