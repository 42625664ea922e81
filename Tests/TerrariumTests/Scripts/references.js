const seen = [];
const environment = new Proxy({ f() { return this === environment; } }, {
    has(target, key) { if (key === "f") seen.push("has"); return Reflect.has(target, key); },
    get(target, key, receiver) { seen.push("get " + String(key)); return Reflect.get(target, key, receiver); },
});
with (environment) { console.log(f(), seen.join()); }
const object = { __proto__: { p: "first" }, m() { return super[{ toString() { Object.setPrototypeOf(object, { p: "second" }); return "p"; } }]; } };
console.log(object.m(), object.m());
const rootless = { __proto__: null, get() { return super.x; }, set() { super.x = 1; } };
for (const name of ["get", "set"]) { try { rootless[name](); } catch (e) { console.log(String(e)); } }
let coercions = 0;
const key = { toString() { coercions++; return "k"; } }, holder = { k: 1 };
holder[key] += 2; holder[key]++; --holder[key]; holder[key] ??= 5; holder[(0, key)] **= 2;
console.log(holder.k, coercions, typeof key);
