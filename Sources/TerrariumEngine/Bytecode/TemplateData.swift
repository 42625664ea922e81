/// Compiled scripts as bytes, and back.
///
/// Rules:
/// 1. The bytes begin with a magic word, the version of the format, and a number that stands for the instruction set; data of
///    another engine is refused, never misread.
/// 2. Reading checks every length and index, then `BytecodeVerifier` checks the code. What passes can at most be a program
///    that nobody would write: all it reaches lies in its cage.
public enum TemplateData {
    static let magic: UInt32 = 0x5452_524D
    static let version: UInt32 = 2

    /// Changes with every instruction: name, length and operands of all.
    static let instructionSet: UInt64 = {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for record in InstructionRecord.all {
            for byte in "\(record.opcode) \(record.words) \(record.operands);".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return hash
    }()

    public static func encode(_ script: ScriptTemplate) -> [UInt8] {
        var writer = DataWriter()
        writer.put(magic)
        writer.put(version)
        writer.put(instructionSet)
        writer.put(script)
        writer.put(checksum(writer.bytes[...]))
        return writer.bytes
    }

    /// Nil when the bytes are none of this engine's, or not sound.
    public static func decode(_ bytes: [UInt8]) -> ScriptTemplate? {
        guard bytes.count >= 24 else { return nil }
        var reader = DataReader(bytes: bytes)
        var trailer = DataReader(bytes: Array(bytes.suffix(8)))
        guard reader.word32() == magic, reader.word32() == version, reader.word64() == instructionSet,
            trailer.word64() == checksum(bytes.dropLast(8))
        else { return nil }
        let script = reader.script()
        guard !reader.failed, reader.index == bytes.count - 8, isSound(script) else { return nil }
        return script
    }

    /// Against accidents, not against forgery.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    static func isSound(_ script: ScriptTemplate) -> Bool {
        guard !script.functions.isEmpty, BytecodeVerifier.check(script).isEmpty else { return false }
        for function in script.functions where function.entry >= function.words.count { return false }
        guard let module = script.module else { return true }
        return module.initializer >= 0 && module.initializer < script.functions.count && isSound(module)
    }

    /// Requests and slots of a module are among those that it has.
    static func isSound(_ module: ModuleInfo) -> Bool {
        let requests = 0..<module.requests.count
        return module.imports.allSatisfy { requests.contains($0.request) && $0.slot < module.slotCount }
            && module.localExports.allSatisfy { $0.slot < module.slotCount }
            && module.indirectExports.allSatisfy { requests.contains($0.request) }
            && module.starExports.allSatisfy { requests.contains($0) }
    }
}

/// Little-endian bytes, for compiled code and snapshots.
public struct DataWriter {
    public var bytes: [UInt8] = []

    public init() {}

    public mutating func put(_ value: UInt8) { bytes.append(value) }
    public mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }
    public mutating func put(_ value: UInt16) { for shift in stride(from: 0, to: 16, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) } }
    public mutating func put(_ value: UInt32) { for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) } }
    public mutating func put(_ value: UInt64) { for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) } }
    public mutating func put(_ text: String) { put(ConstantText(text)) }
    public mutating func put(count: Int) { put(UInt32(truncatingIfNeeded: count)) }

    mutating func put(_ text: ConstantText) {
        switch text {
        case .latin1(let units):
            put(UInt8(0))
            put(count: units.count)
            bytes += units
        case .utf16(let units):
            put(UInt8(1))
            put(count: units.count)
            for unit in units { put(unit) }
        }
    }

    public mutating func put<T>(_ list: [T], _ each: (inout DataWriter, T) -> Void) {
        put(count: list.count)
        for element in list { each(&self, element) }
    }

    mutating func put(_ text: ConstantText?) {
        put(text != nil)
        if let text { put(text) }
    }

    mutating func put(_ script: ScriptTemplate) {
        put(ConstantText(script.sourceName))
        put(script.isEval)
        put(script.sourceText)
        let order = TemplateOrder(script)
        put(order.functions) { $0.put($1) }
        put(script.module != nil)
        if var module = script.module {
            if order.places.indices.contains(module.initializer) { module.initializer = order.places[module.initializer] }
            put(module)
        }
    }

    mutating func put(_ code: CodeTemplate) {
        put(code.name)
        put(code.flags.rawValue)
        put(code.entry)
        put(code.parameterCount)
        put(code.length)
        put(code.registerCount)
        put(code.constants) { $0.put($1) }
        put(code.words) { $0.put($1) }
        put(code.handlers) { writer, handler in
            writer.put(handler.start)
            writer.put(handler.end)
            writer.put(handler.target)
            writer.put(handler.register)
        }
        put(code.positions) { writer, position in
            writer.put(position.word)
            writer.put(position.sourceOffset)
        }
        put(code.expressions) { writer, range in
            writer.put(range.word)
            writer.put(range.start)
            writer.put(range.end)
            writer.put(range.role.rawValue)
        }
        put(code.sourceStart)
        put(code.sourceEnd)
    }

    mutating func put(_ constant: Constant) {
        switch constant {
        case .number(let number):
            put(UInt8(0))
            put(number.bitPattern)
        case .string(let text):
            put(UInt8(1))
            put(text)
        case .atom(let text):
            put(UInt8(2))
            put(text)
        case .bigInt(let negative, let limbs):
            put(UInt8(3))
            put(negative)
            put(limbs) { $0.put($1) }
        case .wellKnownSymbol(let number):
            put(UInt8(4))
            put(number)
        case .function(let index):
            put(UInt8(5))
            put(count: index)
        case .names(let names):
            put(UInt8(6))
            put(names) { $0.put($1) }
        case .templateSite(let cooked, let raw):
            put(UInt8(7))
            put(cooked) { $0.put($1) }
            put(raw) { $0.put($1) }
        case .regExp(let pattern, let flags):
            put(UInt8(8))
            put(pattern)
            put(flags)
        case .globalDeclarations(let declarations):
            put(UInt8(9))
            put(declarations.lexical) { writer, entry in
                writer.put(entry.name)
                writer.put(entry.isConstant)
            }
            put(declarations.functions) { $0.put($1) }
            put(declarations.variables) { $0.put($1) }
            put(declarations.isEval)
        case .evalContext(let context):
            put(UInt8(10))
            put(context.scopes) { writer, scope in
                writer.put(scope.bindings) { writer, binding in
                    writer.put(binding.kind.rawValue)
                    writer.put(binding.name)
                    writer.put(binding.slot)
                }
                writer.put(scope.isFunctionScope)
                writer.put(scope.isParameterScope)
                writer.put(scope.isCatchParameter)
            }
            for flag in [
                context.isStrict, context.inFunction, context.inMethod, context.inDerivedConstructor,
                context.inFieldInitializer, context.usesFrameThis,
            ] { put(flag) }
        }
    }

    mutating func put(_ module: ModuleInfo) {
        put(module.requests) { writer, request in
            writer.put(request.specifier)
            writer.put(request.attributes) { writer, attribute in
                writer.put(attribute.key)
                writer.put(attribute.value)
            }
        }
        put(module.imports) { writer, entry in
            writer.put(count: entry.request)
            writer.put(entry.name)
            writer.put(entry.slot)
            writer.put(entry.sourceOffset)
        }
        put(module.localExports) { writer, entry in
            writer.put(entry.name)
            writer.put(entry.slot)
        }
        put(module.indirectExports) { writer, entry in
            writer.put(entry.name)
            writer.put(count: entry.request)
            writer.put(entry.importName)
            writer.put(entry.sourceOffset)
        }
        put(module.starExports) { $0.put(count: $1) }
        put(module.slotCount)
        put(count: module.initializer)
        put(module.hasTopLevelAwait)
    }
}

/// Reads what `DataWriter` wrote; after a failure everything is empty.
public struct DataReader {
    let bytes: [UInt8]
    public var index = 0
    /// Something was not as it should be.
    public var failed = false

    public init(bytes: [UInt8]) { self.bytes = bytes }

    public mutating func byte() -> UInt8 {
        guard index < bytes.count else {
            failed = true
            return 0
        }
        index += 1
        return bytes[index - 1]
    }
    public mutating func flag() -> Bool {
        let value = byte()
        if value > 1 { failed = true }
        return value == 1
    }
    private mutating func word(_ count: Int) -> UInt64 {
        guard count <= bytes.count - index else {
            failed = true
            index = bytes.count
            return 0
        }
        var value: UInt64 = 0
        for position in 0..<count { value |= UInt64(bytes[index + position]) << UInt64(position * 8) }
        index += count
        return value
    }
    mutating func word16() -> UInt16 { UInt16(truncatingIfNeeded: word(2)) }
    public mutating func word32() -> UInt32 { UInt32(truncatingIfNeeded: word(4)) }
    public mutating func word64() -> UInt64 { word(8) }
    public mutating func number() -> Int { Int(word32()) }

    /// Every element takes a byte at least, so that a count cannot ask for more than there is.
    public mutating func list<T>(_ each: (inout DataReader) -> T) -> [T] {
        let count = number()
        guard !failed, count <= bytes.count - index else {
            failed = true
            return []
        }
        var result: [T] = []
        for _ in 0..<count {
            result.append(each(&self))
            if failed { return [] }
        }
        return result
    }

    public mutating func string() -> String { text().text }
    mutating func text() -> ConstantText {
        let isWide = flag()
        let count = number()
        guard !failed, count <= (bytes.count - index) / (isWide ? 2 : 1) else {
            failed = true
            return .latin1([])
        }
        if isWide {
            var units: [UInt16] = []
            units.reserveCapacity(count)
            for _ in 0..<count { units.append(word16()) }
            return .utf16(units)
        }
        let units = Array(bytes[index..<(index + count)])
        index += count
        return .latin1(units)
    }
    mutating func optionalText() -> ConstantText? { flag() ? text() : nil }

    mutating func script() -> ScriptTemplate {
        var script = ScriptTemplate()
        script.sourceName = text().text
        script.isEval = flag()
        script.sourceText = text()
        script.functions = list { $0.code() }
        if flag() { script.module = module() }
        return script
    }

    mutating func code() -> CodeTemplate {
        var code = CodeTemplate()
        code.name = text()
        code.flags = CodeFlags(rawValue: word32())
        code.entry = word32()
        code.parameterCount = word16()
        code.length = word16()
        code.registerCount = word16()
        code.constants = list { $0.constant() }
        code.words = list { $0.word64() }
        code.handlers = list {
            CodeTemplate.Handler(start: $0.word32(), end: $0.word32(), target: $0.word32(), register: $0.word16())
        }
        code.positions = list { CodeTemplate.Position(word: $0.word32(), sourceOffset: $0.word32()) }
        code.expressions = list {
            CodeTemplate.ExpressionRange(
                word: $0.word32(), start: $0.word32(), end: $0.word32(), role: QuotedRole(rawValue: $0.byte()) ?? .value)
        }
        code.sourceStart = word32()
        code.sourceEnd = word32()
        return code
    }

    mutating func constant() -> Constant {
        switch byte() {
        case 0: return .number(Double(bitPattern: word64()))
        case 1: return .string(text())
        case 2: return .atom(text())
        case 3:
            let negative = flag()
            return .bigInt(negative: negative, limbs: list { $0.word64() })
        case 4: return .wellKnownSymbol(byte())
        case 5: return .function(number())
        case 6: return .names(list { $0.text() })
        case 7:
            let cooked = list { $0.optionalText() }
            return .templateSite(cooked: cooked, raw: list { $0.text() })
        case 8:
            let pattern = text()
            return .regExp(pattern: pattern, flags: text())
        case 9:
            var declarations = GlobalDeclarations()
            declarations.lexical = list {
                let name = $0.text()
                return GlobalDeclarations.Lexical(name: name, isConstant: $0.flag())
            }
            declarations.functions = list { $0.text() }
            declarations.variables = list { $0.text() }
            declarations.isEval = flag()
            return .globalDeclarations(declarations)
        case 10: return .evalContext(evalContext())
        default:
            failed = true
            return .number(0)
        }
    }

    private mutating func evalContext() -> EvalContext {
        var context = EvalContext()
        context.scopes = list { reader in
            var scope = EvalContext.Scope()
            scope.bindings = reader.list { reader in
                let kind = EvalContext.Binding.Kind(rawValue: reader.byte())
                if kind == nil { reader.failed = true }
                let name = reader.text()
                return EvalContext.Binding(kind: kind ?? .variable, name: name, slot: reader.word16())
            }
            scope.isFunctionScope = reader.flag()
            scope.isParameterScope = reader.flag()
            scope.isCatchParameter = reader.flag()
            return scope
        }
        context.isStrict = flag()
        context.inFunction = flag()
        context.inMethod = flag()
        context.inDerivedConstructor = flag()
        context.inFieldInitializer = flag()
        context.usesFrameThis = flag()
        return context
    }

    mutating func module() -> ModuleInfo {
        var module = ModuleInfo()
        module.requests = list { reader in
            let specifier = reader.text()
            return ModuleInfo.Request(
                specifier: specifier,
                attributes: reader.list { reader in
                    let key = reader.text()
                    return (key: key, value: reader.text())
                })
        }
        module.imports = list { reader in
            let request = reader.number()
            let name = reader.optionalText()
            let slot = reader.word16()
            return ModuleInfo.Import(request: request, name: name, slot: slot, sourceOffset: reader.word32())
        }
        module.localExports = list { reader in
            let name = reader.text()
            return ModuleInfo.LocalExport(name: name, slot: reader.word16())
        }
        module.indirectExports = list { reader in
            let name = reader.text()
            let request = reader.number()
            let importName = reader.optionalText()
            return ModuleInfo.IndirectExport(
                name: name, request: request, importName: importName, sourceOffset: reader.word32())
        }
        module.starExports = list { $0.number() }
        module.slotCount = word16()
        module.initializer = number()
        module.hasTopLevelAwait = flag()
        return module
    }
}
