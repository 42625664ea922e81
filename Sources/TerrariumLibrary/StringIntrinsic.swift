import TerrariumEngine
import TerrariumText

/// String (ECMA-262 §22.1), without regular expressions.
extension RealmBuilder {
    func buildString() throws(Thrown) {
        let prototype = intrinsic(.stringPrototype)
        let string = try constructor(
            Builtin("String", 1) { (machine, call) throws(Thrown) in
                var text = machine.emptyString
                if call.argumentCount > 0 {
                    if call.isConstruct, let again = try machine.coerce(call, "-s") { return again }
                    if !call.isConstruct, call[0].isObject { return try machine.goOn(call, engine: .toText) }
                    if !call.isConstruct, call[0].isSymbol { return try machine.makeString(machine.describe(call[0])) }
                    text = try machine.toStringValue(call[0])
                }
                guard call.isConstruct else { return text }
                return try machine.makeWrapper(text, CellKind.stringWrapper, call.newTarget, .stringPrototype)
            }, prototype: prototype,
            statics: [
                Builtin("fromCharCode", 1, coerces: "-n*") { (machine, call) throws(Thrown) in
                    if call.argumentCount == 1, call[0].isInt {
                        return try machine.makeString(unit: UInt16(truncatingIfNeeded: call[0].int))
                    }
                    var units: [UInt16] = []
                    for index in 0..<call.argumentCount {
                        units.append(UInt16(truncatingIfNeeded: try machine.toInt32(call[index])))
                    }
                    return try machine.makeString(units: units)
                },
                Builtin("fromCodePoint", 1) { (machine, call) throws(Thrown) in
                    var units: [UInt16] = []
                    for index in 0..<call.argumentCount {
                        if call[index].isObject {
                            return try machine.goOn(
                                call, engine: .codePoints, this: .undefined, [call.callee, try machine.makeArray(call.arguments())])
                        }
                        let number = try machine.toDouble(call[index])
                        guard let point = UInt32(exactly: number), point <= 0x10FFFF else {
                            throw machine.rangeError("Invalid code point \(machine.describe(call[index].isNumber ? call[index] : Value(number: number)))")
                        }
                        UTF16Text.append(point, to: &units)
                    }
                    return try machine.makeString(units: units)
                },
                Builtin("raw", 1) { (machine, call) throws(Thrown) in
                    let cooked = try machine.toObject(call[0])
                    if try machine.rawNeedsFrames(cooked, call) { return try machine.goOn(call, engine: .rawText) }
                    let raw = try machine.toObject(try machine.get(cooked.offset, machine.key(.raw)))
                    let length = try machine.lengthOfArrayLike(raw.offset)
                    var text = machine.emptyString
                    for index in 0..<length {
                        try machine.charge(2)
                        let part = try machine.get(raw.offset, try machine.integerKey(index))
                        text = try machine.concatenate(text, try machine.toStringValue(part))
                        if index + 1 < length, index + 1 < call.argumentCount {
                            text = try machine.concatenate(text, try machine.toStringValue(call[index + 1]))
                        }
                    }
                    return text
                },
            ], methods: RealmBuilder.stringMethods + RealmBuilder.stringSearchMethods + RealmBuilder.stringMarkup)
        setIntrinsic(.string, string)
        machine.setRealmValue(realm, .stringSearch, try machine.get(prototype, key("indexOf")))
        machine.setRealmValue(realm, .stringReplace, Value(object: try standIns(.stringReplace)[0]))
        for (alias, name) in [("trimLeft", "trimStart"), ("trimRight", "trimEnd")] {
            try define(prototype, alias, try machine.get(prototype, key(name)))
        }
    }

    static let stringMethods: [Builtin] = [
        Builtin("toString", 0, price: 1) { (machine, call) throws(Thrown) in try machine.thisString(call, "toString") },
        Builtin("valueOf", 0, price: 1) { (machine, call) throws(Thrown) in try machine.thisString(call, "valueOf") },
        Builtin("charAt", 1, coerces: "sn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "charAt")
            let index = try machine.toIntegerOrInfinity(call[0])
            guard index >= 0, index < Double(machine.stringLength(string)) else { return machine.emptyString }
            return try machine.makeString(unit: try machine.flat(string)[Int(index)])
        },
        Builtin("charCodeAt", 1, price: 4, coerces: "sn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "charCodeAt")
            let index = try machine.toIntegerOrInfinity(call[0])
            guard index >= 0, index < Double(machine.stringLength(string)) else { return .nan }
            return Value(Int32(try machine.flat(string)[Int(index)]))
        },
        Builtin("codePointAt", 1, coerces: "sn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "codePointAt")
            let index = try machine.toIntegerOrInfinity(call[0])
            guard index >= 0, index < Double(machine.stringLength(string)) else { return .undefined }
            return Value(try machine.flat(string).codePoint(at: Int(index)).value)
        },
        Builtin("at", 1, coerces: "sn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "at")
            let length = Double(machine.stringLength(string))
            let relative = try machine.toIntegerOrInfinity(call[0])
            let index = relative < 0 ? relative + length : relative
            guard index >= 0, index < length else { return .undefined }
            return try machine.makeString(unit: try machine.flat(string)[Int(index)])
        },
        Builtin("concat", 1, coerces: "s*") { (machine, call) throws(Thrown) in
            var string = try machine.stringReceiver(call, "concat")
            for argument in call.arguments() { string = try machine.concatenate(string, try machine.toStringValue(argument)) }
            return string
        },
        Builtin("slice", 2, coerces: "snn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "slice")
            let length = machine.stringLength(string)
            let start = try machine.relativeIndex(call[0], length, default: 0)
            let end = try machine.relativeIndex(call[1], length, default: length)
            return try machine.substring(string, start, max(start, end))
        },
        Builtin("substring", 2, coerces: "snn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "substring")
            let length = Double(machine.stringLength(string))
            let start = min(max(try machine.toIntegerOrInfinity(call[0]), 0), length)
            let end = call[1].isUndefined ? length : min(max(try machine.toIntegerOrInfinity(call[1]), 0), length)
            return try machine.substring(string, Int(min(start, end)), Int(max(start, end)))
        },
        Builtin("substr", 2, coerces: "snn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "substr")
            let length = machine.stringLength(string)
            let start = try machine.relativeIndex(call[0], length, default: 0)
            let count = call[1].isUndefined ? Double(length) : try machine.toIntegerOrInfinity(call[1])
            let end = Int(min(max(Double(start) + count, Double(start)), Double(length)))
            return try machine.substring(string, start, end)
        },
        Builtin("toUpperCase", 0, coerces: "s") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "toUpperCase")
            if let simple = try machine.asciiCase(string, upper: true) { return simple }
            let text = try machine.flat(string)
            return try machine.mapPieces(text, price: 2, isStart: Machine.isNoTrailSurrogate) { UnicodeCase.toUpperCase($0) }
        },
        Builtin("toLowerCase", 0, coerces: "s") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "toLowerCase")
            if let simple = try machine.asciiCase(string, upper: false) { return simple }
            let text = try machine.flat(string)
            return try machine.lowerCase(text)
        },
        Builtin("toLocaleUpperCase", 0, coerces: "s") { (machine, call) throws(Thrown) in
            let text = try machine.flat(try machine.stringReceiver(call, "toLocaleUpperCase"))
            return try machine.mapPieces(text, price: 2, isStart: Machine.isNoTrailSurrogate) { UnicodeCase.toUpperCase($0) }
        },
        Builtin("toLocaleLowerCase", 0, coerces: "s") { (machine, call) throws(Thrown) in
            let text = try machine.flat(try machine.stringReceiver(call, "toLocaleLowerCase"))
            return try machine.lowerCase(text)
        },
        Builtin("trim", 0, coerces: "s") { (machine, call) throws(Thrown) in
            try machine.trim(try machine.stringReceiver(call, "trim"), start: true, end: true)
        },
        Builtin("trimStart", 0, coerces: "s") { (machine, call) throws(Thrown) in
            try machine.trim(try machine.stringReceiver(call, "trimStart"), start: true, end: false)
        },
        Builtin("trimEnd", 0, coerces: "s") { (machine, call) throws(Thrown) in
            try machine.trim(try machine.stringReceiver(call, "trimEnd"), start: false, end: true)
        },
        Builtin("padStart", 1, coerces: "sn") { (machine, call) throws(Thrown) in try machine.pad(call, atStart: true) },
        Builtin("padEnd", 1, coerces: "sn") { (machine, call) throws(Thrown) in try machine.pad(call, atStart: false) },
        Builtin("repeat", 1, coerces: "sn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "repeat")
            let count = try machine.toIntegerOrInfinity(call[0])
            guard count >= 0, count.isFinite else { throw machine.rangeError("Invalid count value: \(machine.describe(call[0]))") }
            if count == 0 || machine.stringLength(string) == 0 { return machine.emptyString }
            guard Double(machine.stringLength(string)) * count <= 536_870_888 else {
                throw machine.rangeError("Invalid string length")
            }
            return try machine.repeatString(string, Int(count))
        },
        Builtin("isWellFormed", 0, coerces: "s") { (machine, call) throws(Thrown) in
            let text = try machine.flat(try machine.stringReceiver(call, "isWellFormed"))
            if text.isLatin1 { return .true }
            var index = 0
            while index < text.count {
                try machine.charge(1)
                let point = text.codePoint(at: index)
                if point.value & 0x1F_F800 == 0xD800 { return .false }
                index += point.length
            }
            return .true
        },
        Builtin("toWellFormed", 0, coerces: "s") { (machine, call) throws(Thrown) in
            let text = try machine.flat(try machine.stringReceiver(call, "toWellFormed"))
            return try machine.mapPieces(text, price: 2, isStart: Machine.isNoTrailSurrogate) { UTF16Text.toWellFormed($0) }
        },
        Builtin("localeCompare", 1, coerces: "ss") { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let string = try machine.stringReceiver(given, "localeCompare")
            return try machine.localeCompare(resumed.call, string, try machine.keptList(resumed.kept))
        },
        Builtin("normalize", 0, coerces: "ss") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "normalize")
            let name = call[0].isUndefined ? "NFC" : machine.swiftString(try machine.toStringValue(call[0]))
            let form: UnicodeNormalization.Form
            switch name {
            case "NFC": form = .nfc
            case "NFD": form = .nfd
            case "NFKC": form = .nfkc
            case "NFKD": form = .nfkd
            default: throw machine.rangeError("The normalization form should be one of NFC, NFD, NFKC, NFKD.")
            }
            let text = try machine.flat(string)
            if text.isLatin1, form == .nfc { return string }
            return try machine.mapPieces(text, price: 8, isStart: Machine.composesWithNothingBefore) { (units) throws(Thrown) in
                // One unit may become 18.
                let count = UnicodeNormalization.decompositionCount(units, form)
                try machine.charge(count * 2)
                try machine.requireHeap(count * 24)
                return try UnicodeNormalization.normalize(units, form) { () throws(Thrown) in try machine.checkMeters() }
            }
        },
        Builtin("@@iterator", 0, coerces: "s") { (machine, call) throws(Thrown) in
            try machine.makeBuiltinIterator(
                .stringIteratorPrototype, over: try machine.stringReceiver(call, "[Symbol.iterator]"), gives: 1)
        },
    ]

    static let stringSearchMethods: [Builtin] = [
        Builtin("indexOf", 1, coerces: "ssn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "indexOf")
            let pattern = try machine.toStringValue(call[0])
            let from = Int(min(max(try machine.toIntegerOrInfinity(call[1]), 0), Double(machine.stringLength(string))))
            return Value(try machine.search(string, pattern, from: from) ?? -1)
        },
        Builtin("lastIndexOf", 1, coerces: "ssn") { (machine, call) throws(Thrown) in
            let string = try machine.stringReceiver(call, "lastIndexOf")
            let pattern = try machine.toStringValue(call[0])
            let number = try machine.toDouble(call[1])
            let length = machine.stringLength(string) - machine.stringLength(pattern)
            if length < 0 { return Value(Int32(-1)) }
            let from = number.isNaN ? length : Int(min(max(try machine.toIntegerOrInfinity(Value(number: number)), 0), Double(length)))
            let text = try machine.flat(string), other = try machine.flat(pattern)
            var index = from
            while index >= 0 {
                let common = machine.commonLength(text, other, at: index)
                try machine.charge(common / 16 + (index & 1))
                if common == other.count { return Value(index) }
                index -= 1
            }
            return Value(Int32(-1))
        },
        Builtin("includes", 1, coerces: "s") { (machine, call) throws(Thrown) in
            if let again = try machine.coerceSearchText(call, "includes") { return again }
            let string = try machine.stringReceiver(call, "includes")
            let pattern = try machine.searchPattern(call[0], "includes")
            let from = Int(min(max(try machine.toIntegerOrInfinity(call[1]), 0), Double(machine.stringLength(string))))
            return Value(try machine.search(string, pattern, from: from) != nil)
        },
        Builtin("startsWith", 1, coerces: "s") { (machine, call) throws(Thrown) in
            if let again = try machine.coerceSearchText(call, "startsWith") { return again }
            let string = try machine.stringReceiver(call, "startsWith")
            let pattern = try machine.searchPattern(call[0], "startsWith")
            let from = Int(min(max(try machine.toIntegerOrInfinity(call[1]), 0), Double(machine.stringLength(string))))
            return Value(try machine.matches(try machine.flat(string), try machine.flat(pattern), at: from))
        },
        Builtin("endsWith", 1, coerces: "s") { (machine, call) throws(Thrown) in
            if let again = try machine.coerceSearchText(call, "endsWith") { return again }
            let string = try machine.stringReceiver(call, "endsWith")
            let pattern = try machine.searchPattern(call[0], "endsWith")
            let length = Double(machine.stringLength(string))
            let end = call[1].isUndefined ? length : min(max(try machine.toIntegerOrInfinity(call[1]), 0), length)
            let start = Int(end) - machine.stringLength(pattern)
            let text = try machine.flat(string), other = try machine.flat(pattern)
            return Value(start >= 0 ? try machine.matches(text, other, at: start) : false)
        },
        Builtin("split", 2) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            if call.this.isNullish { throw machine.typeError("String.prototype.split called on null or undefined") }
            if call[0].isObject, resumed.kept == nil {
                if let parts = try machine.splitAtOnce(call) { return parts }
                guard let splitter = try machine.plainMethod(call[0], .split) else {
                    return try machine.goOnForMethod(call, .split, isBinary: true)
                }
                if !splitter.isUndefined { return try machine.goOn(call, splitter, this: call[0], [call.this, call[1]]) }
            }
            if call[1].isObject {
                return try machine.goOn(
                    call, engine: .splitParts, this: .undefined,
                    [call.callee, call.this, try machine.makeArray(call.arguments())])
            }
            if call.this.isObject || call[0].isObject, let again = try machine.coerce(call, "ss") { return again }
            let string = try machine.toStringValue(call.this)
            let limit = call[1].isUndefined ? UInt32.max : try machine.toUint32(call[1])
            let separator = try machine.toStringValue(call[0])
            if limit == 0 { return try machine.makeArray([]) }
            if call[0].isUndefined { return try machine.makeArray([string]) }
            return try machine.split(string, separator, limit: Int(limit))
        },
        Builtin("replace", 2) { (machine, call) throws(Thrown) in
            try machine.replace(call, all: false)
        },
        Builtin("replaceAll", 2) { (machine, call) throws(Thrown) in
            try machine.replace(call, all: true)
        },
        Builtin("match", 1) { (machine, call) throws(Thrown) in try machine.matchWith(call, .match, "match", flags: .undefined) },
        Builtin("matchAll", 1) { (machine, call) throws(Thrown) in
            if call[0].isObject, let matches = try machine.matchAtOnce(call, .matchAll) { return matches }
            if call[0].isObject, !call.this.isNullish, machine.resumed(call).kept == nil,
                let again = try machine.requireGlobal(call, "matchAll") {
                return again
            }
            return try machine.matchWith(call, .matchAll, "matchAll", flags: try machine.makeString("g"))
        },
        Builtin("search", 1) { (machine, call) throws(Thrown) in try machine.matchWith(call, .search, "search", flags: .undefined) },
    ]
}

extension Machine {
    /// Whether String.raw has to ask guest code for something, which is not for its texts.
    fileprivate func rawNeedsFrames(_ cooked: Value, _ call: NativeCall) throws(Thrown) -> Bool {
        guard let raw = try valueWithoutGuestCode(cooked, key(.raw)) else { return true }
        if raw.isNullish { return false }
        if call.arguments(from: 1).contains(where: { $0.isObject }) { return true }
        guard raw.isObject else { return false }
        guard let length = try valueWithoutGuestCode(raw, key(.length)), !length.isObject else { return true }
        let count = try lengthOfArrayLike(raw.offset)
        var index = 0
        while index < count {
            try charge(1)
            guard let part = try valueWithoutGuestCode(raw, try integerKey(index)), !part.isObject else { return true }
            index &+= 1
        }
        return false
    }

    /// A method's name as V8's messages write it behind the object's.
    static func memberText(_ name: String) -> String {
        switch name {
        case "trimStart": ".trimLeft"
        case "trimEnd": ".trimRight"
        default: name.hasPrefix("[") ? name : ".\(name)"
        }
    }

    func thisString(_ call: NativeCall, _ name: String) throws(Thrown) -> Value {
        if call.this.isString { return call.this }
        if call.this.isObject, kind(of: call.this.offset) == CellKind.stringWrapper { return field(call.this.offset, 0) }
        throw typeError("String.prototype.\(name) requires that 'this' be a String")
    }

    func stringReceiver(_ call: NativeCall, _ name: String) throws(Thrown) -> Value {
        if call.this.isString { return call.this }
        if call.this.isNullish { throw typeError("String.prototype\(Machine.memberText(name)) called on null or undefined") }
        return try toStringValue(call.this)
    }

    func makeWrapper(_ value: Value, _ kind: UInt8, _ newTarget: Value, _ fallback: Intrinsic) throws(Thrown) -> Value {
        let object = try allocateObject(
            kind: kind, prototype: try prototypeFromConstructor(newTarget, fallback), fields: 1,
            flags: kind == CellKind.stringWrapper ? ObjectFlag.exotic : 0)
        setField(object, 0, value)
        return Value(object: object)
    }

    /// When guest code has to be asked whether the text to be searched for is one, or for it: goes on with that.
    func coerceSearchText(_ call: NativeCall, _ name: String) throws(Thrown) -> Value? {
        if call.this.isNullish || call.this.isSymbol { return nil }
        guard call[0].isObject else { return try coerce(call, "-sn") }
        if let match = try valueWithoutGuestCode(call[0], symbolKey(.match)),
            match.isUndefined ? kind(of: call[0].offset) == CellKind.regExp : toBoolean(match) { return nil }
        return try goOn(
            call, engine: .searchTextAndCall, this: .undefined,
            [call.callee, call.this, try makeArray(call.arguments()), try makeString(name)])
    }

    /// GetMethod as far as it runs no guest code; nil when that has to be asked.
    func plainMethod(_ value: Value, _ symbol: WellKnownSymbol) throws(Thrown) -> Value? {
        guard let method = try valueWithoutGuestCode(value, symbolKey(symbol)) else { return nil }
        if method.isNullish { return .undefined }
        return isCallable(method) ? method : try getMethod(value, symbolKey(symbol))
    }

    /// Calls the method of the first argument in a frame; when it has none the native is called again.
    func goOnForMethod(_ call: NativeCall, _ symbol: WellKnownSymbol, isBinary: Bool) throws(Thrown) -> Value {
        try goOn(
            call, engine: .methodOrCallAgain, this: .undefined,
            [call.callee, call.this, try makeArray(call.arguments()), symbolValue(symbol), Value(isBinary)])
    }

    func searchPattern(_ value: Value, _ name: String) throws(Thrown) -> Value {
        if value.isObject {
            let match = try get(value.offset, symbolKey(.match))
            if match.isUndefined ? kind(of: value.offset) == CellKind.regExp : toBoolean(match) {
                throw typeError("First argument to String.prototype.\(name) must not be a regular expression")
            }
        }
        return try toStringValue(value)
    }

    /// How many units of the pattern stand at a place of the text.
    func commonLength(_ text: FlatString, _ pattern: FlatString, at start: Int) -> Int {
        guard start + pattern.count <= text.count else { return 0 }
        var index = 0
        while index < pattern.count, text[start + index] == pattern[index] { index += 1 }
        return index
    }

    func matches(_ text: FlatString, _ pattern: FlatString, at start: Int) throws(Thrown) -> Bool {
        guard start <= text.count &- pattern.count else { return false }
        try charge(pattern.count / 4)
        var index = 0
        while index < pattern.count {
            let count = min(pattern.count - index, 1 << 16)
            if text.isLatin1 == pattern.isLatin1 {
                let size = text.isLatin1 ? count : count * 2
                if !text.cage.equal(text.part(start + index, count).data, pattern.part(index, count).data, count: size) { return false }
            } else {
                for place in index..<(index + count) where text[start + place] != pattern[place] { return false }
            }
            index += count
            if index < pattern.count { try checkMeters() }
        }
        return true
    }

    /// A string of ASCII characters in upper or lower case; nil when it has others.
    func asciiCase(_ string: Value, upper: Bool) throws(Thrown) -> Value? {
        let text = try flat(string)
        guard text.isLatin1 else { return nil }
        let first: UInt8 = upper ? 0x61 : 0x41
        var changes = false
        for index in 0..<text.count {
            let byte = text.cage.load8(text.data &+ UInt32(truncatingIfNeeded: index))
            if byte >= 0x80 { return nil }
            if byte &- first < 26 { changes = true }
            try keepWatch(index)
        }
        try charge(text.count / 2 + 1)
        if !changes { return string }
        let result = try allocateFlat(length: text.count, wide: false)
        for index in 0..<text.count {
            let position = UInt32(truncatingIfNeeded: index)
            let byte = text.cage.load8(text.data &+ position)
            text.cage.store8(result &+ 16 &+ position, 0, byte &- first < 26 ? byte ^ 0x20 : byte)
            try keepWatch(index)
        }
        return Value(string: result)
    }

    /// StringIndexOf.
    func search(_ string: Value, _ pattern: Value, from start: Int) throws(Thrown) -> Int? {
        let text = try flat(string), other = try flat(pattern)
        if other.count == 0 { return start <= text.count ? start : nil }
        let first = other[0]
        var index = start
        let last = text.count - other.count
        while index <= last {
            if text.isLatin1 {
                guard first <= 0xFF else { return nil }
                // The next place of the first unit, at most 4096 units on.
                let end = min(last + 1, index + 4096)
                let place = text.data &+ UInt32(truncatingIfNeeded: index)
                let skipped: Int
                if other.count > 1 {
                    guard other[1] <= 0xFF else { return nil }
                    skipped = text.cage.count(
                        before: UInt8(truncatingIfNeeded: first), UInt8(truncatingIfNeeded: other[1]), from: place,
                        limit: end - index)
                } else {
                    skipped = text.cage.count(before: UInt8(truncatingIfNeeded: first), from: place, limit: end - index)
                }
                try charge(skipped / 4)
                index += skipped
                if index == end { continue }
            }
            if text[index] == first {
                let common = commonLength(text, other, at: index)
                try charge(common + 1)
                if common == other.count {
                    if !text.isLatin1 { try charge((index - start) / 2) }
                    return index
                }
            }
            if index & 1023 == 0, !text.isLatin1 { try charge(1024) }
            index += 1
        }
        return nil
    }

    func trim(_ string: Value, start: Bool, end: Bool) throws(Thrown) -> Value {
        let text = try flat(string)
        var first = 0, last = text.count
        if start {
            while first < last, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(text[first])) {
                first += 1
                if first & 1023 == 0 { try charge(512) }
            }
        }
        if end {
            while last > first, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(text[last - 1])) {
                last -= 1
                if last & 1023 == 0 { try charge(512) }
            }
        }
        return try substring(string, first, last)
    }

    func repeatString(_ string: Value, _ count: Int) throws(Thrown) -> Value {
        var result = emptyString, power = string, rest = count
        let length = stringLength(string)
        if length > 0, length < 512, length &* count >= 1024 {
            // Pieces that are worth a rope.
            let times = 1024 / length
            let text = try flat(string)
            try charge(times / 2 + 480)
            var piece = try TextBuilder(self, capacity: times &* length)
            for _ in 0..<times { try piece.append(text, from: 0, to: length) }
            power = try piece.finish()
            rest = count / times
            result = try substring(power, 0, count % times &* length)
        }
        while rest > 0 {
            if rest & 1 != 0 { result = try concatenate(result, power) }
            rest >>= 1
            if rest > 0 { power = try concatenate(power, power) }
        }
        return result
    }

    func pad(_ call: NativeCall, atStart: Bool) throws(Thrown) -> Value {
        let string = try stringReceiver(call, atStart ? "padStart" : "padEnd")
        let target = try toLength(call[0]), length = stringLength(string)
        if target <= length { return string }
        if let again = try coerce(call, "--s") { return again }
        let filler = call[1].isUndefined ? try makeString(" ") : try toStringValue(call[1])
        let fillerLength = stringLength(filler)
        if fillerLength == 0 { return string }
        guard target <= 536_870_888 else { throw rangeError("Invalid string length") }
        let missing = target - length
        try charge(missing / 16)
        let padding = try substring(try repeatString(filler, missing / fillerLength + 1), 0, missing)
        return try atStart ? concatenate(padding, string) : concatenate(string, padding)
    }

    func split(_ string: Value, _ separator: Value, limit: Int) throws(Thrown) -> Value {
        let result = try makeArray(length: 0, capacity: 0)
        let length = stringLength(string), width = stringLength(separator)
        var count = 0
        if width == 0 {
            let text = try flat(string)
            while count < length, count < limit {
                try charge(8)
                try appendToArray(result.offset, try makeString(unit: text[count]))
                count += 1
            }
            return result
        }
        if width == 1, length < 1 << 28 {
            let text = try flat(string), unit = try flat(separator)[0]
            if text.isLatin1, unit <= 0xFF { return try splitNarrow(string, text, UInt8(unit), limit: limit) }
        }
        var start = 0
        while let index = try search(string, separator, from: start) {
            try charge(24)
            try appendToArray(result.offset, try substring(string, start, index))
            count += 1
            if count >= limit { return result }
            start = index + width
        }
        try appendToArray(result.offset, try substring(string, start, length))
        return result
    }

    /// The parts of Latin-1 text between all places of a unit: counted first, so that the array has its size.
    private func splitNarrow(_ string: Value, _ text: FlatString, _ unit: UInt8, limit: Int) throws(Thrown) -> Value {
        func next(from start: Int) throws(Thrown) -> Int {
            var place = start
            while place < text.count {
                let piece = min(text.count - place, 4096)
                let skipped = text.cage.count(before: unit, from: text.data &+ UInt32(truncatingIfNeeded: place), limit: piece)
                try charge(skipped / 16 + 4)
                if skipped < piece { return place + skipped }
                place += piece
            }
            return text.count
        }
        var count = 1, start = try next(from: 0)
        while start < text.count, count < limit {
            count += 1
            start = try next(from: start + 1)
        }
        let result = try makeArray(length: 0, capacity: UInt32(truncatingIfNeeded: count))
        start = 0
        for _ in 0..<count {
            let end = try next(from: start)
            try charge(8)
            try appendToArray(result.offset, try substring(string, start, end))
            start = end + 1
        }
        return result
    }

    /// String.prototype.replace and replaceAll. Runs guest code.
    func replace(_ given: NativeCall, all: Bool) throws(Thrown) -> Value {
        let resumed = resumed(given)
        let call = resumed.call
        let name = all ? "replaceAll" : "replace"
        if call.this.isNullish { throw typeError("String.prototype\(Machine.memberText(name)) called on null or undefined") }
        if call[0].isObject, resumed.kept != .true {
            if resumed.kept == nil, let result = try replaceAtOnce(call, all: all) { return result }
            if all, resumed.kept == nil, let again = try requireGlobal(call, "replaceAll") { return again }
            guard let replacer = try plainMethod(call[0], .replace) else {
                return try goOnForMethod(call, .replace, isBinary: true)
            }
            if !replacer.isUndefined { return try goOn(call, replacer, this: call[0], [call.this, call[1]]) }
        }
        if call.this.isObject || call[0].isObject || call[1].isObject,
            let again = try coerce(call, isCallable(call[1]) ? "ss" : "sss")
        { return again }
        let string = try toStringValue(call.this), pattern = try toStringValue(call[0])
        let isFunction = isCallable(call[1])
        if isFunction {
            return try goOn(
                call, intrinsic(.stringReplace), this: .undefined,
                [string, pattern, call[1], Value(all), intrinsic(.stringSearch)])
        }
        let replacement = try toStringValue(call[1])
        var result = emptyString
        var end = 0, from = 0
        let width = stringLength(pattern)
        while let index = try search(string, pattern, from: from) {
            try charge(8)
            result = try concatenate(result, try substring(string, end, index))
            let text = try getSubstitution(
                matched: pattern, string: string, position: index, captures: [], namedCaptures: .undefined,
                replacement: replacement)
            result = try concatenate(result, text)
            end = index + width
            from = max(index + max(1, width), end)
            if !all || from > stringLength(string) { break }
        }
        return try concatenate(result, try substring(string, end, stringLength(string)))
    }

    /// String.prototype.match, matchAll and search: the pattern's method, or that of a new RegExp.
    func matchWith(_ given: NativeCall, _ symbol: WellKnownSymbol, _ name: String, flags: Value) throws(Thrown) -> Value {
        let resumed = resumed(given)
        let call = resumed.call
        if call.this.isNullish { throw typeError("String.prototype\(Machine.memberText(name)) called on null or undefined") }
        if call[0].isObject, resumed.kept != .true {
            if resumed.kept == nil, let result = try matchAtOnce(call, symbol) { return result }
            guard let matcher = try plainMethod(call[0], symbol) else {
                return try goOnForMethod(call, symbol, isBinary: false)
            }
            if !matcher.isUndefined { return try goOn(call, matcher, this: call[0], [call.this]) }
        }
        if call.this.isObject || call[0].isObject, let again = try coerce(call, "ss") { return again }
        let string = try toStringValue(call.this)
        let regExp = try regExpCreate(call[0], flags)
        guard let method = try valueWithoutGuestCode(regExp, symbolKey(symbol)) else {
            return try goOn(call, engine: .invoke, this: .undefined, [regExp, symbolValue(symbol), string])
        }
        guard isCallable(method) else { throw typeError("\(describe(method)) is not a function") }
        return try goOn(call, method, this: regExp, [string])
    }

    /// A regular expression that is given to a method for all matches has to be global. When guest code has to be asked goes
    /// on with that.
    func requireGlobal(_ call: NativeCall, _ name: String) throws(Thrown) -> Value? {
        let match = try valueWithoutGuestCode(call[0], symbolKey(.match))
        if let match, !(match.isUndefined ? kind(of: call[0].offset) == CellKind.regExp : toBoolean(match)) { return nil }
        if match != nil, isPristineRegExp(call[0]) {
            let flags = try get(call[0].offset, key("flags"))
            guard try flat(flags).units.contains(0x67) else {
                throw typeError("String.prototype.\(name) called with a non-global RegExp argument")
            }
            return nil
        }
        return try goOn(
            call, engine: .requireGlobalAndCallAgain, this: .undefined,
            [call.callee, call.this, try makeArray(call.arguments()), try makeString(name)])
    }
}

extension SelfHostedSource {
    /// String.prototype.replace and replaceAll with a function.
    static let stringReplace = SelfHostedSource(
        name: "stringReplace", functions: [Function("", 5, "replace")],
        text: """
            function replace(string, pattern, f, all, search) {
              const width = pattern.length, n = string.length;
              let result = "", end = 0, from = 0;
              while (from <= n) {
                const index = $call(search, string, pattern, from);
                if (index < 0) break;
                result = result + $substring(string, end, index) + $toString($call(f, undefined, pattern, index, string));
                end = index + width;
                from = width > 0 ? end : end + 1;
                if (!all) break; }
              return result + $substring(string, end, n); }
            """)
}
