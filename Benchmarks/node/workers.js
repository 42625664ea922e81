// What N live workers of node cost: prints the bytes and the nanoseconds of all.
const { Worker } = require('worker_threads');
const count = Number(process.argv[2]), kept = [];
const code = `let sum = 0; for (let i = 0; i < 100; i++) sum += i;
  const { parentPort } = require('worker_threads'); parentPort.on('message', () => {}); parentPort.postMessage(sum)`;
const before = process.memoryUsage.rss(), start = process.hrtime.bigint();
(async () => {
  for (let i = 0; i < count; i++) {
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    kept.push(worker);
  }
  console.log(process.memoryUsage.rss() - before, String(process.hrtime.bigint() - start), kept.length);
  process.exit(0);
})();
