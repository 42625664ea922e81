import Terrarium

/// JSON, written by hand: the fields in the order given.
enum JSONText {
    static func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(quote($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 32 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    static func bill(_ bill: Bill, _ milliseconds: String) -> String {
        object([
            ("fuel", String(bill.fuel)), ("heap", String(bill.heap)), ("heapPeak", String(bill.heapPeak)),
            ("output", String(bill.output)), ("milliseconds", milliseconds),
        ])
    }

    static func frame(function: String, source: String, line: Int, column: Int) -> [(String, String)] {
        [("function", quote(function)), ("source", quote(source)), ("line", String(line)), ("column", String(column))]
    }
}
