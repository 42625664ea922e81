import TerrariumEngine

/// The methods of Array.prototype (ECMA-262 §23.1.3) for any receiver: array-likes, proxies, accessors, holes with
/// something behind them. The natives of `ArrayIntrinsic` go on with these where an array is not plain, so that guest
/// code that runs inside has no Swift frame below it, and every element is charged.
enum ArrayGeneric: UInt32, CaseIterable {
    case push, pop, shift, unshift, slice, splice, concat, join, toLocaleString, reverse, indexOf, lastIndexOf, includes
    case at, fill, copyWithin, flat, toReversed, with, toSpliced

    var length: Int {
        switch self {
        case .pop, .shift, .toLocaleString, .reverse, .flat, .toReversed: 0
        case .slice, .splice, .copyWithin, .with, .toSpliced: 2
        default: 1
        }
    }
}

extension Machine {
    /// Goes on with a method for any receiver, with the callee's this and arguments.
    func goOn(_ call: NativeCall, generic: ArrayGeneric) throws(Thrown) -> Value {
        var list = intrinsic(.arrayGenerics)
        if list.isUndefined {
            list = try SelfHostedSource.arrayGenerics.functions(self, currentRealm)
            setRealmValue(currentRealm, .arrayGenerics, list)
        }
        return goOn(call, as: listValue(list, generic.rawValue))
    }
}

extension SelfHostedSource {
    static let arrayGenerics = SelfHostedSource(
        name: "arrayGenerics",
        functions: ArrayGeneric.allCases.map {
            Function("\($0)", $0.length, $0 == .with ? "withElement" : "\($0)")
        },
        text: """
            const MAX = 9007199254740991;
            function relative(v, n, missing) {
              if (v === undefined) return missing;
              const r = $toIntegerOrInfinity(+v);
              if (r < 0) return r + n > 0 ? r + n : 0;
              return r < n ? r : n; }
            function count(v, limit) { const r = $toIntegerOrInfinity(+v); return r < 0 ? 0 : r < limit ? r : limit; }
            function tooLong() { $typeError("Invalid array length"); }
            function move(o, from, to) { if (from in o) o[to] = o[from]; else delete o[to]; }

            function push(...items) { const o = $toObject(this); let n = $lengthOf(o); const c = items.length;
              if (n + c > MAX) $typeError("Pushing " + c + " elements on an array-like of length " + n + " is disallowed by ECMA-262");
              for (let i = 0; i < c; i++) o[n++] = items[i];
              o.length = n;
              return n; }
            function pop() { const o = $toObject(this), n = $lengthOf(o);
              if (n === 0) { o.length = 0; return; }
              const k = n - 1, v = o[k];
              delete o[k];
              o.length = k;
              return v; }
            function shift() { const o = $toObject(this), n = $lengthOf(o);
              if (n === 0) { o.length = 0; return; }
              const first = o[0];
              for (let k = 1; k < n; k++) move(o, k, k - 1);
              delete o[n - 1];
              o.length = n - 1;
              return first; }
            function unshift(...items) { const o = $toObject(this), n = $lengthOf(o), c = items.length;
              if (c > 0) {
                if (n + c > MAX) tooLong();
                for (let k = n - 1; k >= 0; k--) move(o, k, k + c);
                for (let k = 0; k < c; k++) o[k] = items[k]; }
              o.length = n + c;
              return n + c; }
            function slice(start, end) { const o = $toObject(this), n = $lengthOf(o);
              let k = relative(start, n, 0), to = 0;
              const last = relative(end, n, n), a = $arraySpeciesCreate(o, last > k ? last - k : 0);
              for (; k < last; k++, to++) if (k in o) $createDataProperty(a, to, o[k]);
              a.length = to;
              return a; }
            function splice(...args) { const o = $toObject(this), n = $lengthOf(o), c = args.length;
              const start = relative(args[0], n, 0), added = c > 2 ? c - 2 : 0;
              const removed = c === 0 ? 0 : c === 1 ? n - start : count(args[1], n - start);
              if (n + added - removed > MAX) tooLong();
              const a = $arraySpeciesCreate(o, removed);
              for (let k = 0; k < removed; k++) if (start + k in o) $createDataProperty(a, k, o[start + k]);
              a.length = removed;
              if (added < removed) {
                for (let k = start; k < n - removed; k++) move(o, k + removed, k + added);
                for (let k = n; k > n - removed + added; k--) delete o[k - 1];
              } else if (added > removed) for (let k = n - removed; k > start; k--) move(o, k + removed - 1, k + added - 1);
              for (let k = 0; k < added; k++) o[start + k] = args[k + 2];
              o.length = n - removed + added;
              return a; }
            function spreads(x) {
              if (!$isObject(x)) return false;
              const flag = x[$symbol(\(WellKnownSymbol.isConcatSpreadable.rawValue))];
              return flag === undefined ? $isArray(x) : !!flag; }
            function concat(...items) { const o = $toObject(this), a = $arraySpeciesCreate(o, 0); let n = 0;
              for (let i = -1; i < items.length; i++) { const x = i < 0 ? o : items[i];
                if (spreads(x)) { const m = $lengthOf(x);
                  if (n + m > MAX) tooLong();
                  for (let k = 0; k < m; k++) if (k in x) $createDataProperty(a, n + k, x[k]);
                  n += m;
                } else { if (n >= MAX) tooLong(); $createDataProperty(a, n++, x); } }
              a.length = n;
              return a; }
            function join(separator) { const o = $toObject(this), n = $lengthOf(o), s = separator === undefined ? "," : $toString(separator);
              return text(o, n, s, false); }
            function toLocaleString() { const o = $toObject(this); return text(o, $lengthOf(o), ",", true); }
            function text(o, n, s, isLocale) {
              if (!$joinStarts(o)) return "";
              try { let result = "", parts = [];
                for (let k = 0; k < n; k++) { const v = o[k];
                  if (k > 0 && (k & 4095) === 0) { result = result + $joinStrings(parts, s) + s; parts = []; }
                  $append(parts, v === undefined || v === null ? "" : $toString(isLocale ? $call(v.toLocaleString, v) : v)); }
                return result + $joinStrings(parts, s);
              } finally { $joinEnds(o); } }
            function reverse() { const o = $toObject(this), n = $lengthOf(o);
              for (let low = 0, high = n - 1; low < high; low++, high--) {
                const hasLow = low in o, x = hasLow ? o[low] : undefined, hasHigh = high in o, y = hasHigh ? o[high] : undefined;
                if (hasHigh) o[low] = y; else if (hasLow) delete o[low];
                if (hasLow) o[high] = x; else if (hasHigh) delete o[high]; }
              return o; }
            function indexOf(x, from) { const o = $toObject(this), n = $lengthOf(o);
              if (n === 0) return -1;
              for (let k = relative(from, n, 0); k < n; k++) if (k in o && o[k] === x) return k;
              return -1; }
            function lastIndexOf(x, ...rest) { const o = $toObject(this), n = $lengthOf(o);
              if (n === 0) return -1;
              let k = n - 1;
              if (rest.length > 0) { const from = $toIntegerOrInfinity(+rest[0]); if (from < k) k = from < 0 ? from + n : from; }
              for (; k >= 0; k--) if (k in o && o[k] === x) return k;
              return -1; }
            function includes(x, from) { const o = $toObject(this), n = $lengthOf(o);
              if (n === 0) return false;
              for (let k = relative(from, n, 0); k < n; k++) { const v = o[k]; if (v === x || v !== v && x !== x) return true; }
              return false; }
            function at(index) { const o = $toObject(this), n = $lengthOf(o), r = $toIntegerOrInfinity(+index), k = r < 0 ? r + n : r;
              return k < 0 || k >= n ? undefined : o[k]; }
            function fill(x, start, end) { const o = $toObject(this), n = $lengthOf(o);
              let k = relative(start, n, 0);
              const last = relative(end, n, n);
              for (; k < last; k++) o[k] = x;
              return o; }
            function copyWithin(target, start, end) { const o = $toObject(this), n = $lengthOf(o);
              const to = relative(target, n, 0), from = relative(start, n, 0), last = relative(end, n, n);
              const c = last - from < n - to ? last - from : n - to;
              if (from < to) for (let k = c - 1; k >= 0; k--) move(o, from + k, to + k);
              else for (let k = 0; k < c; k++) move(o, from + k, to + k);
              return o; }
            function flat(levels) { const o = $toObject(this), n = $lengthOf(o);
              const depth = levels === undefined ? 1 : $toIntegerOrInfinity(+levels), a = $arraySpeciesCreate(o, 0);
              let to = 0, top = { o, k: 0, n, depth, below: undefined }, nested = 0;
              while (top !== undefined) {
                if (top.k >= top.n) { top = top.below; nested--; continue; }
                const k = top.k++;
                if (!(k in top.o)) continue;
                const v = top.o[k];
                if (top.depth > 0 && $isArray(v)) {
                  if (++nested > 10000) $rangeError("Maximum call stack size exceeded");
                  top = { o: v, k: 0, n: $lengthOf(v), depth: top.depth - 1, below: top };
                } else { if (to >= MAX) tooLong(); $createDataProperty(a, to++, v); } }
              return a; }
            function toReversed() { const o = $toObject(this), n = $lengthOf(o);
              if (n > 4294967295) $rangeError("Invalid array length");
              const a = [];
              for (let k = n - 1; k >= 0; k--) $append(a, o[k]);
              return a; }
            function withElement(index, x) { const o = $toObject(this), n = $lengthOf(o), r = $toIntegerOrInfinity(+index), at = r < 0 ? r + n : r;
              if (at < 0 || at >= n) $rangeError("Invalid index : " + $describe(r));
              if (n > 4294967295) $rangeError("Invalid array length");
              const a = [];
              for (let k = 0; k < n; k++) $append(a, k === at ? x : o[k]);
              return a; }
            function toSpliced(...args) { const o = $toObject(this), n = $lengthOf(o), c = args.length;
              const start = relative(args[0], n, 0), added = c > 2 ? c - 2 : 0;
              const skipped = c === 0 ? 0 : c === 1 ? n - start : count(args[1], n - start), total = n + added - skipped;
              if (total > MAX) tooLong();
              if (total > 4294967295) $rangeError("Invalid array length");
              const a = [];
              for (let k = 0; k < start; k++) $append(a, o[k]);
              for (let k = 0; k < added; k++) $append(a, args[k + 2]);
              for (let k = start + skipped; k < n; k++) $append(a, o[k]);
              return a; }
            """)
}
