import Synchronization
import TerrariumEngine
import TerrariumSyntax

/// A source of the engine's own JavaScript: function declarations that share one scope, compiled when the first of them
/// is called.
///
/// Built-ins that call back into the guest are JavaScript: no Swift frame stays on the native stack while guest code
/// runs. `$name(…)` are operations of the engine (`BuiltinOperation`); nothing else of the realm is named in the sources,
/// so guests cannot change what these functions do.
struct SelfHostedSource: Sendable {
    /// One function of a source.
    struct Function: Sendable {
        /// Property name, as in `Builtin`.
        let name: String
        let length: Int
        /// Name in the source, where the property's name cannot stand.
        let identifier: String
        /// Goes on for a native constructor (`NativeCall.goOn`), and returns the object itself.
        let constructs: Bool

        init(_ name: String, _ length: Int, _ identifier: String? = nil, constructs: Bool = false) {
            self.name = name
            self.length = length
            self.identifier = identifier ?? name
            self.constructs = constructs
        }
    }

    /// Unique among the sources.
    let name: String
    let functions: [Function]
    /// Put together when it is compiled.
    private let makeText: @Sendable () -> String
    var text: String { makeText() }

    init(name: String, functions: [Function], text: @autoclosure @escaping @Sendable () -> String) {
        self.name = name
        self.functions = functions
        makeText = text
    }

    private static let compiled = Mutex<[String: ScriptTemplate]>([:])

    /// The script that evaluates to an array of the functions; compiled once in a process.
    func template() throws -> ScriptTemplate {
        if let known = SelfHostedSource.compiled.withLock({ $0[name] }) { return known }
        let source = "\"use strict\";(function(){" + text + "\nreturn ["
            + functions.map(\.identifier).joined(separator: ",") + "]})()"
        var options = ParseOptions()
        options.isBuiltin = true
        var compileOptions = CompileOptions()
        compileOptions.isBuiltin = true
        var script = try ScriptCompiler.compile(
            try Parser.parse(SourceText(source, name: "builtin"), options: options), options: compileOptions)
        var templates = script.functions
        for function in functions {
            let index = templates.firstIndex {
                String(decoding: $0.name.units, as: UTF16.self) == function.identifier
            }
            guard let index else { continue }
            templates[index].length = UInt16(truncatingIfNeeded: function.length)
            templates[index].name = .latin1(Array(RealmBuilder.displayName(function.name).utf8))
            if function.constructs { templates[index].flags.insert(.derived) }
        }
        script.builtinName = name
        script.functions = templates
        SelfHostedSource.compiled.withLock { $0[name] = script }
        return script
    }

    /// Sources that realms were made with.
    private static let known = Mutex<[String: SelfHostedSource]>([:])

    /// The source can be found by its name from now on.
    func register() { SelfHostedSource.known.withLock { if $0[name] == nil { $0[name] = self } } }

    static func named(_ name: String) -> SelfHostedSource? { known.withLock { $0[name] } }
}

extension RealmBuilder {
    /// Makes the functions of a source, as stand-ins until one of them is called.
    func standIns(_ source: SelfHostedSource) throws(Thrown) -> [UInt32] {
        source.register()
        var objects: [UInt32] = []
        for function in source.functions {
            let number = machine.registerNative(RealmBuilder.displayName(function.name), length: function.length) {
                (machine, call) throws(Thrown) in
                try machine.compileSelfHosted(source, call.callee.offset)
                return call.again
            }
            objects.append(try machine.makeNativeFunction(number, realm: realm))
        }
        let list = try machine.list(of: objects.map { Value(object: $0) })
        for object in objects { machine.setNativeDataList(object, list) }
        return objects
    }

    /// Makes the functions of a source and installs each on an object.
    func install(_ source: SelfHostedSource, on object: UInt32) throws(Thrown) {
        let objects = try standIns(source)
        for (function, offset) in zip(source.functions, objects) {
            try installFunction(function.name, Value(object: offset), on: object)
        }
    }
}

extension ScriptTemplate {
    /// The script of a source of the engine; nil when no realm has been made or there is no such source.
    public static func builtin(named name: String) -> ScriptTemplate? {
        // Those that no realm has until they are needed.
        let late: [SelfHostedSource] = [.engineFunctions, .arrayGenerics, .objectGenerics, .moduleFunctions]
        return try? (late.first { $0.name == name } ?? SelfHostedSource.named(name))?.template()
    }
}

extension Machine {
    /// The stand-ins of a source become its functions.
    fileprivate func compileSelfHosted(_ source: SelfHostedSource, _ standIn: UInt32) throws(Thrown) {
        let list = nativeDataList(standIn)
        let realm = cage.load32(standIn, Layout.functionRealm)
        let script: ScriptTemplate
        do {
            script = try source.template()
        } catch {
            // The sources are constants of the engine; a test compiles them all.
            throw syntaxError("builtin: \(error)")
        }
        let functions = try run(script, realm: realm)
        for index in source.functions.indices {
            let function = try get(functions.offset, PropertyKey(index: UInt32(truncatingIfNeeded: index)))
            become(listValue(list, UInt32(truncatingIfNeeded: index)).offset, function.offset)
        }
    }
}

extension SelfHostedSource {
    static let arrayCallbacks = SelfHostedSource(
        name: "arrayCallbacks",
        functions: [
            Function("forEach", 1), Function("map", 1), Function("filter", 1), Function("some", 1), Function("every", 1),
            Function("find", 1), Function("findIndex", 1), Function("findLast", 1), Function("findLastIndex", 1),
            Function("reduce", 1), Function("reduceRight", 1), Function("flatMap", 1), Function("sort", 1),
            Function("toSorted", 1),
        ], text: """
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
          const o = $toObject(this), n = $lengthOf(o); let a = $denseCopy(o); let holes = 0, undefs = 0;
          if (a === undefined) { a = []; for (let k = 0; k < n; k++) { if (k in o) { const v = o[k]; if (v === undefined) undefs++; else $append(a, v); } else holes++; } }
          const m = a.length;
          if (compare === undefined) { let s = $textsOf(a);
            if (s === undefined) { s = []; for (let k = 0; k < m; k++) $append(s, $toString(a[k])); }
            $sortTexts(s, a); }
          else if (!$sortNumbers(a, compare)) { let b = m > 8 ? $denseCopy(a) : [];
            for (let lo = 0; lo < m; lo += 8) { const hi = lo + 8 < m ? lo + 8 : m;
              for (let i = lo + 1; i < hi; i++) { const v = a[i]; let j = i - 1;
                while (j >= lo && +$call(compare, undefined, a[j], v) > 0) { a[j + 1] = a[j]; j--; } a[j + 1] = v; } }
            for (let w = 8; w < m; w *= 2) {
              for (let lo = 0; lo < m; lo += 2 * w) { const mid = lo + w < m ? lo + w : m, hi = lo + 2 * w < m ? lo + 2 * w : m;
                let i = lo, j = mid, k = lo;
                if (j < hi && +$call(compare, undefined, a[mid - 1], a[j]) > 0) { let x = a[i], y = a[j];
                  for (;;) if (+$call(compare, undefined, x, y) > 0) { b[k++] = y; if (++j === hi) break; y = a[j]; }
                    else { b[k++] = x; if (++i === mid) break; x = a[i]; } }
                $copyDense(a, i, mid, b, k); $copyDense(a, j, hi, b, k + mid - i); }
              const x = a; a = b; b = x; } }
          if (holes === 0 && undefs === 0 && $denseStore(o, a)) return o;
          for (let k = 0; k < m; k++) $set(o, k, a[k]);
          for (let k = m; k < m + undefs; k++) $set(o, k, undefined);
          for (let k = m + undefs; k < m + undefs + holes; k++) $deleteProperty(o, k);
          return o; }
        function toSorted(compare) { if (compare !== undefined && !$isCallable(compare)) $typeError("The comparison function must be either a function or undefined");
          const o = $toObject(this), n = $lengthOf(o);
          if (n > 4294967295) $rangeError("Invalid array length");
          let a = $denseCopy(o);
          if (a !== undefined) return $call(sort, a, compare);
          a = [];
          for (let k = 0; k < n; k++) $append(a, o[k]);
          return $call(sort, a, compare); }
        """)
}
