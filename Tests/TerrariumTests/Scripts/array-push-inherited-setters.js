// Methods that append to arrays see setters and read-only elements that the array inherits, wherever they are.
const made = (...up) => up.reduce((array, o) => Object.setPrototypeOf(array, o), []);
const setter = { __proto__: Array.prototype, set 0(v) { print('setter', v); } };
const a = made(setter);
a.push(1);
print(a.length, Object.keys(a).join());
const b = made({ __proto__: setter });
b.push(2);
b[0] = 3;
print(b.length, Object.keys(b).join());
const c = made(Object.freeze({ __proto__: Array.prototype, 0: 'fixed' }));
try { c.push(1); } catch (error) { print(error instanceof TypeError); }
class List extends Array {}
const d = new List();
for (let i = 0; i < 3; i++) d.push(i);
print(d.length, d.join());
const e = made(null);
Array.prototype.push.call(e, 4);
print(e.length, Object.keys(e).join());
