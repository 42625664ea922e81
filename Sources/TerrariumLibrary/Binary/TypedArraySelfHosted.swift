import TerrariumEngine

/// Methods of typed arrays that call back into the guest.
extension SelfHostedSource {
    private static let validation = """
        function callable(f) { if (!$isCallable(f)) $typeError($describe(f) + " is not a function"); }

        """

    static let typedArrayCallbacks = SelfHostedSource(
        name: "typedArrayCallbacks",
        functions: [
            Function("forEach", 1), Function("map", 1), Function("filter", 1), Function("some", 1), Function("every", 1),
            Function("find", 1), Function("findIndex", 1), Function("findLast", 1), Function("findLastIndex", 1),
            Function("reduce", 1), Function("reduceRight", 1), Function("sort", 1), Function("toSorted", 1),
            Function("toLocaleString", 0),
        ],
        text: validation + """
            function forEach(f, t) { const o = this, n = $typedLength(o, "forEach"); callable(f);
              for (let k = 0; k < n; k++) $call(f, t, o[k], k, o); }
            function map(f, t) { const o = this, n = $typedLength(o, "map"); callable(f);
              const a = $typedSpeciesCreate(o, n);
              for (let k = 0; k < n; k++) { const v = $call(f, t, o[k], k, o); a[k] = v; }
              return a; }
            function filter(f, t) { const o = this, n = $typedLength(o, "filter"); callable(f);
              const kept = []; let count = 0;
              for (let k = 0; k < n; k++) { const v = o[k]; if ($call(f, t, v, k, o)) { $append(kept, v); count++; } }
              const a = $typedSpeciesCreate(o, count);
              for (let k = 0; k < count; k++) a[k] = kept[k];
              return a; }
            function some(f, t) { const o = this, n = $typedLength(o, "some"); callable(f);
              for (let k = 0; k < n; k++) if ($call(f, t, o[k], k, o)) return true;
              return false; }
            function every(f, t) { const o = this, n = $typedLength(o, "every"); callable(f);
              for (let k = 0; k < n; k++) if (!$call(f, t, o[k], k, o)) return false;
              return true; }
            function find(f, t) { const o = this, n = $typedLength(o, "find"); callable(f);
              for (let k = 0; k < n; k++) { const v = o[k]; if ($call(f, t, v, k, o)) return v; } }
            function findIndex(f, t) { const o = this, n = $typedLength(o, "findIndex"); callable(f);
              for (let k = 0; k < n; k++) if ($call(f, t, o[k], k, o)) return k;
              return -1; }
            function findLast(f, t) { const o = this, n = $typedLength(o, "findLast"); callable(f);
              for (let k = n - 1; k >= 0; k--) { const v = o[k]; if ($call(f, t, v, k, o)) return v; } }
            function findLastIndex(f, t) { const o = this, n = $typedLength(o, "findLastIndex"); callable(f);
              for (let k = n - 1; k >= 0; k--) if ($call(f, t, o[k], k, o)) return k;
              return -1; }
            function reduce(f, ...rest) { const o = this, n = $typedLength(o, "reduce"); callable(f);
              let k = 0, acc;
              if (rest.length) acc = rest[0];
              else { if (n === 0) $typeError("Reduce of empty array with no initial value"); acc = o[k++]; }
              for (; k < n; k++) acc = $call(f, undefined, acc, o[k], k, o);
              return acc; }
            function reduceRight(f, ...rest) { const o = this, n = $typedLength(o, "reduceRight"); callable(f);
              let k = n - 1, acc;
              if (rest.length) acc = rest[0];
              else { if (n === 0) $typeError("Reduce of empty array with no initial value"); acc = o[k--]; }
              for (; k >= 0; k--) acc = $call(f, undefined, acc, o[k], k, o);
              return acc; }
            function before(x, y) {
              if (x !== x) return false; if (y !== y) return true;
              if (x < y) return true; if (x > y) return false;
              return x === 0 && y === 0 && 1 / x < 0 && 1 / y > 0; }
            function beforeBig(x, y) { return x < y; }
            function ordered(a, n, compare, big) {
              let b = []; for (let k = 0; k < n; k++) $append(b, undefined);
              for (let w = 1; w < n; w *= 2) {
                for (let lo = 0; lo < n; lo += 2 * w) { const mid = lo + w < n ? lo + w : n, hi = lo + 2 * w < n ? lo + 2 * w : n;
                  let i = lo, j = mid, k = lo;
                  if (compare === undefined) { const f = big ? beforeBig : before;
                    while (i < mid && j < hi) { if (f(a[j], a[i])) b[k++] = a[j++]; else b[k++] = a[i++]; } }
                  else while (i < mid && j < hi) { if (+$call(compare, undefined, a[i], a[j]) > 0) b[k++] = a[j++]; else b[k++] = a[i++]; }
                  while (i < mid) b[k++] = a[i++]; while (j < hi) b[k++] = a[j++]; }
                const x = a; a = b; b = x; }
              return a; }
            function elements(o, n) { const a = []; for (let k = 0; k < n; k++) $append(a, o[k]); return a; }
            function toLocaleString() { const o = this, n = $typedLength(o, "toLocaleString"); let text = "";
              for (let k = 0; k < n; k++) { if (k > 0) text += ",";
                const v = o[k];
                if (v !== undefined) text += $toString(v.toLocaleString()); }
              return text; }
            function comparator(f) { if (f !== undefined && !$isCallable(f)) $typeError("The comparison function must be either a function or undefined"); }
            function sort(compare) { comparator(compare); const o = this, n = $typedLength(o, "sort");
              const a = ordered(elements(o, n), n, compare, $typedIsBigInt(o));
              for (let k = 0; k < n; k++) o[k] = a[k];
              return o; }
            function toSorted(compare) { comparator(compare); const o = this, n = $typedLength(o, "toSorted");
              const copy = $typedSameType(o, n);
              const a = ordered(elements(o, n), n, compare, $typedIsBigInt(o));
              for (let k = 0; k < n; k++) copy[k] = a[k];
              return copy; }

            """)

    static let typedArrayStatics = SelfHostedSource(
        name: "typedArrayStatics", functions: [Function("from", 1)],
        text: validation + """
            function from(source, f, t) { const constructor = this;
              if (!$isConstructor(constructor)) $typeError($describe(constructor) + " is not a constructor");
              if (f !== undefined) callable(f);
              const method = $getMethod(source, $symbol(\(WellKnownSymbol.iterator.rawValue)));
              let list, n;
              if (method !== undefined) { list = [];
                const iterator = $call(method, source);
                if (!$isObject(iterator)) $typeError("Result of the Symbol.iterator method is not an object");
                const next = iterator.next;
                for (;;) { const result = $call(next, iterator);
                  if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
                  if (result.done) break;
                  $append(list, result.value); }
                n = list.length; }
              else { list = $toObject(source); n = $lengthOf(list); }
              const a = $typedCreate(constructor, n);
              for (let k = 0; k < n; k++) { const v = f === undefined ? list[k] : $call(f, t, list[k], k); $set(a, k, v); }
              return a; }

            """)
}
