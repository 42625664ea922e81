import TerrariumEngine

/// Iterator, its helpers and wrappers (ECMA-262 §27.1.2 to §27.1.4).
extension RealmBuilder {
    func buildIteratorConstructor() throws(Thrown) {
        let prototype = intrinsic(.iteratorPrototype)
        let iterator = try function(
            Builtin("Iterator", 0) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Constructor Iterator requires 'new'") }
                if call.newTarget == call.callee {
                    throw machine.typeError("Abstract class Iterator not directly constructable")
                }
                return try machine.makeObject(
                    prototype: try machine.prototypeFromConstructor(call.newTarget, .iteratorPrototype))
            }, isConstructor: true)
        setIntrinsic(.iterator, iterator)
        try define(intrinsic(.global), "Iterator", Value(object: iterator))
        try define(iterator, "prototype", Value(object: prototype), attributes: Attribute.none)
        let tag = try machine.makeString("Iterator")
        try weirdAccessor("constructor", "constructor", Value(object: iterator))
        try weirdAccessor("@@toStringTag", "[Symbol.toStringTag]", tag)
        let statics = try standIns(.iteratorStatics)
        for (function, object) in zip(SelfHostedSource.iteratorStatics.functions, statics) {
            try installFunction(function.name, Value(object: object), on: iterator)
        }
        try install(.iteratorMethods, on: prototype)

        let helper = try object(prototype: .iteratorPrototype)
        setIntrinsic(.iteratorHelperPrototype, helper)
        try install(.iteratorHelper, on: helper)
        try define(helper, "@@toStringTag", try machine.makeString("Iterator Helper"), attributes: Attribute.configurable)
        let wrapper = try object(prototype: .iteratorPrototype)
        setIntrinsic(.wrapForValidIteratorPrototype, wrapper)
        try install(.wrappedIterator, on: wrapper)
        try install(.asyncIterator, on: intrinsic(.asyncIteratorPrototype))
    }

    /// SetterThatIgnoresPrototypeProperties: an accessor that looks like a data property of %Iterator.prototype%.
    private func weirdAccessor(_ name: String, _ displayName: String, _ value: Value) throws(Thrown) {
        let prototype = Value(object: intrinsic(.iteratorPrototype))
        let key = self.key(name)
        let isConstructor = name == "constructor"
        let getter = try function(Builtin("get \(displayName)", 0) { (machine, _) throws(Thrown) in
            isConstructor ? machine.intrinsic(.iterator) : try machine.makeString("Iterator")
        })
        let setter = try function(Builtin("set \(displayName)", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("Iterator.prototype setter called on non-object") }
            let key = isConstructor ? machine.key(.constructor) : machine.symbolKey(.toStringTag)
            if call.this == machine.intrinsic(.iteratorPrototype) {
                throw machine.typeError("Cannot assign to read only property '\(machine.describe(key))' of object '[object Iterator]'")
            }
            if !machine.isProxy(call.this) {
                if try machine.getOwnProperty(call.this.offset, key) == nil {
                    try machine.createDataPropertyOrThrow(call.this.offset, key, call[0])
                    return .undefined
                }
                if let done = try machine.setWithoutGuestCode(call.this.offset, key, call[0], receiver: call.this), done {
                    return .undefined
                }
            }
            return try machine.goOn(call, generic: .setOwn, [call.this, try machine.keyValue(key), call[0]])
        })
        _ = try machine.defineOwnProperty(
            prototype.offset, key,
            PropertyDescriptor(
                getter: Value(object: getter), setter: Value(object: setter), enumerable: false, configurable: true))
    }
}

extension SelfHostedSource {
    /// Parts that the sources below share. `step` returns the next value, or DONE.
    private static let iteration = """
        const DONE = $intrinsic(\(Intrinsic.stepDone.rawValue)), OTHER = $intrinsic(\(Intrinsic.stepOther.rawValue));
        function step(iterator, next) { const value = $step(iterator, next);
          if (value !== OTHER) return value;
          const result = $call(next, iterator);
          if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
          return result.done ? DONE : result.value; }
        function skip(iterator, next) { const result = $call(next, iterator);
          if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
          return !!result.done; }
        function close(iterator) { const f = $getMethod(iterator, "return");
          if (f !== undefined) { const result = $call(f, iterator);
            if (!$isObject(result)) $typeError($describe(result) + " is not an object"); } }
        function closeQuietly(iterator) { try { const f = $getMethod(iterator, "return");
          if (f !== undefined) $call(f, iterator); } catch (error) { } }

        """

    static let iteratorStatics = SelfHostedSource(
        name: "iteratorStatics", functions: [Function("from", 1), Function("concat", 0)],
        text: """
            function from(x) {
              const isString = typeof x === "string";
              if (!isString && !$isObject(x)) $typeError($describe(x) + " is not an object");
              const method = $getMethod(x, $symbol(\(WellKnownSymbol.iterator.rawValue)));
              const iterator = method === undefined ? x : $call(method, x);
              if (!$isObject(iterator)) $typeError("Result of the Symbol.iterator method is not an object");
              const next = iterator.next;
              if ($inherits(iterator, $intrinsic(\(Intrinsic.iterator.rawValue)))) return iterator;
              return $wrapIterator(iterator, next); }
            function concat(...items) {
              const sources = [];
              for (let k = 0; k < items.length; k++) { const item = items[k];
                if (!$isObject(item)) $typeError($describe(item) + " is not an object");
                const method = $getMethod(item, $symbol(\(WellKnownSymbol.iterator.rawValue)));
                if (method === undefined) $typeError($describe(item) + " is not iterable");
                $append(sources, item); $append(sources, method); }
              return $iteratorHelper([0, 6, undefined, undefined, sources, 0, undefined, undefined]); }
            """)

    static let iteratorMethods = SelfHostedSource(
        name: "iteratorMethods",
        functions: [
            Function("map", 1), Function("filter", 1), Function("take", 1), Function("drop", 1), Function("flatMap", 1),
            Function("reduce", 1), Function("toArray", 0), Function("forEach", 1), Function("some", 1), Function("every", 1),
            Function("find", 1), Function("includes", 1), Function("join", 1), Function("chunks", 1), Function("windows", 1),
            Function("@@dispose", 0, "_dispose"),
        ],
        text: iteration + """
            function object(x, name) { if (!$isObject(x)) $typeError("Iterator.prototype." + name + " called on non-object"); }
            function callable(iterator, f) { if (!$isCallable(f)) { closeQuietly(iterator); $typeError($describe(f) + " is not a function"); } }
            function limit(iterator, x) { let number;
              try { number = $toNumber(x); } catch (error) { closeQuietly(iterator); throw error; }
              if (number !== number || (number > 9007199254740991 && number < Infinity)) { closeQuietly(iterator); $rangeError($describe(x) + " must be positive"); }
              number = $toIntegerOrInfinity(number);
              if (number < 0) { closeQuietly(iterator); $rangeError($describe(x) + " must be positive"); }
              return number; }
            function map(f) { object(this, "map"); callable(this, f); return $iteratorHelper([0, 1, this, this.next, f, 0, undefined, undefined]); }
            function filter(f) { object(this, "filter"); callable(this, f); return $iteratorHelper([0, 2, this, this.next, f, 0, undefined, undefined]); }
            function take(x) { object(this, "take"); const n = limit(this, x); return $iteratorHelper([0, 3, this, this.next, n, 0, undefined, undefined]); }
            function drop(x) { object(this, "drop"); const n = limit(this, x); return $iteratorHelper([0, 4, this, this.next, n, 0, undefined, undefined]); }
            function flatMap(f) { object(this, "flatMap"); callable(this, f); return $iteratorHelper([0, 5, this, this.next, f, 0, undefined, undefined]); }
            function reduce(f, ...rest) {
              object(this, "reduce"); callable(this, f);
              const next = this.next; let accumulator, count = 0, value;
              if (rest.length > 0) accumulator = rest[0];
              else { accumulator = step(this, next);
                if (accumulator === DONE) $typeError("Reduce of a done iterator with no initial value");
                count = 1; }
              while ((value = step(this, next)) !== DONE) {
                try { accumulator = f(accumulator, value, count); } catch (error) { closeQuietly(this); throw error; }
                count++; }
              return accumulator; }
            function toArray() { object(this, "toArray");
              const next = this.next, values = []; let value;
              while ((value = step(this, next)) !== DONE) $append(values, value);
              return values; }
            function forEach(f) { object(this, "forEach"); callable(this, f);
              const next = this.next; let count = 0, value;
              while ((value = step(this, next)) !== DONE) {
                try { f(value, count); } catch (error) { closeQuietly(this); throw error; }
                count++; } }
            function some(f) { object(this, "some"); callable(this, f);
              const next = this.next; let count = 0, value, found;
              while ((value = step(this, next)) !== DONE) {
                try { found = f(value, count); } catch (error) { closeQuietly(this); throw error; }
                if (found) { close(this); return true; }
                count++; }
              return false; }
            function every(f) { object(this, "every"); callable(this, f);
              const next = this.next; let count = 0, value, found;
              while ((value = step(this, next)) !== DONE) {
                try { found = f(value, count); } catch (error) { closeQuietly(this); throw error; }
                if (!found) { close(this); return false; }
                count++; }
              return true; }
            function find(f) { object(this, "find"); callable(this, f);
              const next = this.next; let count = 0, value, found;
              while ((value = step(this, next)) !== DONE) {
                try { found = f(value, count); } catch (error) { closeQuietly(this); throw error; }
                if (found) { close(this); return value; }
                count++; } }
            function includes(x, skipped) {
              object(this, "includes");
              if (skipped === undefined) skipped = 0;
              else if (typeof skipped !== "number" || skipped !== $toIntegerOrInfinity(skipped)) {
                closeQuietly(this); $typeError($describe(skipped) + " is not an integral number"); }
              if (skipped < 0 || (skipped > 9007199254740991 && skipped < Infinity)) {
                closeQuietly(this); $rangeError($describe(skipped) + " must be a safe positive integer"); }
              const next = this.next; let value;
              while ((value = step(this, next)) !== DONE) {
                if (skipped > 0) skipped--;
                else if (value === x || (value !== value && x !== x)) { close(this); return true; } }
              return false; }
            function join(separator) {
              object(this, "join");
              if (separator === undefined) separator = ",";
              else try { separator = $toString(separator); } catch (error) { closeQuietly(this); throw error; }
              const next = this.next; let text = "", isFirst = true, value;
              while ((value = step(this, next)) !== DONE) {
                if (isFirst) isFirst = false; else text += separator;
                if (value !== undefined && value !== null)
                  try { text += $toString(value); } catch (error) { closeQuietly(this); throw error; } }
              return text; }
            function size(iterator, n) {
              if (typeof n !== "number" || n !== $toIntegerOrInfinity(n) || n === Infinity || n === -Infinity) {
                closeQuietly(iterator); $typeError($describe(n) + " is not an integral number"); }
              if (n < 1 || n > 4294967295) { closeQuietly(iterator); $rangeError($describe(n) + " must be between 1 and 4294967295"); } }
            function chunks(n) { object(this, "chunks"); size(this, n); return $iteratorHelper([0, 7, this, this.next, n, 0, undefined, undefined]); }
            function windows(n, undersized) { object(this, "windows"); size(this, n);
              if (undersized !== undefined && undersized !== "only-full" && undersized !== "allow-partial") {
                closeQuietly(this); $typeError($describe(undersized) + " is neither 'only-full' nor 'allow-partial'"); }
              return $iteratorHelper([0, 8, this, this.next, n, [], undefined, undersized === "allow-partial"]); }
            function _dispose() { const f = $getMethod(this, "return"); if (f !== undefined) $call(f, this); }
            """)

    /// %IteratorHelperPrototype%. The one field of a helper is an array: state (0 not started, 1 suspended, 2 running, 3 done), what it does
    /// (1 map, 2 filter, 3 take, 4 drop, 5 flatMap, 6 concat, 7 chunks, 8 windows, 9 nothing more), iterator, its `next`,
    /// function or limit, counter (windows: the last values), inner iterator, its `next` (windows: whether a partial one counts).
    static let iteratorHelper = SelfHostedSource(
        name: "iteratorHelper", functions: [Function("next", 0), Function("return", 0, "_return")],
        text: iteration + """
            function incompatible(x, name) { $typeError("Iterator Helper.prototype." + name + " called on incompatible receiver " + $describe(x)); }
            function next() {
              const h = $fieldOf(this, \(CellKind.iteratorHelper), 0);
              if (h === undefined) incompatible(this, "next");
              const state = h[0];
              if (state === 2) $typeError("Generator is already running");
              if (state === 3) return { value: undefined, done: true };
              h[0] = 2;
              let result;
              try { result = advance(h); } catch (error) { h[0] = 3; throw error; }
              if (result !== undefined) { h[0] = 1; return result; }
              h[0] = 3;
              return { value: undefined, done: true }; }
            function advance(h) {
              const iterator = h[2], next = h[3];
              switch (h[1]) {
              case 1: { const value = step(iterator, next);
                if (value === DONE) return;
                const count = h[5], f = h[4]; let mapped;
                h[5] = count + 1;
                try { mapped = f(value, count); } catch (error) { closeQuietly(iterator); throw error; }
                return { value: mapped, done: false }; }
              case 2: for (;;) { const value = step(iterator, next);
                if (value === DONE) return;
                const count = h[5], f = h[4]; let found;
                h[5] = count + 1;
                try { found = f(value, count); } catch (error) { closeQuietly(iterator); throw error; }
                if (found) return { value, done: false }; }
              case 3: { const rest = h[4];
                if (rest === 0) { close(iterator); return; }
                h[4] = rest - 1;
                return taken(step(iterator, next)); }
              case 4: { let rest = h[4];
                h[4] = 0;
                for (; rest > 0; rest--) if (skip(iterator, next)) return;
                return taken(step(iterator, next)); }
              case 5: return flat(h, iterator, next);
              case 6: return concatenated(h);
              case 7: return chunk(h, iterator, next);
              case 8: return slide(h, iterator, next); } }
            function chunk(h, iterator, next) {
              const n = h[4], values = [];
              for (;;) { const value = step(iterator, next);
                if (value === DONE) { h[1] = 9; return values.length === 0 ? undefined : { value: values, done: false }; }
                $append(values, value);
                if (values.length === n) return { value: values, done: false }; } }
            function slide(h, iterator, next) {
              const n = h[4], last = h[5];
              for (;;) { const value = step(iterator, next);
                if (value === DONE) { h[1] = 9;
                  return h[7] && last.length !== 0 && last.length < n ? { value: last, done: false } : undefined; }
                if (last.length < n) {
                  $append(last, value);
                  if (last.length < n) continue;
                } else {
                  for (let k = 1; k < n; k++) last[k - 1] = last[k];
                  last[n - 1] = value; }
                const values = [];
                for (let k = 0; k < n; k++) $append(values, last[k]);
                return { value: values, done: false }; } }
            function taken(value) { return value === DONE ? undefined : { value, done: false }; }
            function flat(h, iterator, next) {
              for (;;) { let inner = h[6];
                if (inner === undefined) { const value = step(iterator, next);
                  if (value === DONE) return;
                  const count = h[5], f = h[4];
                  h[5] = count + 1;
                  try { const mapped = f(value, count);
                    if (!$isObject(mapped)) $typeError($describe(mapped) + " is not an object");
                    const method = $getMethod(mapped, $symbol(\(WellKnownSymbol.iterator.rawValue)));
                    inner = method === undefined ? mapped : $call(method, mapped);
                    if (!$isObject(inner)) $typeError("Result of the Symbol.iterator method is not an object");
                    h[7] = inner.next;
                  } catch (error) { closeQuietly(iterator); throw error; }
                  h[6] = inner; }
                try { const result = taken(step(inner, h[7]));
                  if (result !== undefined) return result;
                } catch (error) { closeQuietly(iterator); throw error; }
                h[6] = undefined; } }
            function concatenated(h) {
              const sources = h[4];
              for (;;) { let inner = h[6];
                if (inner === undefined) { const index = h[5];
                  if (index >= sources.length) return;
                  inner = $call(sources[index + 1], sources[index]);
                  if (!$isObject(inner)) $typeError("Result of the Symbol.iterator method is not an object");
                  h[7] = inner.next;
                  h[5] = index + 2;
                  h[6] = inner; }
                const result = taken(step(inner, h[7]));
                if (result !== undefined) return result;
                h[6] = undefined; } }
            function _return() {
              const h = $fieldOf(this, \(CellKind.iteratorHelper), 0);
              if (h === undefined) incompatible(this, "return");
              const state = h[0], kind = h[1], iterator = h[2], inner = h[6];
              if (state === 2) $typeError("Generator is already running");
              if (state === 0) { h[0] = 3; if (kind !== 6) close(iterator); }
              if (state === 1 && kind === 9) h[0] = 3;
              else if (state === 1) { h[0] = 2;
                try {
                  if (kind === 6) close(inner);
                  else {
                    if (inner !== undefined) try { close(inner); } catch (error) { closeQuietly(iterator); throw error; }
                    close(iterator); }
                } finally { h[0] = 3; } }
              return { value: undefined, done: true }; }
            """)

    /// %WrapForValidIteratorPrototype%. Fields: iterator, its `next`.
    static let wrappedIterator = SelfHostedSource(
        name: "wrappedIterator", functions: [Function("next", 0), Function("return", 0, "_return")],
        text: """
            function check(x, name) { if (!$hasKind(x, \(CellKind.wrappedIterator)))
              $typeError("%WrapForValidIteratorPrototype%." + name + " called on incompatible receiver " + $describe(x)); }
            function next() { check(this, "next"); return $call($field(this, 1), $field(this, 0)); }
            function _return() { check(this, "return");
              const iterator = $field(this, 0), f = $getMethod(iterator, "return");
              return f === undefined ? { value: undefined, done: true } : $call(f, iterator); }
            """)

    static let asyncIterator = SelfHostedSource(
        name: "asyncIterator", functions: [Function("@@asyncDispose", 0, "_dispose")],
        text: """
            async function _dispose() { const f = $getMethod(this, "return"); if (f !== undefined) await $call(f, this); }
            """)
}
