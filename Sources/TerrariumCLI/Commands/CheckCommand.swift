import Terrarium
import TerrariumSyntax

/// Early errors of all files.
enum CheckCommand {
    static func run(_ options: Options) -> Int32 {
        var errors: [(file: String, error: SyntaxDiagnostic)] = []
        var unreadable = false
        let files = options.code == nil ? options.words : ["[eval]"]
        for file in files {
            guard let source = options.code.map({ SourceText($0, name: file) }) ?? CommandLineTool.read(file) else {
                unreadable = true
                continue
            }
            errors += EarlyErrors.find(in: source, isModule: CommandLineTool.isModule(source, options)).map { (file, $0) }
        }
        if options.json {
            let items = errors.map { (file, error) in
                JSONText.object([
                    ("file", JSONText.quote(file)), ("line", String(error.line)), ("column", String(error.column)),
                    ("message", JSONText.quote("SyntaxError: \(error.message)")),
                ])
            }
            print(JSONText.object([("files", String(files.count)), ("errors", JSONText.array(items))]))
        } else {
            for (_, error) in errors { CommandLineTool.report(error.rendered() + "\n") }
            if !errors.isEmpty { CommandLineTool.report("\(errors.count) error\(errors.count > 1 ? "s" : "") in \(Set(errors.map(\.file)).count) of \(files.count) files") }
        }
        return unreadable ? CommandLineTool.Status.usage : errors.isEmpty ? CommandLineTool.Status.finished : CommandLineTool.Status.failed
    }
}
