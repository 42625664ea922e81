import Terrarium

/// The bytecode of a source.
enum DisasmCommand {
    static func run(_ options: Options) -> Int32 {
        guard let source = CommandLineTool.source(options) else { return CommandLineTool.Status.usage }
        switch Session.disassemble(source, isModule: CommandLineTool.isModule(source, options)) {
        case .success(let text):
            print(options.json ? JSONText.object([("text", JSONText.quote(text))]) + "\n" : text, terminator: "")
            return CommandLineTool.Status.finished
        case .failure(let error):
            if options.json { print(JSONText.object([("error", JSONText.quote(error.text))])) } else { CommandLineTool.report(error.text) }
            return CommandLineTool.Status.failed
        }
    }
}
