import Testing
import TerrariumEngine
import TerrariumSyntax

/// Golden bytecode: what the compiler makes of small functions. A change here is a change of speed; look before updating.
@Suite struct CompilerGoldenTests {
    /// Disassembly of one function of a source.
    private func code(_ source: String, function: Int) throws -> String {
        let program = try Parser.parse(SourceText(source, name: "test.js"))
        var options = CompileOptions()
        options.wantsCompletionValue = false
        let script = try ScriptCompiler.compile(program, options: options)
        #expect(BytecodeVerifier.check(script).isEmpty)
        let lines = Disassembler.text(script.functions[function], number: function).split(separator: "\n")
        return lines.map { $0.drop { $0 == " " } }.joined(separator: "\n")
    }

    @Test("a self-recursive function is a compare-branch, two calls and an add") func recursion() throws {
        #expect(
            try code("function fib(n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }", function: 1) == """
                function #1 fib, parameters 1, registers 13, constructor
                0  jumpNotLtI           r4, 2, ->2
                1  return               r4
                2  getGlobal            r7, fib
                5  subI                 r11, r4, 1
                6  call                 r6, r7, 1
                7  getGlobal            r8, fib
                10  subI                 r12, r4, 2
                11  call                 r7, r8, 1
                12  addReturn            r5, r6, r7
                13  return               r5
                """)
    }

    @Test("loops test at the bottom with one fused instruction") func nestedLoops() throws {
        #expect(
            try code("function f(n) { let s = 0; for (let i = 0; i < n; i++) for (let j = 0; j < 10; j++) s = (s + i * j) | 0; return s; }", function: 1) == """
                function #1 f, parameters 1, registers 10, constructor
                0  loadInt              r5, 0
                1  loadInt              r6, 0
                2  jumpNotLt            r6, r4, ->11
                3  loadInt              r7, 0
                4  mul                  r9, r6, r7
                5  add                  r8, r5, r9
                6  bitOrI               r5, r8, 0
                7  incLoopLtI           r7, r7
                8  loopLtI              r7, 10, ->4
                9  incLoopLt            r6, r6
                10  loopLt               r6, r4, ->3
                11  return               r5
                """)
    }

    @Test("element loops use locals in place") func elements() throws {
        #expect(
            try code("function f(a, n) { for (let i = 2; i * i <= n; i++) if (a[i]) for (let j = i * i; j <= n; j += i) a[j] = false; }", function: 1) == """
                function #1 f, parameters 2, registers 12, constructor
                0  loadInt              r6, 2
                1  jump                 ->11
                2  getElement           r7, r4, r6
                3  jumpFalse            r7, ->10
                4  mul                  r7, r6, r6
                5  jumpNotLe            r7, r5, ->10
                6  loadSpecial          r8, false
                7  setElement           r4, r7, r8
                8  add                  r7, r7, r6
                9  loopLe               r7, r5, ->6
                10  inc                  r6, r6
                11  mul                  r7, r6, r6
                12  loopLe               r7, r5, ->2
                13  returnUndefined
                """)
    }

    @Test("a method call evaluates its object straight into the frame") func methods() throws {
        #expect(
            try code("function f(p, n) { let s = 0; for (let i = 0; i < n; i++) s += p.get(i).length; return s; }", function: 1) == """
                function #1 f, parameters 2, registers 14, constructor
                0  loadInt              r6, 0
                1  loadInt              r7, 0
                2  jumpNotLt            r7, r5, ->15
                3  moveGetProperty      r12, r4
                4  getProperty          r9, r12, get
                7  moveCallThis         r13, r7
                8  callThis             r12, r9, 1
                9  getLength            r8, r12, length
                12  add                  r6, r6, r8
                13  incLoopLt            r7, r7
                14  loopLt               r7, r5, ->3
                15  return               r6
                """)
    }

    @Test("a loop over a list is two turns of the loop beside its body") func list() throws {
        #expect(
            try code("function f(a) { let s = 0; for (let i = 0; i < a.length; i++) s += a[i]; return s; }", function: 1) == """
                function #1 f, parameters 1, registers 12, constructor
                0  loadInt              r5, 0
                1  loadInt              r6, 0
                2  getLength            r7, r4, length
                5  jumpNotLt            r6, r7, ->13
                6  getElement           r7, r4, r6
                7  add                  r5, r5, r7
                8  incLengthLoop        r6, r6
                9  getLength            r7, r4, length
                12  loopLt               r6, r7, ->6
                13  return               r5
                """)
    }

    @Test("a variable that was just stored is not loaded again") func stored() throws {
        #expect(
            try code("function f() { let n = 0; return k => { n += k; return n * k; }; }", function: 2) == """
                function #2 <anonymous>, parameters 1, registers 8, arrow
                0  getEnvironmentSlot   r6, r5, 0
                1  add                  r6, r6, r4
                2  setScoped            r6, r5, 0
                3  move                 r7, r6
                4  mulReturn            r6, r7, r4
                5  return               r6
                """)
    }

    @Test("a chain of calls reuses one frame") func chain() throws {
        #expect(
            try code("function f(p) { return p.a(1).b(2).c.d(3); }", function: 1) == """
                function #1 f, parameters 1, registers 11, constructor
                0  moveGetProperty      r9, r4
                1  getProperty          r6, r9, a
                4  loadInt              r10, 1
                5  callThis             r9, r6, 1
                6  getProperty          r6, r9, b
                9  loadInt              r10, 2
                10  callThis             r9, r6, 1
                11  getProperty          r9, r9, c
                14  getProperty          r6, r9, d
                17  loadInt              r10, 3
                18  callThis             r5, r6, 1
                19  return               r5
                """)
    }

    @Test("captured variables live in scopes, others in registers") func counter() throws {
        #expect(
            try code("function f() { let c = 0, d = 1; return () => (c += d, c); }", function: 1) == """
                function #1 f, parameters 0, registers 6, constructor
                0  pushScope            r4, r0, 2, x=1
                1  loadInt              r5, 0
                2  setScoped            r5, r4, 0
                3  loadInt              r5, 1
                4  setScoped            r5, r4, 1
                5  closure              r5, r4, #2
                6  return               r5
                """)
    }

    @Test("an arrow loads its environment once") func closure() throws {
        #expect(
            try code("function f() { let c = 0; return () => ++c; }", function: 2) == """
                function #2 <anonymous>, parameters 0, registers 6, arrow
                0  getEnvironmentSlot   r5, r4, 0
                1  inc                  r5, r5
                2  setScoped            r5, r4, 0
                3  return               r5
                """)
    }

    @Test("conditions are control flow") func conditions() throws {
        #expect(
            try code("function f(x) { return x === undefined || x == null ? 0 : !(x > 2) && x !== 7 ? 1 : 2; }", function: 1) == """
                function #1 f, parameters 1, registers 6, constructor
                0  jumpUndefined        r4, ->2
                1  jumpNotNullish       r4, ->4
                2  loadInt              r5, 0
                3  jump                 ->9
                4  jumpGtI              r4, 2, ->8
                5  jumpStrictEqI        r4, 7, ->8
                6  loadInt              r5, 1
                7  jump                 ->9
                8  loadInt              r5, 2
                9  return               r5
                """)
    }

    @Test("an operand that is assigned later is copied") func hazard() throws {
        #expect(
            try code("function f(a) { return a + (a = 1) + a; }", function: 1) == """
                function #1 f, parameters 1, registers 7, constructor
                0  move                 r6, r4
                1  loadInt              r4, 1
                2  add                  r6, r6, r4
                3  addReturn            r5, r6, r4
                4  return               r5
                """)
    }

    @Test("dense cases become a jump table") func table() throws {
        #expect(
            try code("function f(x) { switch (x) { case 0: return 'a'; case 1: return 'b'; case 2: case 3: return 'c'; } }", function: 1) == """
                function #1 f, parameters 1, registers 6, constructor
                0  jumpTable            r4, 4
                1  jump                 ->6
                2  jump                 ->8
                3  jump                 ->10
                4  jump                 ->10
                5  jump                 ->12
                6  loadConstant         r5, "a"
                7  return               r5
                8  loadConstant         r5, "b"
                9  return               r5
                10  loadConstant         r5, "c"
                11  return               r5
                12  returnUndefined
                """)
    }

    @Test("finally is compiled once and dispatches") func finally() throws {
        #expect(
            try code("function f(g) { for (;;) { try { if (g()) break; return 1; } finally { g(); } } }", function: 1) == """
                function #1 f, parameters 1, registers 12, constructor
                0  moveCall             r8, r4
                1  call                 r7, r8, 0
                2  jumpFalse            r7, ->5
                3  loadInt              r5, 2
                4  jump                 ->10
                5  loadInt              r7, 1
                6  move                 r6, r7
                7  loadInt              r5, 3
                8  jump                 ->10
                9  loadInt              r5, 1
                10  moveCall             r8, r4
                11  call                 r7, r8, 0
                12  jumpStrictEqI        r5, 0, ->18
                13  jumpStrictNeI        r5, 2, ->15
                14  jump                 ->19
                15  jumpStrictNeI        r5, 3, ->17
                16  return               r6
                17  throw                r6
                18  loop                 ->0
                19  returnUndefined
                handler 0..<3 -> 9 in r6
                handler 5..<6 -> 9 in r6
                """)
    }

    @Test("for-of has a fast step, the protocol behind it, and a handler that closes the iterator") func forOf() throws {
        #expect(
            try code("function f(a) { let s = 0; for (const x of a) s += x; return s; }", function: 1) == """
                function #1 f, parameters 1, registers 18, constructor
                0  loadInt              r5, 0
                1  move                 r6, r4
                2  getIteratorFast      r7, r6, ->13
                3  getProperty          r10, r6, @@iterator
                6  requireCallable      r10, r6
                7  moveCallThis         r13, r6
                8  callThis             r7, r10, 0
                9  requireObject        r7, x=1
                10  getProperty          r8, r7, next
                13  iteratorStepFast     r12, r7, exhausted ->35, element ->25
                14  move                 r13, r8
                15  moveCallThis         r16, r7
                16  callThis             r13, r13, 0
                17  requireObject        r13
                18  getProperty          r14, r13, done
                21  jumpTrue             r14, ->35
                22  getProperty          r12, r13, value
                25  add                  r5, r5, r12
                26  loop                 ->13
                27  jumpEmpty            r8, ->34
                28  getProperty          r13, r7, return
                31  jumpNullish          r13, ->34
                32  moveCallThis         r16, r7
                33  callThis             r13, r13, 0
                34  throw                r10
                35  return               r5
                handler 25..<26 -> 27 in r10
                handler 28..<34 -> 34 in r17
                """)
    }

    @Test("a literal with plain keys is one shaped object") func object() throws {
        #expect(
            try code("function f(x, y) { return { x, y, m() { return 1; } }; }", function: 1) == """
                function #1 f, parameters 2, registers 10, constructor
                0  move                 r7, r4
                1  move                 r8, r5
                2  closure              r9, r0, #2, x=1
                3  newObjectShaped      r6, r7, {x y m}
                5  return               r6
                """)
    }

    @Test("a generator suspends behind its parameters") func generator() throws {
        #expect(
            try code("function* f(a = 1) { const b = yield a; return b; }", function: 1) == """
                function #1 f, parameters 1, registers 8, generator
                0  jumpNotUndefined     r4, ->2
                1  loadInt              r4, 1
                2  createGenerator
                3  yield                r6, r4
                4  jumpFalse            r7, ->8
                5  jumpStrictEqI        r7, 1, ->7
                6  return               r6
                7  throw                r6
                8  move                 r5, r6
                9  return               r5
                """)
    }

    @Test("an async function settles its promise however it ends") func async() throws {
        #expect(
            try code("async function f(p) { return await p; }", function: 1) == """
                function #1 f, parameters 1, registers 7, async
                0  await                r6, r4
                1  asyncResult          r6
                2  asyncResult          r5, x=1
                handler 0..<2 -> 2 in r5
                """)
    }

    @Test("a derived constructor binds this and initialises fields") func derived() throws {
        #expect(
            try code("class A extends Object { f = 1; constructor() { super(); this.g = 2; } }", function: 1) == """
                function #1 A, parameters 0, registers 14, strict constructor class derived
                0  move                 r5, r0
                1  loadNewTarget        r7
                2  superConstruct       r4, r5, 0
                3  jumpEmpty            r3, ->5
                4  throwError           x=2, -
                5  move                 r3, r4
                6  move                 r9, r0
                7  initializeFields     r4, r9, r10
                8  loadInt              r4, 2
                9  setProperty          r3, r4, g, x=1
                12  return               r3
                """)
    }

    @Test("a use before the declaration throws without a check") func deadZone() throws {
        #expect(
            try code("function f() { x; let x = 1; return x; }", function: 1) == """
                function #1 f, parameters 0, registers 6, constructor
                0  throwError           x=1, x
                """)
    }

}
