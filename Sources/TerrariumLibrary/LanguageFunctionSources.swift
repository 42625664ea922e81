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
            function setGlobal(o, key, value) {
              if (!(key in o)) $referenceError(key + " is not defined");
              if (!$setOn(o, key, value, o)) $cannotAssign(o, key); }
            function arrayLength(x) {
              const n = +primitive(x, "number") >>> 0;
              if (n !== +primitive(x, "number")) $rangeError("Invalid array length");
              return n; }
            function setLength(array, x, isStrict) {
              const done = $setOn(array, "length", arrayLength(x), array);
              if (!done && isStrict) $cannotAssign(array, "length");
              return done; }
            function setElement(o, key, value, isStrict) { key = toKey(key);
              if (!$setOn($toObject(o), key, value, o) && isStrict) $cannotAssign(o, key); }
            function hasKey(key, o) { return toKey(key) in o; }
            function deleteKey(o, key, isStrict) { o = $toObject(o); key = toKey(key);
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
            function settleSteps() { const generator = this[0];
              for (let step = this[2]; step !== undefined;) {
                if (step.length === 3) {
                  resolveWith(step[0], step[1]);
                  step = step[2] ? $drainGenerator(generator) : undefined;
                  continue; }
                let promise, thrown;
                try { promise = promiseOf(PROMISE, step[0]); } catch (error) { thrown = error; }
                step = $drainGenerator(generator, promise, thrown); }
              return this[1]; }
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
            function importParts(specifier, options) {
              try {
                const text = $toString(specifier);
                if (options === undefined) return [text, undefined];
                if (!$isObject(options)) $typeError("The second argument of import() must be an object");
                const attributes = options.with;
                if (attributes === undefined) return [text, undefined];
                if (!$isObject(attributes)) $typeError("The 'with' option must be an object");
                const list = enumerable(attributes, (o, key) => [key, o[key]]);
                let type, unknown;
                for (let k = 0; k < list.length; k++) { const key = list[k][0], value = list[k][1];
                  if (typeof value !== "string") $typeError("Import attribute value must be a string");
                  if (key === "type") type = value; else unknown = key; }
                if (unknown !== undefined) $typeError("Import attribute '" + unknown + "' is not supported");
                return [text, type];
              } catch (error) { return [undefined, error]; } }
            function cloneInFrames(f, start) { const copies = $newTable(true), MARK = $intrinsic(\(Intrinsic.stepDone.rawValue));
              function clone(x) {
                if ($tableHas(copies, x)) return $tableGet(copies, x);
                const copy = $call(f, undefined, x, MARK, copies);
                if (!$isObject(x)) return copy;
                $tableSet(copies, x, copy);
                if ($hasKind(x, \(CellKind.map)) || $hasKind(x, \(CellKind.set))) cloneEntries(x, copy, $hasKind(x, \(CellKind.map)));
                else if ($hasKind(x, \(CellKind.error))) cloneNamed(x, copy);
                else if ($hasKind(x, \(CellKind.object)) || $hasKind(x, \(CellKind.array)) || $hasKind(x, \(CellKind.arguments))
                  || $hasKind(x, \(CellKind.mappedArguments))) cloneProperties(x, copy);
                return copy; }
              function cloneEntries(x, copy, isMap) { const list = [], cursor = $tableCursor(x);
                while ($tableNext(x, cursor)) { $append(list, cursor[0]); $append(list, cursor[1]); }
                for (let k = 0; k < list.length; k += 2) { const key = clone(list[k]);
                  $tableSet(copy, key, isMap ? clone(list[k + 1]) : key); } }
              function cloneNamed(x, copy) { const names = ["message", "stack", "cause"];
                for (let k = 0; k < 3; k++) { const d = $plainOwn(x, names[k]);
                  if (d !== undefined && "value" in d) defineHidden(copy, names[k], clone(d.value)); } }
              function cloneProperties(x, copy) { const keys = enumerable(x, (o, key) => key);
                for (let k = 0; k < keys.length; k++)
                  if ($plainOwn(x, keys[k]) !== undefined) $createDataProperty(copy, keys[k], clone(x[keys[k]])); }
              return clone(start); }
            function setStack(o, value) { if (ownOf(o, "stack") === undefined) defineField(o, "stack", value); else o.stack = value; }

            """

    /// Evaluation of modules (`ModuleFunction`).
    static let moduleFunctions = SelfHostedSource(
        name: "moduleFunctions", functions: ModuleFunction.allCases.map { Function("\($0)", 0) },
        text: """
            function evaluateModules(start, imported, promise) {
              const state = { __proto__: null, order: 0, count: 0, stack: [] };
              try { evaluateModule(start, state); $module(\(ModuleStep.ended.rawValue), start); }
              catch (error) {
                for (let k = 0; k < state.count; k++) $module(\(ModuleStep.failed.rawValue), state.stack[k], error);
                $module(\(ModuleStep.rejected.rawValue), start, error); }
              if (promise !== undefined) $module(\(ModuleStep.imported.rawValue), imported, promise); }
            function evaluateModule(m, state) {
              const required = $module(\(ModuleStep.enter.rawValue), m, state.order);
              if (required === undefined) return;
              state.order++;
              $createDataProperty(state.stack, state.count++, m);
              for (let k = 0; k < required.length; k++) {
                evaluateModule(required[k], state);
                $module(\(ModuleStep.required.rawValue), m, required[k]); }
              runModule(m, $module(\(ModuleStep.body.rawValue), m));
              if ($module(\(ModuleStep.isRoot.rawValue), m)) for (let done; done !== m;) { done = state.stack[--state.count]; $module(\(ModuleStep.done.rawValue), done, m); } }
            function runModule(m, body) { if (body !== undefined) { const result = $call(body, undefined); $module(\(ModuleStep.ran.rawValue), m, result); } }
            function moduleFulfilled(m) {
              const ready = $module(\(ModuleStep.fulfilled.rawValue), m);
              if (ready === undefined) return;
              for (let k = 0; k < ready.length; k++) { const body = $module(\(ModuleStep.ancestor.rawValue), ready[k]);
                if (body === undefined) continue;
                try { runModule(ready[k], body); } catch (error) { $module(\(ModuleStep.thrown.rawValue), ready[k], error); continue; }
                $module(\(ModuleStep.completed.rawValue), ready[k]); } }
            """)
}
