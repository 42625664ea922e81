import Foundation
import TerrariumEngine
import TerrariumSyntax

/// How quickly sources are decoded, parsed and compiled: best of several runs, in megabytes of source for each second.
enum SourceBenchmark {
    static func run(_ files: [String], runs: Int) -> Int32 {
        var status: Int32 = 0
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else {
                FileHandle.standardError.write(Data("benchmarks: cannot read \(file)\n".utf8))
                return 2
            }
            do {
                try measure(file, [UInt8](data), runs)
            } catch {
                print("\(file): \((error as? SyntaxDiagnostic)?.rendered() ?? "\(error)")")
                status = 1
            }
        }
        return status
    }

    private static func measure(_ file: String, _ bytes: [UInt8], _ runs: Int) throws {
        var options = ParseOptions()
        options.goal = file.hasSuffix(".mjs") ? .module : .script
        var decoding = Double.infinity, parsing = Double.infinity, compiling = Double.infinity
        var nodes = 0, words = 0
        for _ in 0..<runs {
            let start = now()
            let source = SourceText(utf8: bytes, name: file)
            let decoded = now()
            let program = try Parser.parse(source, options: options)
            let parsed = now()
            let script = try ScriptCompiler.compile(program)
            let compiled = now()
            decoding = min(decoding, decoded - start)
            parsing = min(parsing, parsed - decoded)
            compiling = min(compiling, compiled - parsed)
            nodes = program.nodes.count
            words = script.functions.reduce(0) { $0 + $1.words.count }
        }
        func rate(_ seconds: Double) -> String {
            String(format: "%.1f ms (%.1f MB/s)", seconds * 1000, Double(bytes.count) / seconds / 1e6)
        }
        print("\(file): \(bytes.count) bytes, \(nodes) nodes, \(words) words of code")
        print("  decode \(rate(decoding)), parse \(rate(parsing)), compile \(rate(compiling))")
    }

    private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
