internal import TerrariumEngine

extension Capability {
    /// The built-in objects cannot be changed any more: no guest code can alter what `Array.prototype.map` does for other
    /// code of the same sandbox. The global object itself stays open. Goes last in the list, so that what other capabilities
    /// install is frozen too.
    ///
    /// As always with frozen prototypes, `object.toString = …` throws in strict code, where `Object.defineProperty` and class
    /// fields work. Costs a millisecond: make a template once, and forks of it.
    public static var frozenIntrinsics: Capability {
        Capability("frozenIntrinsics", globals: []) { (sandbox) throws(TerrariumError) in
            let core = sandbox.core
            let script = try SandboxCore.builtinScript("frozenIntrinsics", FrozenIntrinsicsSource.text)
            try core.perform { (machine) throws(Thrown) in _ = try machine.run(script, realm: core.realm) }
        }
    }
}

enum FrozenIntrinsicsSource {
    static let text = """
        (function () { "use strict";
          const seen = new Set([globalThis]), pending = [];
          const add = (value) => {
            if ((typeof value === "object" && value !== null || typeof value === "function") && !seen.has(value)) { seen.add(value); pending.push(value); }
          };
          for (const key of Reflect.ownKeys(globalThis)) { const own = Reflect.getOwnPropertyDescriptor(globalThis, key); add(own.value); add(own.get); add(own.set); }
          for (const value of [
            function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](), new Map()[Symbol.iterator](),
            new Set()[Symbol.iterator](), ""[Symbol.iterator](), /a/[Symbol.matchAll](""), Iterator.from({ next() {} }), [].values().map((x) => x),
          ]) for (let up = Object.getPrototypeOf(value); up !== null; up = Object.getPrototypeOf(up)) add(up);
          while (pending.length) {
            const value = pending.pop();
            if (ArrayBuffer.isView(value)) continue;
            Object.freeze(value);
            add(Object.getPrototypeOf(value));
            for (const key of Reflect.ownKeys(value)) { const own = Reflect.getOwnPropertyDescriptor(value, key); add(own.value); add(own.get); add(own.set); }
          }
        })()
        """
}
