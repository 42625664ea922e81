import TerrariumCage

/// Instructions in full: everything that the loop's fast paths do not cover.
///
/// State is in the host cells: `pc` is behind the first word of the instruction. A handler writes its result to a
/// register, moves `pc` past cache words, or pushes and pops frames. Those that return true say that the interpreter is to
/// be left (the result is in `resultValue`).
extension Machine {
    @inline(__always) var frame: UInt32 { UInt32(truncatingIfNeeded: cells[Cell.fp]) }
    @inline(__always) func reg(_ index: UInt16) -> Value { Value(bits: cage.load64(frame &+ UInt32(index) &* 8)) }
    @inline(__always) func setReg(_ index: UInt16, _ value: Value) {
        cage.store64(frame &+ UInt32(index) &* 8, 0, value.bits)
    }
    /// Code cell of the running function.
    @inline(__always) var runningCode: UInt32 {
        cage.load32(UInt32(truncatingIfNeeded: cage.load64(frame)), Layout.functionCode)
    }
    @inline(__always) func constant(_ index: UInt16) -> Value {
        Value(bits: cage.load64(runningCode &+ UInt32(Layout.codeWords) &+ UInt32(index) &* 8))
    }
    @inline(__always) func constantKey(_ index: UInt16) -> PropertyKey { PropertyKey(bits: constant(index).bits) }
    @inline(__always) func skipWords(_ count: Int64) { cells[Cell.pc] &+= count &* 8 }
    @inline(__always) func jump(bytes: Int64) {
        cells[Cell.pc] &+= bytes
        cells[Cell.limit] &+= bytes
    }
    /// A jump whose distance in words is in field c; no bytes make it go back.
    @inline(__always) func jumpForward(_ word: UInt64) { jump(bytes: Int64(word.fieldC) &* 8) }

    /// How an instruction that the loop gave away ended: numbers, as what the loop returns or throws is made elsewhere.
    enum Outcome {
        static let goesOn: UInt8 = 0
        /// The interpreter is to be left with `resultValue`.
        static let leaves: UInt8 = 1
        static let throwing: UInt8 = 2
    }

    /// The result of a loop that is left.
    @inline(never)
    func finish(_ outcome: UInt8) throws(Thrown) -> Value {
        guard outcome != Outcome.throwing else { throw thrown }
        let value = resultValue
        resultValue = .undefined
        return value
    }

    /// What the loop calls. It says no more than which function does it, and throws nothing, so that it can jump there: the
    /// helpers of some instructions need not save the registers of the full way.
    @inline(never)
    func executeSlow(_ word: UInt64) -> UInt8 {
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .iteratorStepFast: stepQuickly(word)
        case .yield: yieldQuickly(word)
        case .call, .callThis: callQuickly(word)
        default: executeInFull(word)
        }
    }

    /// The instruction in full, whatever it is.
    @inline(never)
    func executeInFull(_ word: UInt64) -> UInt8 {
        do throws(Thrown) {
            return try executeOrThrow(word) ? Outcome.leaves : Outcome.goesOn
        } catch {
            thrown = error
            return Outcome.throwing
        }
    }

    @inline(__always)
    private func executeOrThrow(_ word: UInt64) throws(Thrown) -> Bool {
        let opcode = decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self)
        switch opcode {
        case .call, .callThis:
            cells[Cell.stackTop] = Int64(frameTop(frame))
            try callSlow(word, argumentCount: Int(word.fieldC), isConstruct: false, implicitThis: opcode == .call)
            return false
        case .add, .sub, .mul, .div, .mod, .bitAnd, .bitOr, .bitXor, .shl, .sar:
            let x = reg(word.fieldB), y = reg(word.fieldC)
            guard x.isBigInt, y.isBigInt else { return try executeRest(word) }
            cells[Cell.stackTop] = Int64(frameTop(frame))
            setReg(word.fieldA, try bigIntOperation(opcode.rawValue, x, y))
            return false
        default: return try executeRest(word)
        }
    }

    @inline(never)
    private func executeRest(_ word: UInt64) throws(Thrown) -> Bool {
        let opcode = decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self)
        cells[Cell.stackTop] = Int64(frameTop(frame))
        let a = word.fieldA
        switch opcode {
        // MARK: Arithmetic
        case .add: try binary(Opcode.add.rawValue, reg(word.fieldB), reg(word.fieldC), into: a)
        case .addI: try binary(Opcode.add.rawValue, reg(word.fieldB), Value(word.immediateC), into: a)
        case .sub, .mul, .div, .mod, .exp, .bitAnd, .bitOr, .bitXor, .shl, .sar, .shr:
            try binary(UInt8(truncatingIfNeeded: word), reg(word.fieldB), reg(word.fieldC), into: a)
        case .subI, .mulI, .divI, .modI, .bitOrI, .bitXorI, .shlI, .sarI, .shrI:
            try binary(
                Machine.registerForm(UInt8(truncatingIfNeeded: word)), reg(word.fieldB), Value(word.immediateC), into: a)
        case .bitAndI: try binary(Opcode.bitAnd.rawValue, reg(word.fieldB), Value(word.immediateMask), into: a)
        case .inc where reg(word.fieldB).isObject, .incLoopLt where reg(word.fieldB).isObject, .incLoopLtI where reg(word.fieldB).isObject,
            .incLengthLoop where reg(word.fieldB).isObject:
            try push(.inc, reg(word.fieldB), register: a)
        case .dec where reg(word.fieldB).isObject: try push(.dec, reg(word.fieldB), register: a)
        case .neg where reg(word.fieldB).isObject: try push(.neg, reg(word.fieldB), register: a)
        case .bitNot where reg(word.fieldB).isObject: try push(.bitNot, reg(word.fieldB), register: a)
        case .toNumber where reg(word.fieldB).isObject: try push(.toNumber, reg(word.fieldB), register: a)
        case .toNumeric where reg(word.fieldB).isObject: try push(.toNumeric, reg(word.fieldB), register: a)
        case .toString where reg(word.fieldB).isObject: try push(.toText, reg(word.fieldB), register: a)
        case .toPropertyKey where reg(word.fieldB).isObject: try push(.toKey, reg(word.fieldB), register: a)
        case .inc, .incLoopLt, .incLoopLtI, .incLengthLoop: setReg(a, try addNumeric(reg(word.fieldB), 1))
        case .dec: setReg(a, try addNumeric(reg(word.fieldB), -1))
        case .neg: setReg(a, try negate(reg(word.fieldB)))
        case .bitNot: setReg(a, try complement(reg(word.fieldB)))
        case .toNumber: setReg(a, try toNumber(reg(word.fieldB)))
        case .toNumeric: setReg(a, try toNumeric(reg(word.fieldB)))
        case .typeOf: setReg(a, typeOf(reg(word.fieldB)))
        case .toString: setReg(a, try toStringValue(reg(word.fieldB)))
        case .toPropertyKey: setReg(a, try keyRegister(reg(word.fieldB)))
        case .toObject: setReg(a, try toObject(reg(word.fieldB)))
        case .concat: try concatRegisters(word)

        // MARK: Comparison
        case .lt where try compare(.less, reg(word.fieldB), reg(word.fieldC), into: a): break
        case .gt where try compare(.greater, reg(word.fieldB), reg(word.fieldC), into: a): break
        case .le where try compare(.lessEqual, reg(word.fieldB), reg(word.fieldC), into: a): break
        case .ge where try compare(.greaterEqual, reg(word.fieldB), reg(word.fieldC), into: a): break
        case .eq where equalityCoerces(reg(word.fieldB), reg(word.fieldC)):
            try push(.equal, reg(word.fieldB), reg(word.fieldC), register: a)
        case .ne where equalityCoerces(reg(word.fieldB), reg(word.fieldC)):
            try push(.notEqual, reg(word.fieldB), reg(word.fieldC), register: a)
        case .lt: setReg(a, Value(try lessThan(reg(word.fieldB), reg(word.fieldC), leftFirst: true) ?? false))
        case .gt: setReg(a, Value(try lessThan(reg(word.fieldC), reg(word.fieldB), leftFirst: false) ?? false))
        case .le: setReg(a, Value(try lessThan(reg(word.fieldC), reg(word.fieldB), leftFirst: false) == false))
        case .ge: setReg(a, Value(try lessThan(reg(word.fieldB), reg(word.fieldC), leftFirst: true) == false))
        case .eq: setReg(a, Value(try looselyEqual(reg(word.fieldB), reg(word.fieldC))))
        case .ne: setReg(a, Value(!(try looselyEqual(reg(word.fieldB), reg(word.fieldC)))))
        case .strictEq: setReg(a, Value(try strictlyEqual(reg(word.fieldB), reg(word.fieldC))))
        case .strictNe: setReg(a, Value(!(try strictlyEqual(reg(word.fieldB), reg(word.fieldC)))))
        case .instanceOf where try instanceNeedsFrame(reg(word.fieldB), reg(word.fieldC)):
            try push(.instanceOf, reg(word.fieldB), reg(word.fieldC), register: a)
        case .instanceOf: setReg(a, Value(try instanceOf(reg(word.fieldB), reg(word.fieldC))))
        case .hasProperty: try inOperator(reg(word.fieldB), reg(word.fieldC), into: a)

        // MARK: Branches
        case .jumpLt, .jumpLe, .jumpNotLt, .jumpNotLe, .loopLt, .loopLe:
            if try pushCompareBranch(word, reg(a), reg(word.fieldB)) { break }
            if try compareBranch(word, reg(a), reg(word.fieldB)) { try branch(word) }
        case .jumpLtI, .jumpLeI, .jumpGtI, .jumpGeI, .jumpNotLtI, .jumpNotLeI, .jumpNotGtI, .jumpNotGeI, .loopLtI,
            .loopLeI, .loopGtI, .loopGeI:
            if try pushCompareImmediateBranch(word, reg(a), Value(word.immediateB)) { break }
            if try compareImmediateBranch(word, reg(a), Value(word.immediateB)) { try branch(word) }
        case .jumpEq where equalityCoerces(reg(a), reg(word.fieldB)):
            _ = try compareAndBranch(.equal, reg(a), reg(word.fieldB), wanted: true)
        case .jumpNe where equalityCoerces(reg(a), reg(word.fieldB)):
            _ = try compareAndBranch(.equal, reg(a), reg(word.fieldB), wanted: false)
        case .jumpEq: if try looselyEqual(reg(a), reg(word.fieldB)) { jumpForward(word) }
        case .jumpNe: if !(try looselyEqual(reg(a), reg(word.fieldB))) { jumpForward(word) }
        case .jumpStrictEq: if try strictlyEqual(reg(a), reg(word.fieldB)) { jumpForward(word) }
        case .jumpStrictNe: if !(try strictlyEqual(reg(a), reg(word.fieldB))) { jumpForward(word) }
        case .jumpTable:
            let index = reg(a)
            let count = Int64(word.fieldC)
            var target = count
            if index.isInt, index.int >= 0, Int64(index.int) < count { target = Int64(index.int) }
            else if index.isDouble, let exact = Int64(exactly: index.double), exact >= 0, exact < count { target = exact }
            jump(bytes: target &* 8)

        // MARK: Properties
        case .getProperty, .getPropertyOwn, .getPropertyOwnSlots, .getPropertyPrototype, .getPropertyPolymorphic,
            .getPropertyString, .getPropertyMegamorphic, .getPropertyGetter,
            .getLength, .getLengthArray, .getLengthTyped:
            try getPropertySlow(word)
        case .setProperty, .setPropertyOwn, .setPropertyOwnSlots, .setPropertyAdd, .setPropertySetter,
            .setPropertyMegamorphic:
            try setPropertySlow(word)
        case .defineField, .defineFieldAdd: try defineFieldSlow(word)
        case .getElement: try getElementSlow(word)
        case .setElement: try setElementSlow(word)
        case .deleteProperty: try deleteSlow(word, constantKey(word.fieldC))
        case .deleteElement: try deleteElementSlow(word)
        case .getGlobal, .getGlobalOwn, .getGlobalLexical: try getGlobalSlow(word)
        case .setGlobal, .setGlobalOwn, .setGlobalLexical: try setGlobalSlow(word)
        case .initializeGlobal: try initializeGlobal(word)
        case .deleteGlobal: try deleteGlobal(word)
        case .declareGlobals: try declareGlobals(constant(word.fieldC))
        default: return try executeRare(word)
        }
        return false
    }

    /// The jump of an instruction that may be a back-edge.
    func branch(_ word: UInt64) throws(Thrown) {
        jump(bytes: Int64(word.immediateC) &* 8)
        if word.immediateC < 0, cells[Cell.limit] <= cells[Cell.pc] { try safepoint() }
    }

    /// End of a frame's registers.
    func frameTop(_ frame: UInt32) -> UInt32 { endOfFrame(frame) }

    @inline(__always)
    func endOfFrame(_ frame: UInt32) -> UInt32 {
        let callee = UInt32(truncatingIfNeeded: cage.load64(frame))
        let code = cage.load32(callee, Layout.functionCode)
        let registers = UInt32(cage.load16(code, Layout.codeRegisterCount))
        let arguments = UInt32(truncatingIfNeeded: cage.load64(frame, 8) >> 48) &+ 4
        return frame &+ max(registers, arguments) &* 8
    }

    // MARK: Branches

    private func pushCompareBranch(_ word: UInt64, _ x: Value, _ y: Value) throws(Thrown) -> Bool {
        // Swapped: the source has the operands the other way round, and evaluates that one first.
        let swapped = word.fieldX == 1
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .jumpLt, .loopLt:
            return try compareAndBranch(swapped ? .greater : .less, swapped ? y : x, swapped ? x : y, wanted: true)
        case .jumpNotLt:
            return try compareAndBranch(swapped ? .greater : .less, swapped ? y : x, swapped ? x : y, wanted: false)
        case .jumpLe, .loopLe:
            return try compareAndBranch(
                swapped ? .greaterEqual : .lessEqual, swapped ? y : x, swapped ? x : y, wanted: true)
        default:
            return try compareAndBranch(
                swapped ? .greaterEqual : .lessEqual, swapped ? y : x, swapped ? x : y, wanted: false)
        }
    }

    private func pushCompareImmediateBranch(_ word: UInt64, _ x: Value, _ y: Value) throws(Thrown) -> Bool {
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .jumpLtI, .loopLtI: return try compareAndBranch(.less, x, y, wanted: true)
        case .jumpNotLtI: return try compareAndBranch(.less, x, y, wanted: false)
        case .jumpLeI, .loopLeI: return try compareAndBranch(.lessEqual, x, y, wanted: true)
        case .jumpNotLeI: return try compareAndBranch(.lessEqual, x, y, wanted: false)
        case .jumpGtI, .loopGtI: return try compareAndBranch(.greater, x, y, wanted: true)
        case .jumpNotGtI: return try compareAndBranch(.greater, x, y, wanted: false)
        case .jumpGeI, .loopGeI: return try compareAndBranch(.greaterEqual, x, y, wanted: true)
        default: return try compareAndBranch(.greaterEqual, x, y, wanted: false)
        }
    }

    private func compareBranch(_ word: UInt64, _ x: Value, _ y: Value) throws(Thrown) -> Bool {
        let swapped = word.fieldX == 1
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .jumpLt, .loopLt: return try lessThan(x, y, leftFirst: !swapped) ?? false
        case .jumpNotLt: return !(try lessThan(x, y, leftFirst: !swapped) ?? false)
        // x <= y is not (y < x).
        case .jumpLe, .loopLe: return try lessThan(y, x, leftFirst: swapped) == false
        default: return try lessThan(y, x, leftFirst: swapped) != false
        }
    }

    private func compareImmediateBranch(_ word: UInt64, _ x: Value, _ y: Value) throws(Thrown) -> Bool {
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .jumpLtI, .loopLtI: return try lessThan(x, y, leftFirst: true) ?? false
        case .jumpNotLtI: return !(try lessThan(x, y, leftFirst: true) ?? false)
        case .jumpLeI, .loopLeI: return try lessThan(y, x, leftFirst: false) == false
        case .jumpNotLeI: return try lessThan(y, x, leftFirst: false) != false
        case .jumpGtI, .loopGtI: return try lessThan(y, x, leftFirst: false) ?? false
        case .jumpNotGtI: return !(try lessThan(y, x, leftFirst: false) ?? false)
        case .jumpGeI, .loopGeI: return try lessThan(x, y, leftFirst: true) == false
        default: return try lessThan(x, y, leftFirst: true) != false
        }
    }

    private func concatRegisters(_ word: UInt64) throws(Thrown) {
        var result = reg(word.fieldB)
        for index in 1..<max(1, word.fieldC) { result = try concatenate(result, reg(word.fieldB &+ index)) }
        setReg(word.fieldA, result)
    }

    private func keyRegister(_ value: Value) throws(Thrown) -> Value {
        if value.isString || value.isSymbol || value.isInt { return value }
        let key = try toPropertyKey(value)
        return key.isIndex ? Value(key.index) : Value(bits: key.bits)
    }
}
