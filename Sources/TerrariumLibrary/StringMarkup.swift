import TerrariumEngine

/// The HTML methods of String.prototype, escape and unescape (ECMA-262 §B.2.2, §B.2.1).
extension RealmBuilder {
    /// CreateHTML.
    private static func markup(_ name: String, _ tag: String, _ attribute: String? = nil) -> Builtin {
        Builtin(name, attribute == nil ? 0 : 1, coerces: attribute == nil ? "s" : "ss") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, name)
            var text = try machine.makeString("<\(tag)")
            if let attribute {
                let value = try machine.toStringValue(call[0])
                let escaped = try machine.replaceUnit(value, 34, by: "&quot;")
                text = try machine.concatenate(text, try machine.makeString(" \(attribute)=\""))
                text = try machine.concatenate(try machine.concatenate(text, escaped), try machine.makeString("\""))
            }
            text = try machine.concatenate(try machine.concatenate(text, try machine.makeString(">")), string)
            return try machine.concatenate(text, try machine.makeString("</\(tag)>"))
        }
    }

    static let stringMarkup: [Builtin] = [
        markup("anchor", "a", "name"), markup("big", "big"), markup("blink", "blink"), markup("bold", "b"),
        markup("fixed", "tt"), markup("fontcolor", "font", "color"), markup("fontsize", "font", "size"),
        markup("italics", "i"), markup("link", "a", "href"), markup("small", "small"), markup("strike", "strike"),
        markup("sub", "sub"), markup("sup", "sup"),
    ]

    static let escapeFunctions: [Builtin] = [
        Builtin("escape", 1, coerces: "-s") { (machine, call) throws(Thrown) in
            let text = try machine.flat(try machine.toStringValue(call[0]))
            let length = text.count * (text.isLatin1 ? 3 : 6)
            try machine.requireHeap(length &* 2)
            let digits = Array("0123456789ABCDEF".utf8), kept = Array("@*_+-./".utf8)
            var output: [UInt8] = []
            output.reserveCapacity(length)
            for index in 0..<text.count {
                try machine.charge(3)
                let unit = text[index]
                let byte = UInt8(truncatingIfNeeded: unit)
                func digit(_ shift: UInt16) -> UInt8 { digits[Int(unit >> shift & 15)] }
                switch unit {
                case 48...57, 65...90, 97...122: output.append(byte)
                case 0...127 where kept.contains(byte): output.append(byte)
                case 0...255: output += [37, digit(4), digit(0)]
                default: output += [37, 117, digit(12), digit(8), digit(4), digit(0)]
                }
            }
            return try machine.makeString(latin1: output)
        },
        Builtin("unescape", 1, coerces: "-s") { (machine, call) throws(Thrown) in
            let string = try machine.toStringValue(call[0])
            let text = try machine.flat(string)
            func hex(_ start: Int, _ count: Int) -> UInt16? {
                guard start + count <= text.count else { return nil }
                var value: UInt16 = 0
                for index in start..<(start + count) {
                    switch text[index] {
                    case let unit where unit >= 48 && unit <= 57: value = value << 4 | (unit - 48)
                    case let unit where unit >= 65 && unit <= 70: value = value << 4 | (unit - 55)
                    case let unit where unit >= 97 && unit <= 102: value = value << 4 | (unit - 87)
                    default: return nil
                    }
                }
                return value
            }
            var output: [UInt16] = []
            var index = 0
            while index < text.count {
                try machine.charge(1)
                if text[index] == 37 {
                    if index + 1 < text.count, text[index + 1] == 117, let value = hex(index + 2, 4) {
                        output.append(value)
                        index += 6
                        continue
                    }
                    if let value = hex(index + 1, 2) {
                        output.append(value)
                        index += 3
                        continue
                    }
                }
                output.append(text[index])
                index += 1
            }
            return output.count == text.count ? string : try machine.makeString(units: output)
        },
    ]
}

extension Machine {
    /// The string with every occurrence of a unit replaced.
    fileprivate func replaceUnit(_ string: Value, _ unit: UInt16, by replacement: StaticString) throws(Thrown) -> Value {
        let text = try flat(string)
        try charge(text.count / 4)
        var found = false
        for index in 0..<text.count {
            if text[index] == unit { found = true; break }
            try keepWatch(index)
        }
        if !found { return string }
        guard text.count <= limits.heap / 12 else { throw outOfHeap() }
        let other = Array(replacement.description.utf16)
        var output: [UInt16] = []
        for index in 0..<text.count {
            if text[index] == unit { output += other } else { output.append(text[index]) }
            try keepWatch(index)
        }
        return try makeString(units: output)
    }
}
