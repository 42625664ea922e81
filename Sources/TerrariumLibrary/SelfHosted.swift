import TerrariumEngine
import TerrariumSyntax

/// Built-ins that call back into the guest are JavaScript: no Swift frame stays on the native stack while guest code
/// runs. `$name(…)` are operations of the engine (`BuiltinOperation`); nothing else of the realm is named here, so
/// guests cannot change what these functions do.
extension RealmBuilder {
    /// Compiles a source of function declarations and installs each on an object under its own name.
    func installSelfHosted(_ source: String, lengths: [String: Int], on object: UInt32) throws(Thrown) {
        let names = source.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("function ") else { return nil }
            return String(line.dropFirst(9).prefix { $0 != "(" })
        }
        let text = "\"use strict\";(function(){" + source + "\nreturn [" + names.joined(separator: ",") + "]})()"
        var options = ParseOptions()
        options.isBuiltin = true
        var compileOptions = CompileOptions()
        compileOptions.isBuiltin = true
        var script: ScriptTemplate
        do {
            script = try ScriptCompiler.compile(
                try Parser.parse(SourceText(text, name: "builtin"), options: options), options: compileOptions)
        } catch {
            // The sources are constants of the engine; a test compiles them all.
            throw machine.syntaxError("builtin: \(error)")
        }
        for index in script.functions.indices {
            let name = String(decoding: script.functions[index].name.units, as: UTF16.self)
            if let length = lengths[name] { script.functions[index].length = UInt16(truncatingIfNeeded: length) }
        }
        let functions = try machine.run(script, realm: realm)
        for (index, name) in names.enumerated() {
            try define(object, name, try machine.get(functions.offset, PropertyKey(index: UInt32(index))))
        }
    }

    static let arrayCallbacks = """
        function forEach(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = 0; k < n; k++) if (k in o) $call(f, t, o[k], k, o); }
        function map(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          const a = $arraySpeciesCreate(o, n);
          for (let k = 0; k < n; k++) if (k in o) $createDataProperty(a, k, $call(f, t, o[k], k, o));
          return a; }
        function filter(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          const a = $arraySpeciesCreate(o, 0); let to = 0;
          for (let k = 0; k < n; k++) if (k in o) { const v = o[k]; if ($call(f, t, v, k, o)) $createDataProperty(a, to++, v); }
          return a; }
        function some(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = 0; k < n; k++) if (k in o && $call(f, t, o[k], k, o)) return true;
          return false; }
        function every(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = 0; k < n; k++) if (k in o && !$call(f, t, o[k], k, o)) return false;
          return true; }
        function find(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = 0; k < n; k++) { const v = o[k]; if ($call(f, t, v, k, o)) return v; } }
        function findIndex(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = 0; k < n; k++) if ($call(f, t, o[k], k, o)) return k;
          return -1; }
        function findLast(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = n - 1; k >= 0; k--) { const v = o[k]; if ($call(f, t, v, k, o)) return v; } }
        function findLastIndex(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          for (let k = n - 1; k >= 0; k--) if ($call(f, t, o[k], k, o)) return k;
          return -1; }
        function reduce(f, ...rest) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          let k = 0, acc;
          if (rest.length) acc = rest[0];
          else { while (k < n && !(k in o)) k++; if (k >= n) $typeError("Reduce of empty array with no initial value"); acc = o[k++]; }
          for (; k < n; k++) if (k in o) acc = $call(f, undefined, acc, o[k], k, o);
          return acc; }
        function reduceRight(f, ...rest) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          let k = n - 1, acc;
          if (rest.length) acc = rest[0];
          else { while (k >= 0 && !(k in o)) k--; if (k < 0) $typeError("Reduce of empty array with no initial value"); acc = o[k--]; }
          for (; k >= 0; k--) if (k in o) acc = $call(f, undefined, acc, o[k], k, o);
          return acc; }
        function flatMap(f, t) { const o = $toObject(this), n = $lengthOf(o); if (!$isCallable(f)) $typeError("flatMap mapper function is not callable");
          const a = $arraySpeciesCreate(o, 0); let to = 0;
          for (let k = 0; k < n; k++) if (k in o) { const v = $call(f, t, o[k], k, o);
            if ($isArray(v)) { const m = $lengthOf(v); for (let j = 0; j < m; j++) if (j in v) $createDataProperty(a, to++, v[j]); }
            else $createDataProperty(a, to++, v); }
          return a; }
        function sort(compare) { if (compare !== undefined && !$isCallable(compare)) $typeError("The comparison function must be either a function or undefined");
          const o = $toObject(this), n = $lengthOf(o); let a = []; let holes = 0, undefs = 0;
          for (let k = 0; k < n; k++) { if (k in o) { const v = o[k]; if (v === undefined) undefs++; else $append(a, v); } else holes++; }
          const m = a.length; let s;
          if (compare === undefined) { s = []; for (let k = 0; k < m; k++) $append(s, $toString(a[k])); }
          let b = [], sb = [];
          for (let k = 0; k < m; k++) { $append(b, undefined); if (s) $append(sb, undefined); }
          for (let lo = 0; lo < m; lo += 8) { const hi = lo + 8 < m ? lo + 8 : m;
            for (let i = lo + 1; i < hi; i++) { const v = a[i]; let j = i - 1;
              if (s) { const x = s[i]; while (j >= lo && s[j] > x) { a[j + 1] = a[j]; s[j + 1] = s[j]; j--; } a[j + 1] = v; s[j + 1] = x; }
              else { while (j >= lo && $toNumber($call(compare, undefined, a[j], v)) > 0) { a[j + 1] = a[j]; j--; } a[j + 1] = v; } } }
          for (let w = 8; w < m; w *= 2) {
            for (let lo = 0; lo < m; lo += 2 * w) { const mid = lo + w < m ? lo + w : m, hi = lo + 2 * w < m ? lo + 2 * w : m;
              let i = lo, j = mid, k = lo;
              if (s) { while (i < mid && j < hi) { if (s[j] < s[i]) { sb[k] = s[j]; b[k++] = a[j++]; } else { sb[k] = s[i]; b[k++] = a[i++]; } }
                while (i < mid) { sb[k] = s[i]; b[k++] = a[i++]; } while (j < hi) { sb[k] = s[j]; b[k++] = a[j++]; } }
              else { while (i < mid && j < hi) { if ($toNumber($call(compare, undefined, a[i], a[j])) > 0) b[k++] = a[j++]; else b[k++] = a[i++]; }
                while (i < mid) b[k++] = a[i++]; while (j < hi) b[k++] = a[j++]; } }
            let x = a; a = b; b = x; if (s) { x = s; s = sb; sb = x; } }
          for (let k = 0; k < m; k++) $set(o, k, a[k]);
          for (let k = m; k < m + undefs; k++) $set(o, k, undefined);
          for (let k = m + undefs; k < m + undefs + holes; k++) $deleteProperty(o, k);
          return o; }
        function toSorted(compare) { if (compare !== undefined && !$isCallable(compare)) $typeError("The comparison function must be either a function or undefined");
          const o = $toObject(this), n = $lengthOf(o), a = [];
          for (let k = 0; k < n; k++) $append(a, o[k]);
          return $call(sort, a, compare); }
        """
    static let arrayCallbackLengths = [
        "forEach": 1, "map": 1, "filter": 1, "some": 1, "every": 1, "find": 1, "findIndex": 1, "findLast": 1,
        "findLastIndex": 1, "reduce": 1, "reduceRight": 1, "flatMap": 1, "sort": 1, "toSorted": 1,
    ]
}
