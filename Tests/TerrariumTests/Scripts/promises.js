const log = (...x) => console.log(...x);
const later = (v, n = 1) => n ? Promise.resolve().then(() => later(v, n - 1)) : v;
Promise.all([1, later(2, 3), { then(f) { f(3); } }]).then((v) => log("all", v.join()));
Promise.all([]).then((v) => log("empty", v.length));
Promise.all([Promise.reject("no"), later(1)]).catch((e) => log("all rejected", e));
Promise.allSettled([1, Promise.reject("x")]).then((v) => log("settled", JSON.stringify(v)));
Promise.any([Promise.reject(1), later(2)]).then((v) => log("any", v));
Promise.any([Promise.reject(1), Promise.reject(2)]).catch((e) => log("none", e.constructor.name, e.message, e.errors.join()));
Promise.race([later("slow", 5), later("fast", 1)]).then((v) => log("race", v));
Promise.resolve(1).finally(() => log("finally")).then((v) => log("after", v));
Promise.reject(2).finally(() => { throw 3; }).catch((e) => log("finally threw", e));
Promise.try((a, b) => a + b, 1, 2).then((v) => log("try", v));
Promise.try(() => { throw "t"; }).catch((e) => log("try threw", e));
new Promise((_, no) => { no("executor"); throw 1; }).catch((e) => log(e));
new Promise(() => { throw "thrown"; }).catch((e) => log(e));
class Mine extends Promise {}
log(Mine.resolve(1) instanceof Mine, Mine.all([]) instanceof Mine, new Mine(() => { }).then() instanceof Mine);
const bad = { get then() { throw "then"; } };
Promise.all([bad]).catch((e) => log("bad", e));
function* g() { try { yield 1; yield 2; } finally { log("closed"); } }
Mine.resolve = () => { throw "resolve"; };
Mine.all(g()).catch((e) => log("mine", e));
log(Promise.all.length, Promise.all.name, Promise.prototype.finally.length, Promise.prototype.catch.name);
// Deep chains leave nothing on the native stack.
let p = Promise.resolve(0);
for (let i = 0; i < 2000; i++) p = p.then((x) => x + 1);
p.then((x) => log("chain", x));
