import TerrariumEngine
import TerrariumText

/// Function properties of the global object (ECMA-262 §19.2).
extension RealmBuilder {
    func buildGlobals() throws(Thrown) {
        let global = intrinsic(.global)
        try install(RealmBuilder.globalFunctions + RealmBuilder.escapeFunctions, on: global)
        let number = intrinsic(.number)
        for name in ["parseInt", "parseFloat"] { try define(number, name, try machine.get(global, key(name))) }
    }

    static let globalFunctions: [Builtin] = [
        Builtin("parseInt", 2, coerces: "-sn") { (machine, call) throws(Thrown) in
            if call[0].isInt, call[1].isUndefined { return call[0] }
            let text = try machine.flat(try machine.toStringValue(call[0]))
            let radix = try machine.toInt32(call[1])
            if radix == 0 || radix == 10, let whole = machine.wholeNumber(text, allowingMore: true) {
                try machine.charge(16)
                return whole
            }
            try machine.charge(text.count / 2 + 8)
            try machine.requireHeap(text.count * 2)
            if text.count > Machine.longNumeral { return Value(number: try machine.parseLongInt(text, radix: radix)) }
            return Value(number: NumberParsing.parseInt(text, radix: radix))
        },
        Builtin("parseFloat", 1, coerces: "-s") { (machine, call) throws(Thrown) in
            if call[0].isNumber, !(call[0].isDouble && call[0].double == 0) { return call[0] }
            let text = try machine.flat(try machine.toStringValue(call[0]))
            if let whole = machine.wholeNumber(text, allowingMore: true) {
                try machine.charge(16)
                return whole
            }
            try machine.charge(text.count / 2 + 8)
            try machine.requireHeap(text.count * 2)
            if text.count > Machine.longNumeral {
                let short = try machine.shortNumeral(text)
                return Value(number: NumberParsing.parseFloat(short.units))
            }
            return Value(number: NumberParsing.parseFloat(text))
        },
        Builtin("isNaN", 1, price: 6, coerces: "-n") { (machine, call) throws(Thrown) in Value(try machine.toDouble(call[0]).isNaN) },
        Builtin("isFinite", 1, price: 6, coerces: "-n") { (machine, call) throws(Thrown) in Value(try machine.toDouble(call[0]).isFinite) },
        Builtin("encodeURIComponent", 1, coerces: "-s") { (machine, call) throws(Thrown) in
            try machine.encodeURI(call[0], keep: "-_.!~*'()")
        },
        Builtin("encodeURI", 1, coerces: "-s") { (machine, call) throws(Thrown) in
            try machine.encodeURI(call[0], keep: "-_.!~*'();/?:@&=+$,#")
        },
        Builtin("decodeURIComponent", 1, coerces: "-s") { (machine, call) throws(Thrown) in try machine.decodeURI(call[0], keep: "") },
        Builtin("decodeURI", 1, coerces: "-s") { (machine, call) throws(Thrown) in try machine.decodeURI(call[0], keep: ";/?:@&=+$,#") },
    ]
}

extension Machine {
    private func isAlphanumeric(_ unit: UInt16) -> Bool {
        (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122)
    }

    func encodeURI(_ value: Value, keep: StaticString) throws(Thrown) -> Value {
        let text = try flat(try toStringValue(value))
        try requireHeap(text.count * 16)
        let kept = Set(keep.description.utf16)
        let digits = Array("0123456789ABCDEF".utf16)
        var output: [UInt16] = []
        var index = 0
        while index < text.count {
            try charge(5)
            let unit = text[index]
            if isAlphanumeric(unit) || kept.contains(unit) {
                output.append(unit)
                index += 1
                continue
            }
            let point = text.codePoint(at: index)
            guard !(0xD800...0xDFFF).contains(point.value) else { throw error(.uriError, "URI malformed") }
            var bytes: [UInt8] = []
            UTF8Transcoding.append(point.value, to: &bytes)
            for byte in bytes { output += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            index += point.length
        }
        return try makeString(units: output)
    }

    func decodeURI(_ value: Value, keep: StaticString) throws(Thrown) -> Value {
        let units = try flat(try toStringValue(value)).units
        let kept = Set(keep.description.utf16)
        var output: [UInt16] = []
        var index = 0
        func byte(_ at: Int) throws(Thrown) -> UInt8 {
            guard at + 2 < units.count, units[at] == 37 else { throw error(.uriError, "URI malformed") }
            let high = NumberParsing.digitValue(units[at + 1]), low = NumberParsing.digitValue(units[at + 2])
            guard high < 16, low < 16 else { throw error(.uriError, "URI malformed") }
            return UInt8(truncatingIfNeeded: high * 16 + low)
        }
        while index < units.count {
            try charge(1)
            guard units[index] == 37 else {
                output.append(units[index])
                index += 1
                continue
            }
            let start = index
            let first = try byte(index)
            index += 3
            if first < 0x80 {
                if kept.contains(UInt16(first)) { output += units[start..<index] } else { output.append(UInt16(first)) }
                continue
            }
            let count = first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC0 && first < 0xE0 ? 2 : 0
            guard count > 0 else { throw error(.uriError, "URI malformed") }
            var point = UInt32(first) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
            for _ in 1..<count {
                guard index < units.count else { throw error(.uriError, "URI malformed") }
                let next = try byte(index)
                guard next & 0xC0 == 0x80 else { throw error(.uriError, "URI malformed") }
                point = point << 6 | UInt32(next & 0x3F)
                index += 3
            }
            let least: UInt32 = count == 2 ? 0x80 : count == 3 ? 0x800 : 0x10000
            guard point >= least, point <= 0x10FFFF, !(0xD800...0xDFFF).contains(point) else {
                throw error(.uriError, "URI malformed")
            }
            UTF16Text.append(point, to: &output)
        }
        return try makeString(units: output)
    }
}
