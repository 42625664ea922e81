import TerrariumCage
import TerrariumEngine
import TerrariumLibrary
import Testing

struct EngineTests {
    @Test func everyByteIsAnOpcode() {
        #expect(Opcode.allCases.count == 256)
        for byte in UInt8.min...UInt8.max { #expect(decodeByte(byte, as: Opcode.self).rawValue == byte) }
    }

    @Test func everyAssignedOpcodeHasARecord() {
        let recorded = Set(InstructionRecord.all.map(\.opcode))
        for opcode in Opcode.allCases where !"\(opcode)".hasPrefix("unassigned") { #expect(recorded.contains(opcode)) }
    }

    @Test func numbersOfQuickOperations() {
        #expect(QuickOperation.isCallable == BuiltinOperation.number(of: "isCallable"))
        #expect(QuickOperation.toObject == BuiltinOperation.number(of: "toObject"))
        #expect(QuickOperation.lengthOf == BuiltinOperation.number(of: "lengthOf"))
        #expect(QuickOperation.isArray == BuiltinOperation.number(of: "isArray"))
        #expect(QuickOperation.createDataProperty == BuiltinOperation.number(of: "createDataProperty"))
        #expect(QuickOperation.append == BuiltinOperation.number(of: "append"))
    }

    @Test func doublesNeverLookLikeReferences() {
        for bits in [0x7FF0_0000_0000_0001, 0xFFFE_0000_0000_1000, 0xFFFF_FFFF_FFFF_FFFF, 0xFFF8_0000_0000_0001] as [UInt64] {
            let value = Value(number: Double(bitPattern: bits))
            #expect(value.isNumber)
            #expect(!value.isReference)
            #expect(value == .nan)
        }
    }

    @Test func integralDoublesBecomeInts() {
        #expect(Value(number: 5).isInt)
        #expect(Value(number: -0.0).isDouble)
        #expect(Value(number: 2_147_483_648).isDouble)
        #expect(Value(number: -2_147_483_648).isInt)
        #expect(Value(number: .infinity).isDouble)
    }

    @Test func aForgedReferenceReadsOnlyTheCage() throws {
        let machine = try #require(Machine())
        let realm = try machine.makeRealm()
        // Any offset, taken as an object: reads give guest memory or zeros, never a fault.
        for step in UInt32(0)..<2000 {
            let offset = step &* 2_654_435_761
            _ = machine.kind(of: offset)
            _ = machine.field(offset, UInt16(truncatingIfNeeded: step))
        }
        #expect(machine.realms == [realm])
    }

    /// A prompt's machine still lets names be declared again when it goes on from an image.
    @Test func imagesKeepTheRulesOfDeclarations() throws {
        for allowed in [false, true] {
            let machine = try #require(Machine())
            _ = try machine.makeRealm()
            machine.allowsRedeclaration = allowed
            let image = try #require(machine.capture())
            #expect(Machine.restoring(image, limits: MachineLimits())?.allowsRedeclaration == allowed)
        }
    }

    /// Realms of one machine have the same native functions.
    @Test func realmsShareNatives() throws {
        let machine = try #require(Machine())
        let first = try machine.makeRealm(), second = try machine.makeRealm()
        let global = machine.realmValue(first, .global).offset, other = machine.realmValue(second, .global).offset
        for name in ["parseInt", "Array", "Proxy"] {
            let a = try machine.get(global, machine.key(name)), b = try machine.get(other, machine.key(name))
            #expect(a != b)
            #expect(machine.nativeNumber(a) == machine.nativeNumber(b))
            #expect(machine.nativeNumber(a) != nil)
        }
    }
}
