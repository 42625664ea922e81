import TerrariumEngine

/// The part of the engine functions (`EngineFunctionSources`) that belongs to the language and to promises.
extension SelfHostedSource {
    static let languageFunctions = """
            const PROMISE = $intrinsic(\(Intrinsic.promise.rawValue)), NO_ERRORS = $intrinsic(\(Intrinsic.stepDone.rawValue));
            const UNSCOPABLES = $symbol(\(WellKnownSymbol.unscopables.rawValue));
            const DISPOSE = $symbol(\(WellKnownSymbol.dispose.rawValue)), ASYNC_DISPOSE = $symbol(\(WellKnownSymbol.asyncDispose.rawValue));
            function withPrototype(f, newTarget, list) {
              const prototype = newTarget.prototype;
              return $constructWith(f, list, $newTarget(newTarget, prototype)); }
            function heritage(C) { return $newTarget(C, C.prototype); }
            function hasBinding(o, key, hides) {
              if (!(key in o)) return false;
              if (!hides) return true;
              const hidden = o[UNSCOPABLES];
              return !($isObject(hidden) && hidden[key]); }
            function arrayLength(x) {
              const n = +primitive(x, "number") >>> 0;
              if (n !== +primitive(x, "number")) $rangeError("Invalid array length");
              return n; }
            function setLength(array, x, isStrict) {
              const done = $setOn(array, "length", arrayLength(x), array);
              if (!done && isStrict) $cannotAssign(array, "length");
              return done; }
            function setElement(o, key, value, isStrict) { key = toKey(key);
              if (!$setOn(o, key, value, o) && isStrict) $cannotAssign(o, key); }
            function hasKey(key, o) { return toKey(key) in o; }
            function deleteKey(o, key, isStrict) { key = toKey(key);
              const done = $tryDelete(o, key);
              if (!done && isStrict) $cannotDelete(o, key);
              return done; }
            function superGet(parent, key, receiver) { return $getFrom(parent, toKey(key), receiver); }
            function superSet(parent, key, value, isStrict) { key = toKey(key);
              if (!$setOn(parent, key, value, this) && isStrict) $cannotAssign(this, key); }
            function addResource(list, value, isAsync) { let f, hint = isAsync ? 1 : 0;
              if (isAsync) f = method(value, ASYNC_DISPOSE);
              if (f === undefined) { f = method(value, DISPOSE); if (isAsync) hint = 2; }
              if (f === undefined) $typeError("Property [Symbol." + (isAsync ? "asyncDispose" : "dispose") + "] is not a function");
              const first = 2 + list[1] * 3;
              $createDataProperty(list, first, value); $createDataProperty(list, first + 1, f); $createDataProperty(list, first + 2, hint);
              list[1]++; }

            function species(o, fallback) {
              const C = o.constructor;
              if (C === undefined) return fallback;
              if (!$isObject(C)) $typeError("The .constructor property is not an object");
              const S = C[SPECIES];
              if (S === undefined || S === null) return fallback;
              if (!$isConstructor(S)) $typeError("object.constructor[Symbol.species] is not a constructor");
              return S; }
            function capability(C) {
              if (C === PROMISE) return $newCapability(C);
              if (!$isConstructor(C)) $typeError($describe(C) + " is not a constructor");
              const executor = $capabilityExecutor(), promise = new C(executor);
              return $capabilityOf(executor, promise); }
            function resolveWith(promise, value) { let then;
              try { then = value.then; } catch (error) { $rejectPromise(promise, error); return; }
              $resolveThen(promise, value, then); }
            function resolveAndReturn(promise, value) { resolveWith(promise, value); return promise; }
            function promiseOf(C, x) {
              if ($hasKind(x, \(CellKind.promise)) && x.constructor === C) return x;
              if (C === PROMISE) { const promise = $newPromise();
                if ($isObject(x)) resolveWith(promise, x); else $resolveThen(promise, x, undefined);
                return promise; }
              const made = capability(C), resolve = made[1];
              $call(resolve, undefined, x);
              return made[0]; }
            function promiseThen(onFulfilled, onRejected) {
              const C = species(this, PROMISE);
              if (C === PROMISE) { const promise = $newPromise();
                $performThen(this, onFulfilled, onRejected, promise, undefined);
                return promise; }
              const made = capability(C);
              $performThen(this, onFulfilled, onRejected, made[1], made[2]);
              return made[0]; }
            function promiseReject(x) { const made = capability(this), reject = made[2]; $call(reject, undefined, x); return made[0]; }
            function promiseResolvers() { const made = capability(this);
              return { promise: made[0], resolve: made[1], reject: made[2] }; }

            function errorParts(f, newTarget, list, place) {
              const options = list[place];
              if ($isObject(options)) list[place] = "cause" in options ? { __proto__: null, cause: options.cause } : undefined;
              let errors;
              if (place === 2) {
                errors = [];
                for (const error of list[0]) $append(errors, error);
                list[0] = NO_ERRORS; }
              const error = newTarget === undefined ? $apply(f, undefined, list) : $constructWith(f, list, newTarget);
              if (errors !== undefined) $plainDefine(error, "errors", { __proto__: null, value: errors, writable: true, enumerable: false, configurable: true });
              return error; }
            function rawText(strings, ...list) {
              const cooked = $toObject(strings), raw = $toObject(cooked.raw), n = $lengthOf(raw);
              let text = "";
              for (let k = 0; k < n; k++) {
                text += toText(raw[k]);
                if (k + 1 < n && k < list.length) text += toText(list[k]); }
              return text; }

            """

    /// As above, for the source of the functions for any object.
    static let languageObjectFunctions = """
            function defineField(o, key, value) { defineOrThrow(o, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true }); }
            function defineHidden(o, key, value) { defineOrThrow(o, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true }); }
            function setStack(o, value) { if (ownOf(o, "stack") === undefined) defineField(o, "stack", value); else o.stack = value; }

            """
}
