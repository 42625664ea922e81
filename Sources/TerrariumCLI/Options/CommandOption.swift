/// An option. Which command knows it: `Command.options`.
enum CommandOption: String, CaseIterable {
    case code = "-e", print = "-p"
    case fuel = "--fuel", heap = "--heap", timeout = "--timeout", depth = "--depth", output = "--output"
    case allow = "--allow", module = "--module", stats = "--stats", json = "--json", dump = "--dump"
    case every = "--every", top = "--top", svg = "--svg", speedscope = "--speedscope", noColor = "--no-color"
    case state = "-o"

    /// What the word behind it is; nil when there is none.
    var value: String? {
        switch self {
        case .code, .print: "CODE"
        case .fuel, .depth, .every, .top: "N"
        case .heap, .output: "SIZE"
        case .timeout: "DURATION"
        case .allow: "NAMES"
        case .dump, .svg, .speedscope, .state: "FILE"
        case .module, .stats, .json, .noColor: nil
        }
    }

    var help: String {
        switch self {
        case .code: "the code itself instead of a file"
        case .print: "as -e, and print the value"
        case .fuel: "units of fuel: about one for an instruction of bytecode, and the work of built-ins (default 100000000000)"
        case .heap: "heap limit: 64k, 16m, 1g (default 1g)"
        case .timeout: "50ms, 2s, 1m (default none)"
        case .depth: "nested calls (default 10000)"
        case .output: "limit on printed text (default 64m)"
        case .allow:
            "what the guest may use, with commas: " + Allowance.named.map(\.name).joined(separator: ", ")
                + ", modules=DIR (imports of files below DIR), all (but modules)"
        case .module: "the code is a module; so is a file that ends in .mjs"
        case .stats: "print the bill on standard error"
        case .json: "print one JSON object instead of text"
        case .dump: "write what is left of a program that a limit or an exception ends, or that is paused, for inspect"
        case .state: "write the state of the program: paused, or at rest"
        case .every: "units of fuel between two looks at the stack (default 1: all there is)"
        case .top: "rows of the tables (default 25)"
        case .svg: "write a flame graph"
        case .speedscope: "write a profile for speedscope.app"
        case .noColor: "no colours and no preview; NO_COLOR in the environment does the same"
        }
    }
}

/// What a guest may be allowed on the command line, besides modules.
enum Allowance {
    static let named: [(name: String, help: String)] = [
        ("console", "console and print; always on"),
        ("clock", "the time of day; otherwise it stands at 0"),
        ("random", "unforeseeable Math.random; otherwise it has a fixed seed"),
        ("timers", "setTimeout, setInterval, setImmediate, what clears them, queueMicrotask; in real time"),
        ("eval", "eval and Function make code from strings; otherwise they throw"),
        ("shared-memory", "SharedArrayBuffer and Atomics; otherwise there are none"),
    ]
}
