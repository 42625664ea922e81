import Foundation
import Terrarium
import TerrariumSyntax

/// Targets that take bytes: what a coverage-guided driver feeds. `.ci/fuzz-guided` builds this tool with
/// `-sanitize=fuzzer -DFUZZER` and runs one; without that, `fuzz guided TARGET FILE…` repeats what was found.
enum Guided {
    static let targets = "parser regexp json templates snapshots"

    static func target(_ name: String) -> (([UInt8]) -> Void)? {
        switch name {
        case "parser":
            return { bytes in ParserKind.take(bytes, isModule: bytes.count & 1 == 1, compiles: true, lists: false) }
        case "regexp":
            guard let guests = Guests(prelude: "function note(v) {}") else { return nil }
            return { bytes in
                // Flags, a pattern, and behind a line end the subject.
                let parts = bytes.dropFirst().split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
                let flags = ["", "i", "g", "y", "m", "s", "u", "v", "d"][Int(bytes.first ?? 0) % 9]
                let subject = parts.count > 1 ? parts[1] : "abcab 1"
                _ = guests.runShared(
                    RegExpKind.uses(pattern: parts.first ?? "", flags: flags, subject: RegExpKind.quoted(subject)), fuel: 100_000, heap: 8 << 20)
            }
        case "json":
            guard let guests = Guests() else { return nil }
            return { bytes in
                let text = RegExpKind.quoted(String(decoding: bytes, as: UTF8.self))
                _ = guests.runShared("try { JSON.stringify(JSON.parse(\(text)), null, 1) } catch (e) { e.message }", fuel: 100_000, heap: 8 << 20)
            }
        case "templates":
            guard let target = TemplateTarget() else { return nil }
            return { bytes in
                var bytes = bytes
                TemplateKind.repair(&bytes)
                _ = target.take(bytes)
            }
        case "snapshots":
            guard let target = SnapshotTarget() else { return nil }
            return { target.take($0) }
        default: return nil
        }
    }

    /// `fuzz guided TARGET …`: with the driver, its options and folders follow; without it, files.
    static func main(_ arguments: [String]) -> Int32 {
        guard let name = arguments.first, let target = target(name) else {
            FileHandle.standardError.write(Data("usage: fuzz guided TARGET FILE…, TARGET one of \(targets)\n".utf8))
            return 2
        }
        #if FUZZER
        return Driver.run(Array(arguments.dropFirst()), target)
        #else
        for path in arguments.dropFirst() {
            print(path)
            target(Array(FileManager.default.contents(atPath: path) ?? Data()))
        }
        print("\(arguments.count - 1) passed, 0 failed")
        return 0
        #endif
    }

    /// `fuzz seeds TARGET DIR`: inputs that a driver begins with.
    static func seeds(_ arguments: [String], _ options: FuzzTool.Options) -> Int32 {
        guard arguments.count == 2 else { return 2 }
        let folder = URL(fileURLWithPath: arguments[1])
        var seeds: [[UInt8]] = []
        switch arguments[0] {
        case "parser": seeds = (0..<300).map { Array(ParserKind().show($0, options).utf8) }.filter { $0.count < 2000 }
        case "regexp": seeds = RegExpKind.patterns(300).map { [UInt8($0.count % 9)] + Array(($0 + "\nabcab1").utf8) }
        case "json": seeds = JSONKind.texts(300).map { Array($0.utf8) }
        case "templates": seeds = TemplateKind.originals
        case "snapshots": seeds = SnapshotTarget()?.bodies ?? []
        default: return 2
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (number, seed) in seeds.enumerated() { try Data(seed).write(to: folder.appendingPathComponent("seed\(number)")) }
        } catch {
            FileHandle.standardError.write(Data("fuzz: \(error)\n".utf8))
            return 1
        }
        return 0
    }
}

#if FUZZER
/// libFuzzer of the toolchain.
private enum Driver {
    nonisolated(unsafe) static var target: ([UInt8]) -> Void = { _ in }

    static func run(_ arguments: [String], _ target: @escaping ([UInt8]) -> Void) -> Int32 {
        unsafe Driver.target = target
        var words = unsafe ([CommandLine.arguments[0]] + arguments).map { unsafe strdup($0) } + [nil]
        var count = Int32(words.count - 1)
        // SAFETY: the driver keeps the words for the life of the process.
        return unsafe words.withUnsafeMutableBufferPointer { buffer in
            var start = unsafe buffer.baseAddress
            return unsafe runDriver(&count, &start) { data, size in
                let bytes = unsafe UnsafeBufferPointer(start: data, count: size)
                unsafe Driver.target(unsafe Array(bytes))
                return 0
            }
        }
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What the library's own main function would call; that function is not used.
@_cdecl("LLVMFuzzerTestOneInput")
public func unusedEntry(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 { 0 }
#endif
