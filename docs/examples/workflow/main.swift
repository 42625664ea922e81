import Examples
import Foundation

// Goes on with a suspended workflow: `workflow FILE ANSWER`. Prints the next question and writes the workflow back to its
// file, or prints the result.
let arguments = CommandLine.arguments
guard arguments.count == 3, let data = FileManager.default.contents(atPath: arguments[1]) else {
    FileHandle.standardError.write(Data("usage: workflow FILE ANSWER\n".utf8))
    exit(64)
}
do {
    switch try await Workflow.answer(Array(data), arguments[2]) {
    case .waiting(let question, let suspended):
        try Data(suspended).write(to: URL(fileURLWithPath: arguments[1]))
        print("? \(question)")
    case .finished(let result): print("= \(result)")
    }
} catch {
    FileHandle.standardError.write(Data("workflow: \(error)\n".utf8))
    exit(1)
}
