import TerrariumCage
import TerrariumText

/// Names, lines and columns of captured frames, in V8's form. Runs no guest code: what only an accessor or a proxy could
/// tell is left out.
extension Machine {
    /// The frames of an error's trace; empty when it is no error or its trace was taken away.
    public func stackFrames(of error: Value) -> [StackFrame] {
        guard error.isObject, kind(of: error.offset) == CellKind.error else { return [] }
        return formatFrames(field(error.offset, 0))
    }

    /// The guest's stack now, innermost first, without the native function that asks.
    public func stackFrames(limit: Int = 10) -> [StackFrame] {
        (try? captureFrames(limit: limit, hidesNative: true)).map { formatFrames($0) } ?? []
    }

    /// Frames of a list that `captureFrames` made.
    func formatFrames(_ list: Value) -> [StackFrame] {
        guard list.isCell, kind(of: list.offset) == CellKind.list else { return [] }
        var result: [StackFrame] = []
        var position = list.offset &+ 16
        for _ in 0..<min(cage.load32(list.offset, Layout.elementsLength), 30_000) / 3 {
            let function = Value(bits: cage.load64(position)), receiver = Value(bits: cage.load64(position, 8))
            let info = Value(bits: cage.load64(position, 16))
            if function.isObject, info.isInt, let frame = formatFrame(function.offset, receiver, info.int) { result.append(frame) }
            position = position &+ 24
            // The guest ends anyway at its next safepoint.
            // A guest that ends does not see the rest; one that is only paused does.
            if wordBalance < 0 && !pausing.isAllowed || isCalledOff { break }
        }
        return result
    }

    /// Longest name of a function that a frame shows, in bytes of UTF-8.
    private static var maximumNameLength: Int { 1024 }

    private func frameName(_ function: UInt32) -> String { Machine.cut(functionName(function, most: Machine.maximumNameLength &+ 1)) }

    private static func cut(_ name: String) -> String {
        name.utf8.count <= maximumNameLength ? name : String(decoding: name.utf8.prefix(maximumNameLength), as: UTF8.self) + "…"
    }

    /// nil for what only helps the engine's own JavaScript.
    private func formatFrame(_ function: UInt32, _ receiver: Value, _ info: Int32) -> StackFrame? {
        let isAsync = info & CapturedFrame.async != 0
        if info & CapturedFrame.generatorNext != 0 {
            let name = frameName(function)
            return StackFrame(
                function: "\(Machine.isIdentifier(name) ? name : "Generator").next", source: "<anonymous>", line: 0, column: 0)
        }
        if info & CapturedFrame.promiseElement != 0 {
            let name = combinatorName(function)
            return StackFrame(
                function: "async Promise.\(name) (index \(info >> CapturedFrame.shift))", source: "", line: 0, column: 0, isAsync: true)
        }
        let isNative = info & CapturedFrame.native != 0
        var place = (source: "<anonymous>", line: 0, column: 0)
        var isTopLevel = false, isEval = false
        if !isNative, let found = template(of: cage.load32(function, Layout.functionCode)) {
            let mapped = mappedPlace(found, word: UInt32(bitPattern: info) >> UInt32(CapturedFrame.shift))
            place = (mapped.source, mapped.line, mapped.column)
            isTopLevel = scripts[found.script][found.function].flags.contains(.topLevel)
                || scripts[found.script][found.function].flags.contains(.module)
            isEval = scripts[found.script].isEval
        }
        var name = isTopLevel ? "" : frameName(function)
        if !isNative, !name.isEmpty, let found = template(of: cage.load32(function, Layout.functionCode)) {
            name = mappedName(found, name) ?? name
        }
        if isEval, name.isEmpty || name == "anonymous" { name = "eval" }
        var shown: String
        if isNative, name.isEmpty {
            guard info & CapturedFrame.construct != 0, isCallable(receiver) else { return nil }
            return StackFrame(function: "new \(frameName(receiver.offset))", source: "<anonymous>", line: 0, column: 0)
        }
        if isNative, name.hasPrefix("[Symbol."), receiver.isObject, kind(of: receiver.offset) == CellKind.regExp {
            // The guest called the method of the string.
            return StackFrame(function: "String.\(name.dropFirst(8).dropLast())", source: "<anonymous>", line: 0, column: 0)
        }
        if info & CapturedFrame.construct != 0 {
            shown = "new \(name.isEmpty ? "<anonymous>" : name)"
        } else if isTopLevel || receiver.isNullish || receiver.isObject && kind(of: receiver.offset) == CellKind.global {
            shown = name
        } else {
            shown = methodText(function, name, receiver)
        }
        if isAsync { shown = shown.isEmpty ? "async" : "async \(shown)" }
        return StackFrame(function: shown, source: place.source, line: place.line, column: place.column, isAsync: isAsync)
    }

    /// The function of the engine's own JavaScript that made a closure.
    private func combinatorName(_ closure: UInt32) -> String {
        guard let found = template(of: cage.load32(closure, Layout.functionCode)) else { return "all" }
        let inner = scripts[found.script][found.function]
        for number in 0..<scripts[found.script].count {
            let outer = scripts[found.script][number]
            guard outer.sourceStart < inner.sourceStart, inner.sourceEnd <= outer.sourceEnd else { continue }
            let name = String(decoding: outer.name.units, as: UTF16.self)
            if ["all", "allSettled", "any"].contains(name) { return name }
        }
        return "all"
    }

    /// `Type.method [as alias]`.
    private func methodText(_ function: UInt32, _ name: String, _ receiver: Value) -> String {
        let type = receiverTypeName(receiver)
        let method = name.hasPrefix("<") ? nil : methodName(function, name, receiver)
        if name.isEmpty { return "\(type.isEmpty ? "" : "\(type).")\(method ?? "<anonymous>")" }
        var text = !type.isEmpty && Machine.isIdentifier(name) ? "\(type).\(name)" : name
        if let method, name != method, !name.hasSuffix(".\(method)") { text += " [as \(method)]" }
        return text
    }

    private func receiverTypeName(_ receiver: Value) -> String {
        guard receiver.isObject else {
            guard let prototype = prototypeForPrimitive(receiver) else { return "" }
            return constructorName(prototype)
        }
        let object = receiver.offset
        if kind(of: object) == CellKind.proxy { return "Proxy" }
        if cage.load8(object, Layout.flags) & ObjectFlag.classConstructor != 0 {
            let name = frameName(object)
            if !name.isEmpty { return name }
        }
        let name = Machine.cut(constructorName(object))
        if name == "Object", let tag = dataProperty(object, symbolValue(.toStringTag).offset), tag.isString {
            return Machine.cut(swiftString(tag))
        }
        return name
    }

    /// The property of the receiver that holds the function.
    private func methodName(_ function: UInt32, _ name: String, _ receiver: Value) -> String? {
        guard receiver.isObject else { return nil }
        var plain = name
        if plain.hasPrefix("get ") || plain.hasPrefix("set ") { plain = String(plain.dropFirst(4)) }
        if !plain.isEmpty, holds(receiver.offset, PropertyKey(atom: atom(plain)), function) { return plain }
        // Any enumerable property, if there is only one.
        var found: String?
        var object = receiver.offset
        for _ in 0..<16 where object != 0 && kind(of: object) != CellKind.proxy {
            let shape = cage.load32(object)
            let table = cage.load32(shape, ShapeLayout.table)
            let count = table == 0 ? 0 : min(cage.load32(shape, ShapeLayout.count), min(cage.load32(table), 64))
            for entry in 0..<count {
                let key = cage.load32(table &+ 16 &+ entry &* 8)
                guard key != 0, cage.load8(key, Layout.kind) != CellKind.symbol else { continue }
                let place = location(table, entry)
                guard place.attributes & Attribute.enumerable != 0, isValue(of: object, shape, place, function) else { continue }
                if found != nil { return nil }
                found = Machine.cut(describe(PropertyKey(atom: key)))
            }
            object = ordinaryPrototype(object)
        }
        return found
    }

    private func isValue(of object: UInt32, _ shape: UInt32, _ place: PropertyLocation, _ function: UInt32) -> Bool {
        let value = loadSlot(object, shape, place.slot)
        if place.attributes & Attribute.accessor == 0 { return value == Value(object: function) }
        return Value(bits: cage.load64(value.offset, Layout.accessorGetter)) == Value(object: function)
            || Value(bits: cage.load64(value.offset, Layout.accessorSetter)) == Value(object: function)
    }

    /// Whether the first property of this name along the prototype chain is the function, or has it as accessor.
    private func holds(_ start: UInt32, _ key: PropertyKey, _ function: UInt32) -> Bool {
        var object = start
        for _ in 0..<64 where object != 0 && kind(of: object) != CellKind.proxy {
            if let own = ordinaryGetOwnProperty(object, key) {
                return (own.value ?? own.getter) == Value(object: function) || own.setter == Value(object: function)
            }
            object = ordinaryPrototype(object)
        }
        return false
    }

    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, UnicodeIdentifier.isStart(first.value) else { return false }
        return name.unicodeScalars.allSatisfy { UnicodeIdentifier.isContinue($0.value) }
    }

    // MARK: Places

    /// Where the template of a code cell is: index of its script, and in it.
    func template(of code: UInt32) -> (script: Int, function: Int)? {
        let script = Int(cage.load32(code, Layout.codeReserved)), index = Int(cage.load32(code, Layout.codeTemplate))
        guard script < scripts.count, index < scripts[script].count else { return nil }
        return (script, index)
    }

    /// Word index of the instruction before `pc`.
    func wordIndex(_ code: UInt32, _ pc: UInt32) -> UInt32 {
        let start = code &+ UInt32(Layout.codeWords) &+ cage.load32(code, Layout.codeConstantCount) &* 8
        return (pc &- 8 &- start) / 8
    }

    /// Source, line and column of an instruction.
    func sourcePlace(_ found: (script: Int, function: Int), word: UInt32) -> (source: String, line: Int, column: Int) {
        let offset = scripts[found.script][found.function].sourceOffset(at: word)
        let place = scripts[found.script].lineAndColumn(of: offset)
        return (scripts[found.script].sourceName, place.line, place.column)
    }

    // MARK: The stack property

    /// An error object whose `stack` is made when somebody looks.
    public func allocateError(prototype: UInt32, hidesNative: Bool) throws(Thrown) -> UInt32 {
        let frames = try captureFrames(hidesNative: hidesNative)
        // The same slots as other errors, after the field of the frames.
        let shape = try rootShape(prototype: prototype, inlineCapacity: 4, inlineBase: 24, flags: ShapeFlag.lazyFunction)
        let object = try allocateObject(
            kind: CellKind.error, shape: shape, fields: 1, flags: frames.isCell ? ObjectFlag.lazyProperties : 0)
        setField(object, 0, frames)
        if let observer { observer.errorMade(self, object) }
        return object
    }

    /// Error.captureStackTrace: gives the object a `stack` of now, without the frames up to a call of `above`.
    public func captureStackTrace(_ object: UInt32, above: Value) throws(Thrown) {
        let frames = try captureFrames(above: above, hidesNative: true)
        let key = PropertyKey(atom: wellKnown.stack)
        if kind(of: object) == CellKind.error {
            let flags = cage.load8(object, Layout.flags)
            setField(object, 0, frames)
            if frames.isCell, flags & ObjectFlag.lazyProperties != 0 { return }
        }
        guard frames.isCell else { return }
        let text = try stackText(object, frames)
        guard try defineOwnProperty(object, key, PropertyDescriptor(value: text, attributes: Attribute.hidden)) else {
            throw cannotDefine(key)
        }
    }

    /// As above, as text for an object that has to be asked whether it gets a `stack`; nil when traces were switched off.
    public func capturedStack(_ object: UInt32, above: Value) throws(Thrown) -> Value? {
        let frames = try captureFrames(above: above, hidesNative: true)
        return frames.isCell ? try stackText(object, frames) : nil
    }

    /// The stack of an error as text, made anew; undefined when traces were switched off.
    public func errorStack(_ object: UInt32) throws(Thrown) -> Value {
        let frames = field(object, 0)
        return frames.isCell ? try stackText(object, frames) : .undefined
    }

    private func stackText(_ object: UInt32, _ frames: Value) throws(Thrown) -> Value {
        let summary = errorSummary(object)
        let lines = formatFrames(frames)
        // Each frame becomes a line of text.
        try charge(64 &+ lines.count &* 256)
        if lines.count <= 100 { return try makeString(lines.reduce(into: summary) { $0 += "\n    at \($1.text)" }) }
        var text = try TextBuilder(self, capacity: 4096)
        try text.append(units: Array(summary.utf16))
        for (number, frame) in lines.enumerated() {
            try text.append(units: Array("\n    at \(frame.text)".utf16))
            if number & 63 == 63 { try checkMeters() }
        }
        return try text.finish()
    }

    /// Makes the `stack` of an error. The object leaves the shapes that errors without one share.
    func materializeStack(_ object: UInt32) throws(Thrown) {
        cage.store8(object, Layout.flags, cage.load8(object, Layout.flags) & ~ObjectFlag.lazyProperties)
        let text = try stackText(object, field(object, 0))
        try convertToDictionary(object)
        try addProperty(object, key: wellKnown.stack, value: text, attributes: Attribute.hidden)
    }
}

extension CodeTemplate {
    /// Source offset of the instruction at a word.
    func sourceOffset(at word: UInt32) -> UInt32 {
        var low = 0, high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if positions[middle].word <= word { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? sourceStart : positions[low - 1].sourceOffset
    }
}

extension ScriptTemplate {
    /// Line and column, both from 1, of an offset.
    func lineAndColumn(of offset: UInt32) -> (line: Int, column: Int) {
        var low = 0, high = lineStarts.count
        while low < high {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? 0 : lineStarts[low - 1]
        return (max(1, low), Int(offset &- start) + 1)
    }
}
