import TerrariumEngine

/// What instructions go on with where they run guest code (`EngineFunction`).
extension SelfHostedSource {
    static let engineFunctions = SelfHostedSource(
        name: "engineFunctions",
        functions: EngineFunction.allCases.map { Function("\($0)", 0, constructs: $0.constructs) },
        text: """
            const TO_PRIMITIVE = $symbol(\(WellKnownSymbol.toPrimitive.rawValue)), SPECIES = $symbol(\(WellKnownSymbol.species.rawValue));
            const TAG = $symbol(\(WellKnownSymbol.toStringTag.rawValue)), ITERATOR = $symbol(\(WellKnownSymbol.iterator.rawValue));
            function primitive(x, hint) {
              if (!$isObject(x)) return x;
              const f = x[TO_PRIMITIVE];
              if (f !== undefined && f !== null) {
                if (!$isCallable(f)) $typeError($describeSite(f) + " is not a function");
                const v = $call(f, x, hint);
                if ($isObject(v)) $typeError("Cannot convert object to primitive value");
                return v; }
              return ordinaryPrimitive(x, hint === "string"); }
            function ordinaryPrimitive(x, isText) {
              let g = isText ? x.toString : x.valueOf;
              if ($isCallable(g)) { const v = $call(g, x); if (!$isObject(v)) return v; }
              g = isText ? x.valueOf : x.toString;
              if ($isCallable(g)) { const v = $call(g, x); if (!$isObject(v)) return v; }
              $typeError("Cannot convert object to primitive value"); }
            function numeric(x) { x = primitive(x, "number"); return typeof x === "bigint" ? x : +x; }

            function add(x, y) { x = primitive(x, "default"); y = primitive(y, "default"); return x + y; }
            function sub(x, y) { x = numeric(x); y = numeric(y); return x - y; }
            function mul(x, y) { x = numeric(x); y = numeric(y); return x * y; }
            function div(x, y) { x = numeric(x); y = numeric(y); return x / y; }
            function mod(x, y) { x = numeric(x); y = numeric(y); return x % y; }
            function exp(x, y) { x = numeric(x); y = numeric(y); return x ** y; }
            function bitAnd(x, y) { x = numeric(x); y = numeric(y); return x & y; }
            function bitOr(x, y) { x = numeric(x); y = numeric(y); return x | y; }
            function bitXor(x, y) { x = numeric(x); y = numeric(y); return x ^ y; }
            function shl(x, y) { x = numeric(x); y = numeric(y); return x << y; }
            function sar(x, y) { x = numeric(x); y = numeric(y); return x >> y; }
            function shr(x, y) { x = numeric(x); y = numeric(y); return x >>> y; }
            function inc(x) { x = numeric(x); return ++x; }
            function dec(x) { x = numeric(x); return --x; }
            function neg(x) { return -numeric(x); }
            function bitNot(x) { return ~numeric(x); }
            function toNumber(x) { return +primitive(x, "number"); }
            function toNumeric(x) { return numeric(x); }
            function toText(x) { return $toString(primitive(x, "string")); }
            function toKey(x) { return $toPropertyKey(primitive(x, "string")); }
            function less(x, y) { x = primitive(x, "number"); y = primitive(y, "number"); return x < y; }
            function greater(x, y) { x = primitive(x, "number"); y = primitive(y, "number"); return x > y; }
            function lessEqual(x, y) { x = primitive(x, "number"); y = primitive(y, "number"); return x <= y; }
            function greaterEqual(x, y) { x = primitive(x, "number"); y = primitive(y, "number"); return x >= y; }
            function equal(x, y) { return primitive(x, "default") == primitive(y, "default"); }
            function notEqual(x, y) { return primitive(x, "default") != primitive(y, "default"); }
            function lengthOf(o) { return $toLength(+o.length); }
            function getElement(o, k) { return o[toKey(k)]; }
            function method(x, k) { const f = x[k];
              if (f === undefined || f === null) return undefined;
              if (!$isCallable(f)) $typeError($describeSite(f) + " is not a function");
              return f; }
            function arraySpecies(o, n) {
              let C = undefined;
              if ($isArray(o)) {
                C = o.constructor;
                if ($isForeignArray(C)) C = undefined;
                if ($isObject(C)) { C = C[SPECIES]; if (C === null) C = undefined; } }
              if (C === undefined || C === $intrinsic(\(Intrinsic.array.rawValue))) {
                if (n > 4294967295) $rangeError("Invalid array length");
                return $arrayCreate(n); }
              if (!$isConstructor(C)) $typeError("object.constructor[Symbol.species] is not a constructor");
              return new C(n); }

            \(languageFunctions)
            function coerced(v, kind) {
              if (!$isObject(v) && typeof v !== "symbol" && !(kind === 2 && typeof v === "bigint")) return v;
              if (kind === 3) return primitive(v, "number");
              return kind === 1 ? $toString(primitive(v, "string")) : +primitive(v, "number"); }
            function coerceAll(list, kinds) {
              for (let k = 0; k < list.length; k++) { const kind = kinds >> (k < 14 ? 2 * k : 28) & 3; if (kind !== 0) list[k] = coerced(list[k], kind); } }
            function coerceAndCall(f, kinds, self, list) {
              if (kinds & 3) self = coerced(self, kinds & 3);
              coerceAll(list, kinds >> 2);
              return $apply(f, self, list); }
            function coerceAndConstruct(f, kinds, newTarget, list) {
              coerceAll(list, kinds >> 2);
              return $constructWith(f, list, newTarget); }
            function primitiveAndConstruct(f, newTarget, x) { return $constructWith(f, [primitive(x, "default")], newTarget); }

            function dateToJSON() {
              const time = primitive(this, "number");
              if (typeof time === "number" && time - time !== 0) return null;
              const f = this.toISOString;
              if (!$isCallable(f)) $typeError("toISOString is not a function");
              return $call(f, this); }
            function errorToString() {
              let name = this.name;
              name = name === undefined ? "Error" : toText(name);
              let message = this.message;
              message = message === undefined ? "" : toText(message);
              return name === "" ? message : message === "" ? name : name + ": " + message; }
            function tagged(name) { const tag = this[TAG]; return "[object " + (typeof tag === "string" ? tag : name) + "]"; }
            function sumPrecise(list) { const numbers = [];
              for (const x of list) {
                if (typeof x !== "number") $typeError($describe(x) + " is not a number");
                $append(numbers, x); }
              return $sumPrecise(numbers); }

            function element(x, isBig) { x = primitive(x, "number"); return isBig ? x : +x; }
            function listOf(list, f) { const values = [];
              const iterator = $call(f, list);
              if (!$isObject(iterator)) $typeError("Result of the Symbol.iterator method is not an object");
              const next = iterator.next;
              for (;;) { const result = $call(next, iterator);
                if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
                if (result.done) return values;
                $append(values, result.value); } }
            function typedConstruct(sample, list, f) {
              const values = f === undefined ? list : listOf(list, f), n = $lengthOf(values);
              const array = $typedSameType(sample, n), isBig = $typedIsBigInt(array), prototype = $plainPrototype(sample);
              if ($plainPrototype(array) !== prototype) $plainSetPrototype(array, prototype);
              for (let k = 0; k < n; k++) array[k] = element(values[k], isBig);
              return array; }
            function typedSetList(list, offset, room) {
              const n = $lengthOf(list), isBig = $typedIsBigInt(this);
              if (n + offset > room) $rangeError("offset is out of bounds");
              for (let k = 0; k < n; k++) this[offset + k] = element(list[k], isBig); }
            function typedStore(array, index, x) { array[index] = element(x, $typedIsBigInt(array)); }

            function closeQuietly(iterator) {
              try { const f = iterator.return; if (f !== undefined && f !== null) $call(f, iterator); } catch {} }
            async function asyncFromSyncNext(...list) {
              const iterator = $field(this, 0), result = $apply($field(this, 1), iterator, list);
              if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
              const done = !!result.done;
              let value = result.value;
              try { value = await value; } catch (error) { if (!done) closeQuietly(iterator); throw error; }
              return { value, done }; }
            async function asyncFromSyncReturn(...list) {
              const iterator = $field(this, 0), f = iterator.return;
              if (f === undefined || f === null) return { value: list[0], done: true };
              if (!$isCallable(f)) $typeError($describeSite(f) + " is not a function");
              const result = $apply(f, iterator, list);
              if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
              const done = !!result.done;
              return { value: await result.value, done }; }
            async function asyncFromSyncThrow(...list) {
              const iterator = $field(this, 0), f = iterator.throw;
              if (f === undefined || f === null) {
                const close = iterator.return;
                if (close !== undefined && close !== null) {
                  const result = $call(close, iterator);
                  if (!$isObject(result)) $typeError($describe(result) + " is not an object"); }
                $typeError("The iterator does not provide a 'throw' method."); }
              if (!$isCallable(f)) $typeError($describeSite(f) + " is not a function");
              const result = $apply(f, iterator, list);
              if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
              const done = !!result.done;
              let value = result.value;
              try { value = await value; } catch (error) { if (!done) closeQuietly(iterator); throw error; }
              return { value, done }; }

            function revoked(name) { $typeError("Cannot perform '" + name + "' on a proxy that has been revoked"); }
            function notCallable(trap, name, handler) {
              $typeError("'" + $describe(trap) + "' returned for property '" + name + "' of object '" + $describe(handler) + "' is not a function"); }
            function proxyGet(key, receiver) {
              const handler = $field(this, 1);
              if (!$isObject(handler)) revoked("get");
              const target = $field(this, 0), trap = handler.get;
              if (trap === undefined || trap === null) return $getFrom(target, key, receiver);
              if (!$isCallable(trap)) notCallable(trap, "get", handler);
              const value = $call(trap, handler, target, key, receiver);
              $proxyGotten(target, key, value);
              return value; }
            function proxySet(key, value, receiver, isStrict) {
              const handler = $field(this, 1);
              if (!$isObject(handler)) revoked("set");
              const target = $field(this, 0), trap = handler.set;
              let done;
              if (trap === undefined || trap === null) done = $setOn(target, key, value, receiver);
              else {
                if (!$isCallable(trap)) notCallable(trap, "set", handler);
                done = !!$call(trap, handler, target, key, value, receiver);
                if (done) $proxyAssigned(target, key, value); }
              if (!done && isStrict) $cannotAssign(receiver, key);
              return done; }
            function proxyHas(key) {
              const handler = $field(this, 1);
              if (!$isObject(handler)) revoked("has");
              const target = $field(this, 0), trap = handler.has;
              if (trap === undefined || trap === null) return key in target;
              if (!$isCallable(trap)) notCallable(trap, "has", handler);
              const found = !!$call(trap, handler, target, key);
              if (!found) $proxyHidden(target, key);
              return found; }
            function proxyDelete(key, isStrict) {
              const handler = $field(this, 1);
              if (!$isObject(handler)) revoked("deleteProperty");
              const target = $field(this, 0), trap = handler.deleteProperty;
              let done;
              if (trap === undefined || trap === null) done = $tryDelete(target, key);
              else {
                if (!$isCallable(trap)) notCallable(trap, "deleteProperty", handler);
                done = !!$call(trap, handler, target, key);
                if (done) $proxyDeleted(target, key); }
              if (!done && isStrict) $cannotDelete(this, key);
              return done; }
            function proxyConstruct(trap, handler, target, list, newTarget) {
              const result = $call(trap, handler, target, list, newTarget);
              if (!$isObject(result)) $typeError("'construct' on proxy: trap returned non-object ('" + $describe(result) + "')");
              return result; }
            """ + libraryFunctions)
}

extension SelfHostedSource {
    /// The functions of a source in a realm, as a list cell.
    func functions(_ machine: Machine, _ realm: UInt32) throws(Thrown) -> Value {
        let script: ScriptTemplate
        do {
            script = try template()
        } catch {
            // The sources are constants of the engine; a test compiles them all.
            throw machine.syntaxError("builtin: \(error)")
        }
        let array = try machine.run(script, realm: realm)
        var values: [Value] = []
        for index in functions.indices {
            values.append(try machine.get(array.offset, PropertyKey(index: UInt32(truncatingIfNeeded: index))))
        }
        return try machine.list(of: values)
    }
}
