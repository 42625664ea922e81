// for-in and Object.keys of plain and less plain objects.
const names = o => { const out = []; for (const k in o) out.push(k); return out.join(); };
const base = { x: 1, y: 2 }, object = Object.create(base, { own: { value: 1, enumerable: true }, y: { value: 3 }, hidden: { value: 4 } });
console.log(names(object), names({ b: 1, a: 2, 1: 3, [Symbol('s')]: 4 }), names([4, , 5]), names('str'), names(5), names(null), names(function f() { }), names(class { static s = 1; m() { } }), names(new (class { f = 1; m() { } })()), names(Object.create(null, { q: { enumerable: true } })));
function visit(o, f) { const out = []; for (const k in o) { out.push(k); f(k, o); } return out.join(); }
console.log(visit({ a: 1, b: 2, c: 3 }, (k, o) => { delete o.b; }), visit({ a: 1, b: 2, c: 3 }, (k, o) => { o['new' + k] = 1; }), visit({ a: 1, b: 2, c: 3 }, (k, o) => { if (k === 'a') { delete o.c; o.c = 9; } }), visit([1, 2, 3], (k, o) => { o.length = 2; }),
    visit({ a: 1, b: 2 }, (k, o) => { Object.defineProperty(o, 'b', { enumerable: false }); }), visit({ a: 1, b: 2 }, (k, o) => { Object.setPrototypeOf(o, { c: 1 }); }));
const big = {}; for (let i = 0; i < 700; i++) big['k' + i] = i;
for (let i = 0; i < 700; i += 2) delete big['k' + i];
console.log(names(big).length, visit(big, (k, o) => { delete o.k699; }).slice(-5), Object.keys(big).length);
Object.prototype.extra = 1;
console.log(names({ a: 1 }), names([]), names(Object.create(null)));
delete Object.prototype.extra;
console.log(names({ a: 1 }), Object.keys(object).join(), JSON.stringify([Object.keys({}), Object.values({}), Object.entries({}), Object.entries({ a: 1, b: [2] }), Object.values({ z: 1, 1: 2 }), Object.keys('ab'), Object.entries([7, , 8])]));
const getters = { a: 1, get b() { delete this.c; return 2; }, c: 3, d: 4 }, hides = { get a() { Object.defineProperty(this, 'b', { enumerable: false }); return 1; }, b: 2 };
console.log(JSON.stringify(Object.entries(getters)), JSON.stringify(Object.values(hides)), JSON.stringify(Object.keys(hides)));
const grown = {}; for (const k in { a: 1, b: 2 }) for (const j in { c: 1, a: 3 }) grown[k + j] = 1;
console.log(names(grown), Object.hasOwn(grown, 'aa'), grown.hasOwnProperty('zz'), [1].hasOwnProperty('length'), [1, ,].hasOwnProperty(1), 'abc'.hasOwnProperty(2), (() => 1).hasOwnProperty('prototype'), (function () { }).hasOwnProperty('prototype'), Object.hasOwn(new Proxy({}, { getOwnPropertyDescriptor() { return { configurable: true }; } }), 'any'));
