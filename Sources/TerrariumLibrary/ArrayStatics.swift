import TerrariumEngine

/// Array.from and Array.fromAsync (ECMA-262 §23.1.2).
extension SelfHostedSource {
    static let arrayStatics = SelfHostedSource(
        name: "arrayStatics", functions: [Function("from", 1), Function("fromAsync", 1)],
        text: """
            function closeQuietly(iterator) { try { const f = $getMethod(iterator, "return");
              if (f !== undefined) $call(f, iterator); } catch (error) { } }
            function notFunction(f) { $typeError($describe(f) + " is not a function"); }
            function from(items, f, t) {
              const C = this;
              if (f !== undefined && !$isCallable(f)) notFunction(f);
              if ($iteratesFast(items)) {
                if (C === $intrinsic(\(Intrinsic.array.rawValue))) { const a = []; let k = 0;
                  if (f === undefined) for (const v of items) $append(a, v);
                  else for (const v of items) $append(a, $call(f, t, v, k++));
                  return a; }
              }
              const method = $getMethod(items, $symbol(\(WellKnownSymbol.iterator.rawValue)));
              if (method === undefined) {
                const o = $toObject(items), n = $lengthOf(o), a = $isConstructor(C) ? new C(n) : $arrayCreate(n);
                for (let k = 0; k < n; k++) { const v = o[k]; $createDataProperty(a, k, f === undefined ? v : $call(f, t, v, k)); }
                a.length = n;
                return a; }
              const a = $isConstructor(C) ? new C() : [], iterator = $call(method, items);
              if (!$isObject(iterator)) $typeError("Result of the Symbol.iterator method is not an object");
              const next = iterator.next, DONE = $intrinsic(\(Intrinsic.stepDone.rawValue)), OTHER = $intrinsic(\(Intrinsic.stepOther.rawValue));
              for (let k = 0; ; k++) { let v = $step(iterator, next);
                if (v === OTHER) { const result = $call(next, iterator);
                  if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
                  v = result.done ? DONE : result.value; }
                if (v === DONE) { a.length = k; return a; }
                try { $createDataProperty(a, k, f === undefined ? v : $call(f, t, v, k)); }
                catch (error) { closeQuietly(iterator); throw error; } } }
            async function fromAsync(items, f, t) {
              const C = this;
              if (f !== undefined && !$isCallable(f)) notFunction(f);
              const asyncMethod = $getMethod(items, $symbol(\(WellKnownSymbol.asyncIterator.rawValue)));
              const method = asyncMethod === undefined ? $getMethod(items, $symbol(\(WellKnownSymbol.iterator.rawValue))) : asyncMethod;
              if (method === undefined) {
                const o = $toObject(items), n = $lengthOf(o), a = $isConstructor(C) ? new C(n) : $arrayCreate(n);
                for (let k = 0; k < n; k++) { let v = await o[k];
                  if (f !== undefined) v = await $call(f, t, v, k);
                  $createDataProperty(a, k, v); }
                a.length = n;
                return a; }
              const a = $isConstructor(C) ? new C() : []; let iterator = $call(method, items);
              if (!$isObject(iterator)) $typeError("Result of the Symbol.iterator method is not an object");
              let next = iterator.next;
              if (asyncMethod === undefined) { iterator = $asyncFromSync(iterator, next); next = iterator.next; }
              for (let k = 0; ; k++) { const result = await $call(next, iterator);
                if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
                if (result.done) { a.length = k; return a; }
                let v = result.value;
                try {
                  if (f !== undefined) v = await $call(f, t, v, k);
                  $createDataProperty(a, k, v);
                } catch (error) {
                  try { const close = $getMethod(iterator, "return"); if (close !== undefined) await $call(close, iterator); } catch (ignored) { }
                  throw error; } } }
            """)
}
