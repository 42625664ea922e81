import Foundation
import Terrarium
import TerrariumSyntax

enum CommandLineTool {
    static func main(_ arguments: [String]) {
        var file: String?
        var code: String?
        var limits = SessionLimits()
        var stats = false
        var index = 0
        while index < arguments.count {
            switch arguments[index] {
            case "run": break
            case "-e": index += 1; code = arguments[index]
            case "--fuel": index += 1; limits.fuel = Int64(arguments[index]) ?? 0
            case "--stats": stats = true
            default: file = arguments[index]
            }
            index += 1
        }
        let source: SourceText
        if let code { source = SourceText(code, name: "[eval]") }
        else if let file, let data = FileManager.default.contents(atPath: file) { source = SourceText(utf8: [UInt8](data), name: file) }
        else { exit(2) }
        guard let session = try? Session(limits: limits, print: { print($0) }) else { exit(2) }
        let outcome = session.run(source)
        switch outcome {
        case .finished(let text): if code != nil { print(text) }
        case .thrown(let text), .syntaxError(let text): print(text)
        case .ended(let why): print("ended:", why)
        }
        if stats { print(session.bill) }
    }
}
