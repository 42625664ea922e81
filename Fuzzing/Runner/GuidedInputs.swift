import Foundation

/// Inputs of the guided fuzzers in a file: one in a line, bytes that are no visible ASCII as %XX; lines with # in front are comments.
enum GuidedInputs {
    /// Inputs that are kept in the repository.
    static let kept = "Fuzzing/Inputs"

    static func read(_ path: String) -> [[UInt8]] {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return bytes.split(separator: 10).filter { $0.first != 35 }.map { decoded(Array($0)) }
    }

    static func append(_ input: [UInt8], comment: String? = nil, to path: String) {
        if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        defer { try? file.close() }
        _ = try? file.seekToEnd()
        let note = comment.map { "# " + $0.replacing("\n", with: " ") + "\n" } ?? ""
        try? file.write(contentsOf: Data(note.utf8) + Data(encoded(input)) + [10])
    }

    static func write(_ inputs: [[UInt8]], to path: String) {
        var text = Data()
        for input in inputs { text += encoded(input) + [10] }
        try? text.write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func encoded(_ input: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        for byte in input {
            // A comment's sign is escaped too, and so is an empty input not lost.
            if byte > 32, byte < 127, byte != 37, byte != 35 || !line.isEmpty { line.append(byte) } else { line += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        return line
    }

    private static func decoded(_ line: [UInt8]) -> [UInt8] {
        var input: [UInt8] = []
        var place = 0
        while place < line.count {
            if line[place] == 37, place + 2 < line.count, let byte = UInt8(String(decoding: line[(place + 1)...(place + 2)], as: UTF8.self), radix: 16) {
                input.append(byte)
                place += 3
            } else {
                input.append(line[place])
                place += 1
            }
        }
        return input
    }
}

/// What the guided fuzzers have kept runs again, in any build.
struct InputKind: FuzzKind {
    let name = "inputs"
    let about = "what the guided fuzzers found and kept, in Fuzzing/Inputs or --inputs DIR"
    let groupSize = 64

    func cases(_ options: FuzzTool.Options) -> Int? { InputKind.list(options).count }

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        let list = InputKind.list(options)
        return number < list.count ? "\(list[number].target): \(String(decoding: list[number].input, as: UTF8.self))" : "no such case"
    }

    private static func list(_ options: FuzzTool.Options) -> [(target: String, input: [UInt8])] {
        GuidedTarget.names.flatMap { name in
            GuidedInputs.read((options.inputs ?? GuidedInputs.kept) + "/\(name).inputs").map { (name, $0) }
        }
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        let list = InputKind.list(options)
        var targets: [String: GuidedTarget] = [:]
        return eachCase(options) { number, _ in
            guard number < list.count else { return nil }
            let name = list[number].target
            if targets[name] == nil { targets[name] = GuidedTarget.named(name, corpus: []) }
            return targets[name]?.take(list[number].input)
        }
    }
}
