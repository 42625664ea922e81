internal import TerrariumSyntax

/// What somebody typed at a prompt: whether it is complete, and as what it is read.
public enum EntrySource {
    /// Whether more lines could make a program of it: it is none yet, and the first error is that it ends.
    public static func isIncomplete(_ text: String) -> Bool {
        let errors = readings(of: text).map { failure(text, $0) }
        if errors.contains(where: { $0 == nil }) { return false }
        let units = Array(text.utf16)
        return errors.contains { $0.map { isAtEnd($0, of: units) } ?? false }
    }

    /// As what an entry may be read, in this order: it may await at its top level, unless `await` is a name in it.
    static func readings(of text: String) -> [ParseOptions] {
        guard text.contains("await") else { return [.guest] }
        var awaiting = ParseOptions.guest
        awaiting.allowsTopLevelAwait = true
        return [awaiting, .guest]
    }

    private static func failure(_ text: String, _ options: ParseOptions) -> SyntaxDiagnostic? {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(SourceText(text, name: "entry"), options: options)
            return nil
        } catch {
            return error
        }
    }

    private static func isAtEnd(_ error: SyntaxDiagnostic, of units: [UInt16]) -> Bool {
        let end = (units.lastIndex { $0 > 32 } ?? -1) + 1
        if error.offset >= end { return true }
        // A comment or a template that is open ends at the end of the input, whatever the place of the message.
        let place = error.offset
        guard place >= 0, place + 1 < units.count else { return false }
        return units[place] == 47 && units[place + 1] == 42
    }
}
