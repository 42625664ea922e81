/// Makes JavaScript programs of all statement and expression kinds.
///
/// Names are `v0` to `v7` (declared at the start), parameters and what blocks declare. Loops are bounded by a counter, so
/// that tame programs end; `isTame` leaves out what engines may do differently (texts of messages, function sources, time).
struct ProgramGenerator {
    var random: Randomness
    let isTame: Bool
    private var text = ""
    private var depth = 0
    private var locals: [String] = []
    private var loopDepth = 0
    private var fresh = 0
    private var inFunction = false, inGenerator = false, inAsync = false, isStrict = false
    /// What may still be made: programs stay short.
    private var room = 0

    init(random: Randomness, isTame: Bool) {
        self.random = random
        self.isTame = isTame
    }

    /// A whole program: every statement stands in a try block of its own, and what the variables hold is printed at the end.
    mutating func program(statements: Int) -> String {
        room = 160
        text = "var v0 = 1, v1 = 'text', v2 = [1, 2, 3], v3 = { a: 1, b: 'two' }, v4 = (a, b) => a, v5 = -0.5, v6, v7 = null; var steps = 0;\n"
        for _ in 0..<statements {
            depth = 0
            loopDepth = 0
            text += "try { "
            statement()
            text += " } catch (e) { note(e); }\n"
        }
        return text + "for (const v of [v0, v1, v2, v3, v4, v5, v6, v7]) note(v);\n"
    }

    /// What programs print with: the same text in every engine.
    static let prelude = #"""
        const library = new Set(Reflect.ownKeys(globalThis).map(k => globalThis[k]?.prototype).concat(Object.getPrototypeOf(function* () {}), Object.getPrototypeOf([][Symbol.iterator]())));
        if (typeof Iterator === 'function') { const p = Iterator.prototype; for (const k of Reflect.ownKeys(p)) if (k !== Symbol.iterator) delete p[k]; delete globalThis.Iterator; }
        function tameKeys(v) { return Reflect.ownKeys(v).filter(k => typeof v !== 'function' || k !== 'arguments' && k !== 'caller'); }
        function tameSeal(v) { return ArrayBuffer.isView(v) || Array.isArray(v) && v.length === 0 ? v : Object.seal(v); }
        function tameParse(t, f) { return JSON.parse(t, typeof f === 'function' ? function (k, v) { return f.call(this, k, v); } : f); }
        function tame(v) { return v === globalThis ? 'global' : v instanceof Error ? v.name : v; }
        function show(v, d) { switch (typeof v) { case 'string': return v.length > 60 ? 's' + v.length + JSON.stringify(v.slice(0, 40)) : JSON.stringify(v); case 'number': return Object.is(v, -0) ? '-0' : String(v);
          case 'bigint': { const t = v.toString(16); return t.length > 60 ? 'big' + t.length + t.slice(0, 30) : t + 'n'; } case 'symbol': return 'symbol'; case 'function': return 'function'; case 'object': break; default: return String(v); }
          if (v === null) return 'null'; if (v === globalThis) return 'global'; if (library.has(v)) return 'library'; if (d > 2) return '…';
          try { if (v instanceof Error) return v.name; const tag = Object.prototype.toString.call(v); let text = tag + (Object.isFrozen(v) ? 'f' : '') + (Array.isArray(v) ? v.length : '') + '{';
            if (v instanceof Map || v instanceof Set) { let n = 0; for (const x of v) { if (n++ > 5) break; text += show(x, d + 1) + ';'; } }
            if (v instanceof RegExp) text += v.source + '/' + v.flags + v.lastIndex;
            if (v instanceof Date) text += v.getTime();
            let n = 0; for (const k of Reflect.ownKeys(v)) { if (n++ > 8) break; if (typeof k === 'symbol') { text += 'symbol,'; continue; } const p = Reflect.getOwnPropertyDescriptor(v, k); if (!p) continue;
              text += k + (p.enumerable ? '' : '!') + ':' + ('value' in p ? show(p.value, d + 1) : 'accessor') + ','; }
            return text + '}'; } catch (e) { return 'unshowable'; } }
        """#

    private mutating func line(_ words: String) { text += words }

    private mutating func name() -> String {
        if !locals.isEmpty, random.one(in: 2) { return random.pick(locals) }
        return "v\(random.below(8))"
    }
    private mutating func newName() -> String {
        fresh += 1
        return "l\(fresh)"
    }
    private mutating func key() -> String { random.pick("a b c length x 0 1 name toString valueOf constructor") }
    private var isSpent: Bool { room <= 0 || depth > 6 }

    // MARK: Statements

    private mutating func block() {
        let saved = locals
        text += "{ "
        for _ in 0..<(1 + random.below(3)) {
            statement()
            text += " "
        }
        text += "}"
        locals = saved
    }

    private mutating func statement() {
        room -= 1
        depth += 1
        defer { depth -= 1 }
        if isSpent {
            text += "\(name()) = "
            primary()
            text += ";"
            return
        }
        switch random.below(30) {
        case 0, 1, 2, 3, 4:
            expression()
            text += ";"
        case 5, 6, 7:
            assignment()
            text += ";"
        case 8: declaration()
        case 9:
            text += "if ("
            expression()
            text += ") "
            block()
            if random.one(in: 2) {
                text += " else "
                block()
            }
        case 10, 11: loop()
        case 12:
            text += "switch ("
            expression()
            text += ") { "
            for _ in 0..<(1 + random.below(3)) {
                text += "case "
                expression()
                text += ": "
                let saved = locals
                statement()
                locals = saved
                text += random.one(in: 2) ? " break; " : " "
            }
            text += "default: \(name()) = 0; }"
        case 13, 14:
            text += "try "
            block()
            if random.one(in: 3) {
                text += " finally "
                block()
            } else {
                let caught = newName()
                text += " catch (\(caught)) "
                let saved = locals
                locals.append(caught)
                if isTame {
                    // The text of a message is up to the engine.
                    text += "{ \(caught) = tame(\(caught)); "
                    block()
                    text += " }"
                } else {
                    block()
                }
                locals = saved
                if random.one(in: 3) {
                    text += " finally "
                    block()
                }
            }
        case 15:
            text += "throw "
            expression()
            text += ";"
        case 16:
            if inFunction {
                text += "return "
                expression()
                text += ";"
            } else {
                block()
            }
        case 17:
            let label = "L\(random.below(1000))x\(room)"
            text += "\(label): { "
            statement()
            text += " if (\(name())) break \(label); "
            statement()
            text += " }"
        case 18, 19: functionDeclaration()
        case 20: classDeclaration()
        case 21:
            text += "{ const { \(pattern()) } = Object("
            expression()
            text += "); }"
        case 22:
            text += "delete \(name()).\(random.pick("a b c x"));"
        case 23:
            if isStrict { return block() }
            text += "with (Object("
            expression()
            text += ")) { a = 1; note(typeof b); }"
        case 24:
            text += "for (const k in Object("
            expression()
            text += ")) { if (++steps > 50) break; \(name()) = k; }"
        case 25:
            text += "note("
            expression()
            text += ");"
        case 26:
            text += "eval(\(quoted("\(name()) = 1 + 1; var e1 = 2;")));"
        case 27:
            text += "new Promise((r, j) => { r("
            expression()
            text += "); }).then(v => note(v), e => note(e));"
        case 28:
            text += "(async () => { try { for await (const x of ["
            expression()
            text += ", 1]) note(x); } catch (e) { note(e); } })();"
        default: block()
        }
    }

    private func quoted(_ source: String) -> String { "\"" + source.replacing("\"", with: "'") + "\"" }

    private mutating func pattern() -> String {
        (0..<(1 + random.below(2))).map { _ in
            let local = newName()
            return random.pick("a b length") + ": " + local + (random.one(in: 2) ? " = 1" : "")
        }.joined(separator: ", ")
    }

    private mutating func declaration() {
        let word = random.pick("let const var")
        let local = newName()
        text += "\(word) \(local) = "
        expression()
        text += ";"
        // A var of a block that has not run is undefined, not a dead zone.
        locals.append(local)
    }

    private mutating func loop() {
        loopDepth += 1
        defer { loopDepth -= 1 }
        let bound = loopDepth > 2 ? 2 : random.pick([1, 3, 5, 20])
        switch random.below(4) {
        case 0:
            let counter = newName()
            text += "for (let \(counter) = 0; \(counter) < \(bound); \(counter)++) { if (++steps > 2000) break; "
            let saved = locals
            locals.append(counter)
            statement()
            if random.one(in: 3) { text += " if (\(name())) continue; " }
            statement()
            text += " }"
            locals = saved
        case 1:
            let item = newName()
            text += "{ let n = 0; for (const \(item) of "
            iterable()
            text += ") { if (++n > \(bound) || ++steps > 2000) break; "
            let saved = locals
            locals.append(item)
            statement()
            locals = saved
            text += " } }"
        case 2:
            text += "{ let n = 0; while (n++ < \(bound) && ++steps < 2000) "
            block()
            text += " }"
        default:
            text += "{ let n = 0; do "
            block()
            text += " while (n++ < \(bound) && ++steps < 2000); }"
        }
    }

    private mutating func functionDeclaration() {
        let local = newName()
        text += "var \(local) = "
        function()
        text += "; "
        locals.append(local)
        text += "if (++steps < 300) note(\(local)("
        arguments()
        text += "));"
    }

    private mutating func classDeclaration() {
        let local = newName()
        text += "class \(local)"
        if random.one(in: 2) { text += " extends " + random.pick("Object Array Map Set Error Promise Function RegExp Uint8Array") }
        let isDerived = text.hasSuffix("Object") || !text.hasSuffix(local)
        text += " { "
        if random.one(in: 2) { text += "constructor(...args) { \(isDerived ? "super(...args);" : "") this.c = args; } " }
        for number in 0..<random.below(4) {
            switch random.below(8) {
            case 0: text += "#p\(number) = 1; has\(number)(o) { return #p\(number) in o ? o.#p\(number)++ : 0; } "
            case 1: text += "static { this.block = 1; } "
            case 2: text += "set h\(number)(x) { this.set = x; } "
            default:
                text += random.pick(["m", "static s", "get g", "*gen", "async am", "f"])
                if text.hasSuffix(" f") { text += "\(number) = 3; " } else { text += "\(number)() { return "
                    let saved = (inFunction, inGenerator, inAsync, isStrict, locals)
                    (inFunction, inGenerator, inAsync, isStrict, locals) = (true, false, false, true, [])
                    expression()
                    (inFunction, inGenerator, inAsync, isStrict, locals) = saved
                    text += "; } "
                }
            }
        }
        text += "} "
        locals.append(local)
        text += "note(new \(local)("
        arguments()
        text += "));"
    }

    // MARK: Expressions

    mutating func function() {
        let saved = (locals, inFunction, inGenerator, inAsync, loopDepth)
        defer { (locals, inFunction, inGenerator, inAsync, loopDepth) = saved }
        let parameters = (0..<random.below(3)).map { _ in newName() }
        locals += parameters
        (inFunction, inGenerator, inAsync) = (true, false, false)
        loopDepth += 1
        let list = parameters.enumerated().map { $0.offset == 1 && random.one(in: 3) ? "\($0.element) = \(name())" : $0.element }
            .joined(separator: ", ")
        switch random.below(6) {
        case 0:
            text += "(\(list)) => "
            text += "("
            expression()
            text += ")"
        case 1:
            inAsync = true
            text += "async function (\(list)) { if (++steps > 200) return; "
            statement()
            text += " await "
            expression()
            text += "; "
            statement()
            text += " }"
        case 2:
            inGenerator = true
            text += "function* (\(list)) { if (++steps > 200) return; yield "
            expression()
            text += "; "
            statement()
            text += " yield* [1, 2]; }"
        case 3:
            text += "function f(\(list.isEmpty ? "" : list + ", ")...rest) { if (++steps > 200) return arguments.length; "
            locals.append("rest")
            statement()
            text += " return "
            expression()
            text += "; }"
        default:
            text += "function (\(list)) { if (++steps > 200) return this === undefined; "
            statement()
            text += " "
            statement()
            text += " }"
        }
    }

    private mutating func arguments() {
        for number in 0..<random.below(4) {
            if number > 0 { text += ", " }
            if random.one(in: 8) {
                text += "..."
                iterable()
            } else {
                expression()
            }
        }
    }

    private mutating func iterable() {
        switch random.below(6) {
        case 0: text += "'a\\u{1F600}b'"
        case 1: text += "v2"
        case 2: text += "new Set([1, '1', NaN, NaN])"
        case 3: text += "Object.entries(Object(\(name())))"
        case 4: text += "(function* () { yield 1; yield \(name()); })()"
        default: array()
        }
    }

    private mutating func array() {
        text += "["
        for number in 0..<random.below(5) {
            if number > 0 { text += ", " }
            if random.one(in: 10) { continue }
            expression()
        }
        text += "]"
    }

    private mutating func object() {
        text += "({ "
        var hasAccessor = false, hasSpread = false
        for number in 0..<random.below(4) {
            switch random.below(7) {
            // Behind a spread V8 defines accessors last.
            case 0 where !(isTame && hasSpread):
                hasAccessor = true
                text += "get \(key())() { return "
                primary()
                text += "; }, "
            case 1: text += "[\(name()) + '\(number)']: 1, "
            case 2:
                text += "m\(number)() { return super.toString === this.toString; }, "
            case 3 where !(isTame && hasAccessor):
                hasSpread = true
                text += "...Object("
                primary()
                text += "), "
            default:
                text += "\(key()): "
                expression()
                text += ", "
            }
        }
        text += "})"
    }

    private mutating func assignment() {
        switch random.below(6) {
        case 0: text += "\(name()).\(key())"
        case 1: text += "v2[\(random.below(12))]"
        case 2:
            text += "[\(name()), v\(random.below(8)) = 1] = "
            iterable()
            return
        default: text += "v\(random.below(8))"
        }
        let sign = random.pick("= = = += -= *= ||= &&= ??= |= >>>= **= %=")
        text += " " + (isTame && sign == "**=" ? "*=" : sign) + " "
        expression()
    }

    private mutating func expression() {
        room -= 1
        depth += 1
        defer { depth -= 1 }
        if isSpent || depth > 5 { return primary() }
        switch random.below(26) {
        case 0, 1, 2, 3: primary()
        case 4, 5, 6, 7:
            text += "("
            expression()
            text += " " + random.pick("+ - * / % < > <= >= == != === !== & | ^ << >> >>> && || ?? , instanceof in") + " "
            expression()
            text += ")"
        case 8:
            text += "(" + random.pick("! - + ~ typeof void") + " "
            expression()
            text += ")"
        case 9:
            text += "("
            expression()
            text += " ? "
            expression()
            text += " : "
            expression()
            text += ")"
        case 10: array()
        case 11: object()
        case 12, 13, 14, 15: builtinCall()
        case 16:
            text += "("
            expression()
            text += ")" + random.pick(["?.", "."]) + key()
        case 17:
            text += "("
            expression()
            text += ")["
            expression()
            text += "]"
        case 18:
            text += "("
            function()
            text += ")"
        case 19:
            text += "\(name())?.("
            arguments()
            text += ")"
        case 20:
            text += "("
            assignment()
            text += ")"
        case 21: text += random.pick(["++", "--"]) + "v\(random.below(8))"
        case 22:
            text += "`a${"
            expression()
            text += "}b`"
        case 23:
            text += "(" + random.pick(["String.raw", "((s, ...r) => s.raw.length + r.length)"]) + "`x${"
            expression()
            text += "}\\n`)"
        case 24:
            text += "new " + random.pick("Array Object Map Set Error RegExp Boolean String Number Uint8Array ArrayBuffer Proxy WeakMap") + "("
            if isTame { text += random.pick(["", "1", "[1, 2]", "'a'", "v3"]) } else { arguments() }
            text += ")"
        default:
            if inGenerator, random.one(in: 2) { text += "(yield 1)" } else if inAsync { text += "(await 1)" } else { text += isTame ? "tame(this)" : "this" }
        }
    }

    private mutating func primary() {
        switch random.below(14) {
        case 0...4: text += name()
        case 5, 6: text += random.pick("0 1 -1 2 3 7 0.5 -0 NaN Infinity 1e21 4294967295 2147483648 -2147483649 9007199254740993 1e-7")
        case 7, 8: text += random.pick(["''", "'a'", "'abc'", "'10'", "'\\ud83d'", "'length'", "'ß\\u0130'", "' 12 '", "'0x1f'", "'x'.repeat(9)"])
        case 9: text += random.pick("true false null undefined")
        case 10: text += random.pick(["1n", "-5n", "(2n ** 70n)"])
        case 11: text += random.pick(["/a(b)?/g", "/[^x]+?/u", "/(?<y>\\d+)|b/", "/^$/m", "/(?=a)a|\\w\\b/gi"])
        case 12:
            if isTame { text += "({ valueOf() { return 3; }, toString() { return 't'; } })" } else { text += "hostile(\(random.below(HostileValues.count)), \(name()))" }
        default: text += random.pick(["[]", "({})", "[1, 2]", "[, 1]", "({ a: 1 })", "Symbol.iterator"])
        }
    }

    private mutating func builtinCall() {
        switch random.below(7) {
        case 0, 1:
            text += "Object("
            expression()
            text += ")." + random.pick(ProgramGenerator.methods) + "("
            arguments()
            text += ")"
        case 2:
            let method = random.pick(ProgramGenerator.arrayMethods)
            text += "v2.\(method)("
            if isTame, method == "sort" || method == "toSorted" {
                // What a comparator that contradicts itself leaves behind, and how often it is called, is up to the engine.
                text += random.pick(["", "(a, b) => (String(a) > String(b)) - (String(a) < String(b))"])
            } else if random.one(in: 2) {
                text += random.pick(["x => x", "(a, b) => a + b", "(a, b) => b - a", "x => [x, x]", "(x, i) => i & 1"])
                if random.one(in: 2) { text += ", 0" }
            } else {
                arguments()
            }
            text += ")"
        case 3:
            text += "String("
            expression()
            text += ")." + random.pick(ProgramGenerator.stringMethods) + "("
            arguments()
            text += ")"
        case 4:
            let function = random.pick(ProgramGenerator.statics)
            text += (isTame ? ProgramGenerator.tameStatics[function] ?? function : function) + "("
            arguments()
            text += ")"
        case 5:
            let method = random.pick(ProgramGenerator.mathMethods)
            text += "Math.\(isTame && method == "hypot" ? "max" : method)("
            arguments()
            text += ")"
        default:
            text += "(" + random.pick(["5.25", "1e21", "-0", "255", "0.000001", "123.456"]) + ")." + random.pick("toString toFixed toPrecision toExponential valueOf") + "("
            if random.one(in: 2) { text += random.pick("0 1 2 10 16 20 36 101 NaN") }
            text += ")"
        }
    }

    private static let methods = "hasOwnProperty isPrototypeOf propertyIsEnumerable valueOf toString at concat slice keys values entries get set has add delete next then exec test size"
    private static let arrayMethods = "at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toReversed toSorted toSpliced unshift values with"
    private static let stringMethods = "at charAt charCodeAt codePointAt concat endsWith includes indexOf isWellFormed lastIndexOf match normalize padEnd padStart repeat replace replaceAll search slice split startsWith substr substring toLowerCase toUpperCase toWellFormed trim trimEnd trimStart anchor"
    private static let statics = "Array.of Array.from Array.isArray Object.assign Object.create Object.defineProperty Object.entries Object.freeze Object.fromEntries Object.getOwnPropertyDescriptor Object.getOwnPropertyNames Object.getPrototypeOf Object.is Object.isFrozen Object.keys Object.seal Object.setPrototypeOf Object.values Number Number.isInteger Number.isSafeInteger Number.parseFloat Number.parseInt Reflect.apply Reflect.construct Reflect.defineProperty Reflect.deleteProperty Reflect.get Reflect.has Reflect.ownKeys Reflect.set String.fromCharCode String.fromCodePoint Symbol.keyFor BigInt BigInt.asIntN BigInt.asUintN JSON.stringify JSON.parse Boolean parseInt parseFloat isNaN encodeURIComponent decodeURIComponent escape unescape Date.UTC Promise.resolve"
    /// What stands for functions that node 20 answers differently (see the prelude).
    private static let tameStatics = ["Object.seal": "tameSeal", "JSON.parse": "tameParse", "Object.getOwnPropertyNames": "tameKeys", "Reflect.ownKeys": "tameKeys"]
    private static let mathMethods = "abs ceil clz32 floor fround hypot imul max min round sign sqrt trunc"
}
