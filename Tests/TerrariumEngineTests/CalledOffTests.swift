import TerrariumEngine
import TerrariumLibrary
import TerrariumSyntax
import Testing

/// Work that an interrupt ends in the middle, and the guest after it.
struct CalledOffTests {
    private let machine: Machine
    private let realm: UInt32

    init() throws {
        var limits = MachineLimits()
        limits.fuel = 1 << 40
        limits.heap = 64 << 20
        machine = try #require(Machine(limits: limits))
        realm = try machine.makeRealm()
        let guest = machine
        // What the guest calls to be interrupted when it next wants a collection, or does anything that takes long.
        guest.host.print = { [unowned guest] text in
            if text == "collect" { guest.requestCollection() }
            guest.interrupter.interrupt()
        }
        try machine.installPrint(realm: realm)
    }

    private func run(_ source: String) throws -> Value {
        var options = CompileOptions()
        options.isLazy = true
        return try machine.run(try ScriptCompiler.compile(try Parser.parse(SourceText(source, name: "test")), options: options), realm: realm)
    }

    private func runInterrupted(_ source: String) throws {
        #expect(throws: Thrown.termination) { _ = try run(source) }
        #expect(machine.termination == .interrupted)
        machine.interrupter.reset()
        machine.clearTermination()
    }

    /// Nothing is freed, and nothing that lives is taken for dead later: marks come round after eight collections.
    @Test func aCollectionThatIsGivenUpLosesNothing() throws {
        _ = try run(
            """
            const list = [], map = new Map(), weak = new WeakMap(), refs = [];
            function add(n) {
              for (let i = 0; i < 300; i++) {
                const key = { n, i, text: 'text' + n + '/' + i }, value = [n, i];
                list.push(key); map.set(key.text, value); weak.set(key, { value }); refs.push(new WeakRef(key));
                ({ garbage: [i, i, i, i] });
              }
            }
            function sound() {
              let n = 0;
              for (const key of list) {
                if (key.text !== 'text' + key.n + '/' + key.i || map.get(key.text)[1] !== key.i || weak.get(key).value !== map.get(key.text)) return false;
                if (refs[n++].deref() !== key) return false;
              }
              return n === list.length && n === map.size;
            }
            function waste() { for (let i = 0; i < 64; i++) new ArrayBuffer(4096); }
            function spin() { for (let i = 0; i < 10; i++); }
            spin();
            """)
        for round in 0..<3 {
            _ = try run("add(\(round)); waste(); 0")
            let before = machine.heapInUse
            // Twice six that are given up, and one that comes to its end because no mark is left: the next round begins as this.
            for number in 0..<14 {
                try runInterrupted("print('collect'); spin()")
                if number < 6 { #expect(machine.heapInUse >= before) }
                #expect(try run("sound()") == .true)
            }
            #expect(machine.heapInUse < before)
        }
        #expect(machine.capture(keeping: []) != nil)
        #expect(try run("sound()") == .true)
    }

    /// A function whose compilation was given up is compiled when it is called again.
    @Test func aCompilationThatIsGivenUpComesAgain() throws {
        let body = (0..<2000).map { "if (n === \($0)) { n += (() => \($0) * 0 + 1)(); }" }.joined(separator: "\n")
        _ = try run("function f(n) { \(body)\n return n; } function g() { print(''); return f(0); } 0")
        try runInterrupted("g()")
        try runInterrupted("g()")
        #expect(try run("f(1990)") == Value(Int32(2000)))
    }

    /// So does code from strings.
    @Test(arguments: ["(0, eval)(text)", "new Function(text)", "eval(text)"])
    func codeFromStringsIsGivenUp(_ call: String) throws {
        machine.allowsCodeGeneration = true
        _ = try run("var text = 'z = 1; y = z + 2;'.repeat(3000); var z = 0, y = 0; function h(off) { if (off) print(''); return \(call); }")
        try runInterrupted("h(true)")
        _ = try run("h(false)")
    }
}
