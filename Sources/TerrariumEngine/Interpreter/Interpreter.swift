import TerrariumCage

/// The interpreter's one loop.
///
/// Rules:
/// 1. `pc`, the register window and the fuel limit are locals. Every arm is a fast path that ends in `continue`, or in
///    - `break`: it cannot go on. The state is saved and `executeSlow` does the instruction, whatever it is;
///    - `break quickly`: a helper can (`executeQuick`), which needs none of the state but the frame;
///    - `break taken`: `pc` went back or into a function: is there fuel for it?
///    - `break leaving`: the next instruction returns what is in `result`.
///    So there are four calls in the loop. Each further one would cost all arms registers.
/// 2. Straight-line code pays by the distance that `pc` moves; a taken jump adds its distance to `limit` (see
///    `Metering`). Back-edges and calls compare `limit` with `pc`.
/// 3. JavaScript calls, getters and constructors push frames here; nothing of them is on the native stack.
/// 4. `if _slowPath` on every arm that changes `pc` keeps the branch a branch (a conditional move would chain the next
///    decode behind the comparison).
/// 5. `guard _fastPath` on everything that leaves an arm by `break`: the optimizer would take the slow exit for a part of every
///    turn, and keep the register window on the stack (sieve, int loop: a quarter slower).
/// 6. Doubles become bits by `Value(double:)`: in a function of this size the optimizer leaves even `bitPattern` a call.
extension Machine {
    /// Runs the bytecode function whose frame is built at `frame` until it returns.
    func interpret(frame startFrame: UInt32, argumentCount: Int, isConstruct: Bool) throws(Thrown) -> Value {
        cells[Cell.native] = 0
        cage.store64(
            startFrame, 8,
            entryLink(startFrame, arguments: argumentCount)
                | (isConstruct ? Link.construct : 0))
        try enterFunction(startFrame, argumentCount: argumentCount, isConstruct: isConstruct)
        return try interpretLoop(startFrame: startFrame, throwing: false)
    }

    /// Runs from the state in the host cells until the frame at `startFrame` is left. With `throwing`, starts with the
    /// pending exception.
    func interpretLoop(startFrame: UInt32, throwing: Bool) throws(Thrown) -> Value {
        if throwing {
            guard try unwind(.exception, to: startFrame) else { throw .exception }
        }
        let cage = self.cage
        let cells = self.cells
        var pc = cage.code(at: UInt32(truncatingIfNeeded: cells[Cell.pc]))
        var limit = cells[Cell.limit]
        var fp = cage.window(at: UInt32(truncatingIfNeeded: cells[Cell.fp]))

        while true {
            do throws(Thrown) {
                while true {
                    var word = pc.load64()
                    pc = pc.next
                    var result: UInt64 = 0
                    taken: do { inFull: do { quickly: do { leaving: do { switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {

                    // MARK: Loads and moves

                    case .loadInt:
                        fp[word.fieldA] = Value.intTag | word >> 32
                        continue
                    case .loadConstant:
                        fp[word.fieldA] = cage.load64(cage.offset(of: pc) &+ UInt32(truncatingIfNeeded: word >> 32))
                        continue
                    case .loadSpecial:
                        fp[word.fieldA] = Value.specialTag | word >> 32
                        continue
                    case .move:
                        fp[word.fieldA] = fp[word.fieldB]
                        continue
                    case .loadEnvironment:
                        let callee = UInt32(truncatingIfNeeded: fp[0])
                        fp[word.fieldA] = Value.cellTag | UInt64(cage.load32(callee, Layout.functionScope))
                        continue
                    case .getEnvironmentSlot:
                        let scope = cage.load32(UInt32(truncatingIfNeeded: fp[0]), Layout.functionScope)
                        fp[word.fieldB] = Value.cellTag | UInt64(scope)
                        fp[word.fieldA] = cage.load64(scope &+ UInt32(word.fieldC) &* 8, Layout.scopeSlots)
                        continue
                    case .loadNewTarget:
                        fp[word.fieldA] = fp[1] & Link.construct != 0 ? fp[2] : Value.undefined.bits
                        continue
                    case .nop:
                        continue

                    // MARK: Arithmetic

                    case .add:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) {
                            let (sum, overflow) = x.int.addingReportingOverflow(y.int)
                            if !overflow { fp[word.fieldA] = Value(sum).bits; continue }
                        }
                        if x.isDouble, y.isDouble { fp[word.fieldA] = Value(double: x.double + y.double).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(double: x.number + y.number).bits; continue }
                        if x.isString || y.isString { break quickly }
                    case .sub:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) {
                            let (difference, overflow) = x.int.subtractingReportingOverflow(y.int)
                            if !overflow { fp[word.fieldA] = Value(difference).bits; continue }
                        }
                        if x.isDouble, y.isDouble { fp[word.fieldA] = Value(double: x.double - y.double).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(double: x.number - y.number).bits; continue }
                    case .mul:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) {
                            let (product, overflow) = x.int.multipliedReportingOverflow(by: y.int)
                            if !overflow, product != 0 || (x.int | y.int) >= 0 {
                                fp[word.fieldA] = Value(product).bits
                                continue
                            }
                        }
                        if x.isDouble, y.isDouble { fp[word.fieldA] = Value(double: x.double * y.double).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(double: x.number * y.number).bits; continue }
                    case .div:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if x.isDouble, y.isDouble { fp[word.fieldA] = Value(double: x.double / y.double).bits; continue }
                        if x.isNumber, y.isNumber {
                            fp[word.fieldA] = Value(number: x.number / y.number).bits
                            continue
                        }
                    case .mod:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y), x.int >= 0, y.int > 0 {
                            fp[word.fieldA] = Value(x.int % y.int).bits
                            continue
                        }
                    case .bitAnd:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = x.bits & y.bits; continue }
                        if let x = int32(x), let y = int32(y) { fp[word.fieldA] = Value(x & y).bits; continue }
                    case .bitOr:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = x.bits | y.bits; continue }
                        if let x = int32(x), let y = int32(y) { fp[word.fieldA] = Value(x | y).bits; continue }
                    case .bitXor:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int ^ y.int).bits; continue }
                        if let x = int32(x), let y = int32(y) { fp[word.fieldA] = Value(x ^ y).bits; continue }
                    case .shl:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int &<< y.int).bits; continue }
                        if let x = int32(x), let y = int32(y) { fp[word.fieldA] = Value(x &<< y).bits; continue }
                    case .sar:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int &>> y.int).bits; continue }
                        if let x = int32(x), let y = int32(y) { fp[word.fieldA] = Value(x &>> y).bits; continue }
                    case .shr:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if let x = int32(x), let y = int32(y) {
                            fp[word.fieldA] = Value(UInt32(bitPattern: x) &>> UInt32(bitPattern: y)).bits
                            continue
                        }

                    case .addI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt {
                            let (sum, overflow) = x.int.addingReportingOverflow(word.immediateC)
                            if !overflow { fp[word.fieldA] = Value(sum).bits; continue }
                        } else if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double + Double(word.immediateC)).bits
                            continue
                        }
                    case .subI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt {
                            let (difference, overflow) = x.int.subtractingReportingOverflow(word.immediateC)
                            if !overflow { fp[word.fieldA] = Value(difference).bits; continue }
                        } else if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double - Double(word.immediateC)).bits
                            continue
                        }
                    case .mulI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt {
                            let (product, overflow) = x.int.multipliedReportingOverflow(by: word.immediateC)
                            if !overflow, product != 0 || (x.int | word.immediateC) >= 0 {
                                fp[word.fieldA] = Value(product).bits
                                continue
                            }
                        } else if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double * Double(word.immediateC)).bits
                            continue
                        }
                    case .divI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isNumber {
                            fp[word.fieldA] = Value(number: x.number / Double(word.immediateC)).bits
                            continue
                        }
                    case .modI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt, x.int >= 0, word.immediateC > 0 {
                            fp[word.fieldA] = Value(x.int % word.immediateC).bits
                            continue
                        }
                    case .bitAndI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt { fp[word.fieldA] = Value(x.int & word.immediateMask).bits; continue }
                        if x.isDouble, x.double > -4503599627370496.0, x.double < 4503599627370496.0 {
                            let truncated = Int32(truncatingIfNeeded: Int64(x.double))
                            fp[word.fieldA] = Value(truncated & word.immediateMask).bits
                            continue
                        }
                    case .bitOrI:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt { fp[word.fieldA] = Value(x.int | word.immediateC).bits; continue }
                        if x.isDouble, x.double > -4503599627370496.0, x.double < 4503599627370496.0 {
                            let truncated = Int32(truncatingIfNeeded: Int64(x.double))
                            fp[word.fieldA] = Value(truncated | word.immediateC).bits
                            continue
                        }
                    case .bitXorI:
                        let x = Value(bits: fp[word.fieldB])
                        if let x = int32(x) { fp[word.fieldA] = Value(x ^ word.immediateC).bits; continue }
                    case .shlI:
                        let x = Value(bits: fp[word.fieldB])
                        if let x = int32(x) { fp[word.fieldA] = Value(x &<< word.immediateC).bits; continue }
                    case .sarI:
                        let x = Value(bits: fp[word.fieldB])
                        if let x = int32(x) { fp[word.fieldA] = Value(x &>> word.immediateC).bits; continue }
                    case .shrI:
                        let x = Value(bits: fp[word.fieldB])
                        if let x = int32(x) {
                            let result = UInt32(bitPattern: x) &>> UInt32(bitPattern: word.immediateC)
                            fp[word.fieldA] = Value(result).bits
                            continue
                        }
                    case .inc:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt {
                            let (sum, overflow) = x.int.addingReportingOverflow(1)
                            if !overflow { fp[word.fieldA] = Value(sum).bits; continue }
                        } else if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double + 1).bits
                            continue
                        }
                    case .dec:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt {
                            let (difference, overflow) = x.int.subtractingReportingOverflow(1)
                            if !overflow { fp[word.fieldA] = Value(difference).bits; continue }
                        } else if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double - 1).bits
                            continue
                        }
                    case .neg:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt, x.int != 0, x.int != .min { fp[word.fieldA] = Value(0 &- x.int).bits; continue }
                        if x.isDouble { fp[word.fieldA] = Value(double: -x.double).bits; continue }
                    case .toNumber, .toNumeric:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isNumber { fp[word.fieldA] = x.bits; continue }
                        if x.isBigInt, UInt8(truncatingIfNeeded: word) == Opcode.toNumeric.rawValue {
                            fp[word.fieldA] = x.bits
                            continue
                        }
                    case .bitNot:
                        let x = Value(bits: fp[word.fieldB])
                        if x.isInt { fp[word.fieldA] = Value(~x.int).bits; continue }
                    case .not:
                        let x = Value(bits: fp[word.fieldB])
                        fp[word.fieldA] = Value(!isTruthy(x)).bits
                        continue

                    // MARK: Comparison

                    case .lt:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int < y.int).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(x.number < y.number).bits; continue }
                    case .le:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int <= y.int).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(x.number <= y.number).bits; continue }
                    case .gt:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int > y.int).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(x.number > y.number).bits; continue }
                    case .ge:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if Value.areInts(x, y) { fp[word.fieldA] = Value(x.int >= y.int).bits; continue }
                        if x.isNumber, y.isNumber { fp[word.fieldA] = Value(x.number >= y.number).bits; continue }
                    case .strictEq:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if let equal = strictEqualFast(x, y) { fp[word.fieldA] = Value(equal).bits; continue }
                    case .strictNe:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if let equal = strictEqualFast(x, y) { fp[word.fieldA] = Value(!equal).bits; continue }
                    case .eq:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if let equal = looseEqualFast(x, y) { fp[word.fieldA] = Value(equal).bits; continue }
                    case .ne:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if let equal = looseEqualFast(x, y) { fp[word.fieldA] = Value(!equal).bits; continue }
                    case .hasProperty:
                        let index = Value(bits: fp[word.fieldB]), object = Value(bits: fp[word.fieldC])
                        if object.isObject, index.isInt {
                            let elements = cage.load32(object.offset, Layout.elements)
                            if index.offset < cage.load32(elements, Layout.elementsLength),
                                cage.load64(elements &+ index.offset &* 8, Layout.elementValues) != Value.empty.bits {
                                fp[word.fieldA] = Value.true.bits
                                continue
                            }
                        }

                    // MARK: Jumps

                    case .jump:
                        guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        continue
                    case .jumpTrue:
                        if _slowPath(isTruthy(Value(bits: fp[word.fieldA]))) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue
                    case .jumpFalse:
                        if _slowPath(!isTruthy(Value(bits: fp[word.fieldA]))) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue
                    case .jumpNullish:
                        if _slowPath(Value(bits: fp[word.fieldA]).isNullish) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue
                    case .jumpNotNullish:
                        if _slowPath(!Value(bits: fp[word.fieldA]).isNullish) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue
                    case .jumpUndefined:
                        if _slowPath(Value(bits: fp[word.fieldA]).isUndefined) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue
                    case .jumpNotUndefined:
                        if _slowPath(!Value(bits: fp[word.fieldA]).isUndefined) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue
                    case .jumpEmpty:
                        if _slowPath(Value(bits: fp[word.fieldA]).isEmpty) {
                            guard _fastPath(Machine.jumpFar(cage, word, &pc, &limit)) else { break }
                        }
                        continue

                    case .jumpLt:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        let holds: Bool
                        if Value.areInts(x, y) { holds = x.int < y.int }
                        else if x.isNumber, y.isNumber { holds = x.number < y.number }
                        else { break }
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpLe:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        let holds: Bool
                        if Value.areInts(x, y) { holds = x.int <= y.int }
                        else if x.isNumber, y.isNumber { holds = x.number <= y.number }
                        else { break }
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNotLt:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        let holds: Bool
                        if Value.areInts(x, y) { holds = x.int < y.int }
                        else if x.isNumber, y.isNumber { holds = x.number < y.number }
                        else { break }
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNotLe:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        let holds: Bool
                        if Value.areInts(x, y) { holds = x.int <= y.int }
                        else if x.isNumber, y.isNumber { holds = x.number <= y.number }
                        else { break }
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpEq:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        guard let equal = looseEqualFast(x, y) else { break }
                        if _slowPath(equal) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNe:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        guard let equal = looseEqualFast(x, y) else { break }
                        if _slowPath(!equal) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpStrictEq:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        guard let equal = strictEqualFast(x, y) else { break }
                        if _slowPath(equal) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpStrictNe:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        guard let equal = strictEqualFast(x, y) else { break }
                        if _slowPath(!equal) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue

                    case .jumpLtI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int < word.immediateB }
                        else if x.isDouble { holds = x.double < Double(word.immediateB) }
                        else { break }
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpLeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int <= word.immediateB }
                        else if x.isDouble { holds = x.double <= Double(word.immediateB) }
                        else { break }
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpGtI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int > word.immediateB }
                        else if x.isDouble { holds = x.double > Double(word.immediateB) }
                        else { break }
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpGeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int >= word.immediateB }
                        else if x.isDouble { holds = x.double >= Double(word.immediateB) }
                        else { break }
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNotLtI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int < word.immediateB }
                        else if x.isDouble { holds = x.double < Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNotLeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int <= word.immediateB }
                        else if x.isDouble { holds = x.double <= Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNotGtI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int > word.immediateB }
                        else if x.isDouble { holds = x.double > Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpNotGeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int >= word.immediateB }
                        else if x.isDouble { holds = x.double >= Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpStrictEqI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds = x.isInt ? x.int == word.immediateB
                            : x.isDouble && x.double == Double(word.immediateB)
                        if _slowPath(holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue
                    case .jumpStrictNeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds = x.isInt ? x.int == word.immediateB
                            : x.isDouble && x.double == Double(word.immediateB)
                        if _slowPath(!holds) { Machine.jumpForward(cage, word, &pc, &limit) }
                        continue

                    // MARK: Back-edges

                    case .loop:
                        guard _fastPath(Machine.jumpBack(cage, word, &pc, &limit)) else { break }
                        break taken
                    case .loopTrue, .loopFalse:
                        let wanted = UInt8(truncatingIfNeeded: word) == Opcode.loopTrue.rawValue
                        if _slowPath(isTruthy(Value(bits: fp[word.fieldA])) != wanted) { continue }
                        guard _fastPath(Machine.jumpBack(cage, word, &pc, &limit)) else { break }
                        break taken
                    case .loopLt:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        let holds: Bool
                        if Value.areInts(x, y) { holds = x.int < y.int }
                        else if x.isNumber, y.isNumber { holds = x.number < y.number }
                        else { break }
                        if _slowPath(!holds) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopLe:
                        let x = Value(bits: fp[word.fieldA]), y = Value(bits: fp[word.fieldB])
                        let holds: Bool
                        if Value.areInts(x, y) { holds = x.int <= y.int }
                        else if x.isNumber, y.isNumber { holds = x.number <= y.number }
                        else { break }
                        if _slowPath(!holds) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopLtI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int < word.immediateB }
                        else if x.isDouble { holds = x.double < Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopLeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int <= word.immediateB }
                        else if x.isDouble { holds = x.double <= Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopGtI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int > word.immediateB }
                        else if x.isDouble { holds = x.double > Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopGeI:
                        let x = Value(bits: fp[word.fieldA])
                        let holds: Bool
                        if x.isInt { holds = x.int >= word.immediateB }
                        else if x.isDouble { holds = x.double >= Double(word.immediateB) }
                        else { break }
                        if _slowPath(!holds) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopStrictNeI:
                        let x = Value(bits: fp[word.fieldA])
                        let equal = x.isInt ? x.int == word.immediateB
                            : x.isDouble && x.double == Double(word.immediateB)
                        if _slowPath(equal) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken

                    case .jumpIs:
                        if _slowPath(fp[word.fieldA] == Value.specialTag | UInt64(word.fieldB)) {
                            Machine.jumpForward(cage, word, &pc, &limit)
                        }
                        continue
                    case .jumpIsNot:
                        if _slowPath(fp[word.fieldA] != Value.specialTag | UInt64(word.fieldB)) {
                            Machine.jumpForward(cage, word, &pc, &limit)
                        }
                        continue
                    case .loopIs:
                        if _slowPath(fp[word.fieldA] != Value.specialTag | UInt64(word.fieldB)) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken
                    case .loopIsNot:
                        if _slowPath(fp[word.fieldA] == Value.specialTag | UInt64(word.fieldB)) { continue }
                        Machine.jumpShort(cage, word, &pc, &limit)
                        break taken

                    // MARK: Properties

                    case .getPropertyOwn:
                        let object = fp.operand(word.fieldB)
                        let cache = pc.load64()
                        if object.isObject, cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache) {
                            fp[word.fieldA] = cage.load64(object.offset &+ UInt32(truncatingIfNeeded: cache >> 32))
                            pc = pc.pastCache
                            continue
                        }
                    case .getPropertyOwnSlots:
                        let object = fp.operand(word.fieldB)
                        let cache = pc.load64()
                        if object.isObject, cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache) {
                            let slots = cage.load32(object.offset, Layout.slots)
                            fp[word.fieldA] = cage.load64(slots &+ UInt32(truncatingIfNeeded: cache >> 32))
                            pc = pc.pastCache
                            continue
                        }
                    case .getPropertyPrototype:
                        let object = fp.operand(word.fieldB)
                        let cache = pc.load64(), holder = pc.load64(8)
                        if object.isObject, cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache),
                            UInt32(truncatingIfNeeded: holder >> 32)
                                == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])
                        {
                            fp[word.fieldA] = cage.load64(
                                UInt32(truncatingIfNeeded: holder) &+ UInt32(truncatingIfNeeded: cache >> 32))
                            pc = pc.pastCache
                            continue
                        }
                    case .getPropertyPolymorphic:
                        let object = fp.operand(word.fieldB)
                        if object.isObject {
                            let shape = cage.load32(object.offset)
                            let first = pc.load64(), second = pc.load64(8)
                            if shape == UInt32(truncatingIfNeeded: first) {
                                fp[word.fieldA] = cage.load64(
                                    object.offset &+ UInt32(truncatingIfNeeded: first >> 32))
                                pc = pc.pastCache
                                continue
                            }
                            if shape == UInt32(truncatingIfNeeded: second) {
                                fp[word.fieldA] = cage.load64(
                                    object.offset &+ UInt32(truncatingIfNeeded: second >> 32))
                                pc = pc.pastCache
                                continue
                            }
                        }
                    case .getLengthArray:
                        let object = fp.operand(word.fieldB)
                        if object.isObject, cage.load8(object.offset, Layout.kind) == CellKind.array {
                            let length = cage.load32(object.offset, Layout.arrayLength)
                            // Longer ones are doubles: in full.
                            guard _fastPath(length <= 0x7FFF_FFFF) else { break }
                            fp[word.fieldA] = Value(Int32(truncatingIfNeeded: length)).bits
                            pc = pc.pastCache
                            continue
                        }
                        if object.isString {
                            let length = cage.load32(object.offset, Layout.stringLength)
                            guard _fastPath(length <= 0x7FFF_FFFF) else { break }
                            fp[word.fieldA] = Value(Int32(truncatingIfNeeded: length)).bits
                            pc = pc.pastCache
                            continue
                        }
                    case .getLengthTyped:
                        let object = fp.operand(word.fieldB)
                        if object.isObject, cage.load32(object.offset) == pc.load32(),
                            pc.load32(12) == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])
                        {
                            let length = quickTypedLength(object.offset)
                            if length != 0 {
                                fp[word.fieldA] = Value(length).bits
                                pc = pc.pastCache
                                continue
                            }
                        }
                    case .getPropertyString:
                        let string = fp.operand(word.fieldB)
                        let cache = pc.load64(), holder = pc.load64(8)
                        if string.isString,
                            UInt32(truncatingIfNeeded: holder >> 32)
                                == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])
                        {
                            fp[word.fieldA] = cage.load64(
                                UInt32(truncatingIfNeeded: holder) &+ UInt32(truncatingIfNeeded: cache >> 32))
                            pc = pc.pastCache
                            continue
                        }
                    case .setPropertyOwn:
                        let object = fp.operand(word.fieldA)
                        let cache = pc.load64()
                        if object.isObject, cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache) {
                            cage.store64(
                                object.offset &+ UInt32(truncatingIfNeeded: cache >> 32), 0, fp[word.fieldB])
                            pc = pc.pastCache
                            continue
                        }
                    case .setPropertyOwnSlots:
                        let object = fp.operand(word.fieldA)
                        let cache = pc.load64()
                        if object.isObject, cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache) {
                            let slots = cage.load32(object.offset, Layout.slots)
                            cage.store64(slots &+ UInt32(truncatingIfNeeded: cache >> 32), 0, fp[word.fieldB])
                            pc = pc.pastCache
                            continue
                        }
                    case .setPropertyAdd:
                        let object = fp.operand(word.fieldA)
                        let cache = pc.load64(), next = pc.load64(8)
                        // A prototype among objects of that shape takes the slow path, which bumps the epoch.
                        if object.isObject,
                            cage.load64(object.offset) & (0xFFFF_FFFF | UInt64(ObjectFlag.isPrototype) << 40)
                                == cache & 0xFFFF_FFFF,
                            UInt32(truncatingIfNeeded: next >> 32)
                                == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])
                        {
                            cage.store64(
                                object.offset &+ UInt32(truncatingIfNeeded: cache >> 32), 0, fp[word.fieldB])
                            cage.store32(object.offset, 0, UInt32(truncatingIfNeeded: next))
                            pc = pc.pastCache
                            continue
                        }
                    case .getPropertyGetter:
                        let object = Value(bits: fp[word.fieldB])
                        let cache = pc.load64(), holder = pc.load64(8)
                        guard _fastPath(object.isObject), _fastPath(cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache)),
                            _fastPath(UInt32(truncatingIfNeeded: holder >> 32)
                                == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]))
                        else { break }
                        let accessor = UInt32(truncatingIfNeeded: holder) &+ UInt32(truncatingIfNeeded: cache >> 32)
                        let getter = cage.load64(cage.load32(accessor), Layout.accessorGetter)
                        let base = Machine.frameEnd(cage, fp)
                        guard let code = Machine.accessorCode(cage, Value(bits: getter)) else { break }
                        let frame = cage.offset(of: fp) &+ UInt32(base) &* 8
                        guard _fastPath(Machine.claimFrame(cage, cells, frame, code)) else { break }
                        fp = cage.window(at: frame)
                        fp[0] = getter
                        fp[1] = UInt64(cage.offset(of: pc.pastCache)) | Link.continuation | UInt64(base) << 32
                        fp[2] = Value.intTag | UInt64(word.fieldA)
                        fp[3] = object.bits
                        Machine.fillMissing(cage, fp, from: 0, code)
                        let target = cage.load32(code, Layout.codeEntry)
                        limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc.pastCache))
                        pc = cage.code(at: target)
                        break taken
                    case .setPropertySetter:
                        let object = Value(bits: fp[word.fieldA])
                        let cache = pc.load64(), holder = pc.load64(8)
                        guard _fastPath(object.isObject), _fastPath(cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache)),
                            _fastPath(UInt32(truncatingIfNeeded: holder >> 32)
                                == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]))
                        else { break }
                        let accessor = UInt32(truncatingIfNeeded: holder) &+ UInt32(truncatingIfNeeded: cache >> 32)
                        let setter = cage.load64(cage.load32(accessor), Layout.accessorSetter)
                        let base = Machine.frameEnd(cage, fp)
                        // The argument has to be within the registers of the frame.
                        guard let code = Machine.accessorCode(cage, Value(bits: setter)), _fastPath(cage.load16(code, Layout.codeRegisterCount) > 4)
                        else { break }
                        let frame = cage.offset(of: fp) &+ UInt32(base) &* 8
                        guard _fastPath(Machine.claimFrame(cage, cells, frame, code)) else { break }
                        let value = fp[word.fieldB]
                        fp = cage.window(at: frame)
                        fp[0] = setter
                        fp[1] = UInt64(cage.offset(of: pc.pastCache)) | Link.continuation | UInt64(base) << 32 | 1 << 48
                        fp[2] = Value(Continuation.discard).bits
                        fp[3] = object.bits
                        fp[4] = value
                        Machine.fillMissing(cage, fp, from: 1, code)
                        let target = cage.load32(code, Layout.codeEntry)
                        limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc.pastCache))
                        pc = cage.code(at: target)
                        break taken
                    case .defineFieldAdd:
                        let object = fp.operand(word.fieldA)
                        let cache = pc.load64(), next = pc.load64(8)
                        if object.isObject,
                            cage.load64(object.offset) & (0xFFFF_FFFF | UInt64(ObjectFlag.isPrototype) << 40)
                                == cache & 0xFFFF_FFFF {
                            cage.store64(
                                object.offset &+ UInt32(truncatingIfNeeded: cache >> 32), 0, fp[word.fieldB])
                            cage.store32(object.offset, 0, UInt32(truncatingIfNeeded: next))
                            pc = pc.pastCache
                            continue
                        }
                        break quickly
                    case .getPrivate:
                        let object = fp.operand(word.fieldB)
                        let symbol = UInt32(truncatingIfNeeded: fp[word.fieldC])
                        guard _fastPath(object.isObject) else { break }
                        let place = PrivateCache.place(pc, shape: cage.load32(object.offset), symbol: symbol)
                        guard place != 0 else { break quickly }
                        let value = cage.load64(object.offset &+ place)
                        if value != Value.empty.bits {
                            fp[word.fieldA] = value
                            pc = pc.pastCache
                            continue
                        }
                    case .setPrivate:
                        let object = fp.operand(word.fieldA)
                        let symbol = UInt32(truncatingIfNeeded: fp[word.fieldB])
                        guard _fastPath(object.isObject) else { break }
                        let place = PrivateCache.place(pc, shape: cage.load32(object.offset), symbol: symbol)
                        guard place != 0 else { break quickly }
                        cage.store64(object.offset &+ place, 0, fp[word.fieldC])
                        pc = pc.pastCache
                        continue
                    case .hasPrivate:
                        let object = fp.operand(word.fieldB)
                        let symbol = UInt32(truncatingIfNeeded: fp[word.fieldC])
                        guard _fastPath(object.isObject) else { break }
                        let place = PrivateCache.place(pc, shape: cage.load32(object.offset), symbol: symbol)
                        guard place != 0 else { break quickly }
                        fp[word.fieldA] = Value.true.bits
                        pc = pc.pastCache
                        continue
                    case .requireObjectCoercible:
                        if !Value(bits: fp[word.fieldA]).isNullish { continue }
                    case .getElement:
                        let object = fp.operand(word.fieldB), index = Value(bits: fp[word.fieldC])
                        if object.isObject, index.isInt {
                            let elements = cage.load32(object.offset, Layout.elements)
                            if index.offset < cage.load32(elements, Layout.elementsLength) {
                                let value = cage.load64(elements &+ index.offset &* 8, Layout.elementValues)
                                if value != Value.empty.bits { fp[word.fieldA] = value; continue }
                            } else if cage.load8(object.offset, Layout.kind) == CellKind.typedArray {
                                let start = typedStart(object.offset, index.offset)
                                if start != 0 {
                                    switch cage.load32(object.offset, Layout.typedArrayType) {
                                    case UInt32(ElementType.uint8.rawValue):
                                        fp[word.fieldA] = Value(Int32(cage.load8(start &+ index.offset))).bits
                                        continue
                                    case UInt32(ElementType.int32.rawValue):
                                        let element = cage.load32(start &+ index.offset &* 4)
                                        fp[word.fieldA] = Value.intTag | UInt64(element)
                                        continue
                                    case UInt32(ElementType.float64.rawValue):
                                        let element = Double(bitPattern: cage.load64(start &+ index.offset &* 8))
                                        fp[word.fieldA] = Value(anyDouble: element).bits
                                        continue
                                    default: break
                                    }
                                }
                                break quickly
                            }
                        } else if object.isObject, index.isReference {
                            break quickly
                        }
                    case .setElement:
                        let object = fp.operand(word.fieldA), index = Value(bits: fp[word.fieldB])
                        if object.isObject, index.isInt {
                            let elements = cage.load32(object.offset, Layout.elements)
                            if index.offset < cage.load32(elements, Layout.elementsLength) {
                                let slot = elements &+ index.offset &* 8
                                if cage.load8(elements, Layout.flags) & ElementsFlag.packed != 0
                                    || cage.load64(slot, Layout.elementValues) != Value.empty.bits {
                                    cage.store64(slot, Layout.elementValues, fp[word.fieldC])
                                    continue
                                }
                            }
                            if cage.load8(object.offset, Layout.kind) == CellKind.typedArray {
                                let value = Value(bits: fp[word.fieldC]), start = typedStart(object.offset, index.offset)
                                if start != 0 {
                                    let type = cage.load32(object.offset, Layout.typedArrayType)
                                    if value.isInt, type == UInt32(ElementType.uint8.rawValue) {
                                        cage.store8(start &+ index.offset, 0, UInt8(truncatingIfNeeded: value.int))
                                        continue
                                    }
                                    if value.isInt, type == UInt32(ElementType.int32.rawValue) {
                                        cage.store32(start &+ index.offset &* 4, 0, UInt32(bitPattern: value.int))
                                        continue
                                    }
                                    if value.isNumber, type == UInt32(ElementType.float64.rawValue) {
                                        cage.store64(start &+ index.offset &* 8, 0, Value(double: value.number).bits)
                                        continue
                                    }
                                }
                            }
                            break quickly
                        }

                    // MARK: Globals and scopes

                    case .getGlobalOwn:
                        let cache = pc.load64(), holder = pc.load64(8)
                        let object = UInt32(truncatingIfNeeded: holder)
                        if cage.load32(object) == UInt32(truncatingIfNeeded: cache) {
                            let slots = cage.load32(object, Layout.slots)
                            fp[word.fieldA] = cage.load64(slots &+ UInt32(truncatingIfNeeded: cache >> 32))
                            pc = pc.pastCache
                            continue
                        }
                    case .setGlobalOwn:
                        let cache = pc.load64(), holder = pc.load64(8)
                        let object = UInt32(truncatingIfNeeded: holder)
                        if cage.load32(object) == UInt32(truncatingIfNeeded: cache) {
                            let slots = cage.load32(object, Layout.slots)
                            cage.store64(slots &+ UInt32(truncatingIfNeeded: cache >> 32), 0, fp[word.fieldA])
                            pc = pc.pastCache
                            continue
                        }
                    case .getGlobalLexical:
                        let binding = pc.load32()
                        let value = cage.load64(binding, Layout.bindingValue)
                        // Not the tag of undefined and its like: that is quicker to see.
                        if cage.load32(binding, Layout.bindingValue &+ 4) != Value.specialTagHigh || value != Value.empty.bits {
                            fp[word.fieldA] = value
                            pc = pc.pastCache
                            continue
                        }
                    case .setGlobalLexical:
                        let binding = pc.load32()
                        if cage.load64(binding, Layout.bindingValue) != Value.empty.bits {
                            cage.store64(binding, Layout.bindingValue, fp[word.fieldA])
                            pc = pc.pastCache
                            continue
                        }
                    case .getScoped:
                        var scope = UInt32(truncatingIfNeeded: fp[word.fieldB])
                        var hops = word.fieldX
                        while _slowPath(hops != 0) {
                            scope = cage.load32(scope, Layout.scopeParent)
                            hops = hops &- 1
                        }
                        fp[word.fieldA] = cage.load64(scope &+ UInt32(word.fieldC) &* 8, Layout.scopeSlots)
                        continue
                    case .setScoped:
                        var scope = UInt32(truncatingIfNeeded: fp[word.fieldB])
                        var hops = word.fieldX
                        while _slowPath(hops != 0) {
                            scope = cage.load32(scope, Layout.scopeParent)
                            hops = hops &- 1
                        }
                        cage.store64(scope &+ UInt32(word.fieldC) &* 8, Layout.scopeSlots, fp[word.fieldA])
                        continue
                    case .getScopedChecked:
                        var scope = UInt32(truncatingIfNeeded: fp[word.fieldB])
                        var hops = word.fieldX
                        while _slowPath(hops != 0) {
                            scope = cage.load32(scope, Layout.scopeParent)
                            hops = hops &- 1
                        }
                        let value = cage.load64(scope &+ UInt32(word.fieldC) &* 8, Layout.scopeSlots)
                        if value != Value.empty.bits {
                            fp[word.fieldA] = value
                            pc = pc.next
                            continue
                        }
                    case .checkInitialized, .checkThis:
                        if fp[word.fieldA] != Value.empty.bits { continue }

                    // MARK: Calls

                    case .call:
                        guard _fastPath(Machine.enterCall(cage, cells, word, &pc, &fp, &limit)) else { break }
                        fp[3] = Value.undefined.bits
                        break taken
                    case .callThis:
                        guard _fastPath(Machine.enterCall(cage, cells, word, &pc, &fp, &limit)) else { break }
                        break taken
                    case .return:
                        guard _fastPath(Machine.leaveCall(cage, cells, fp[word.fieldA], &pc, &fp, &limit)) else { break }
                        continue
                    case .returnUndefined:
                        guard _fastPath(Machine.leaveCall(cage, cells, Value.undefined.bits, &pc, &fp, &limit)) else { break }
                        continue
                    case .construct:
                        let base = word.fieldB
                        let callee = Value(bits: fp[base])
                        guard _fastPath(callee.isObject) else { break }
                        let header = cage.load64(callee.offset)
                        guard _fastPath(UInt8(truncatingIfNeeded: header >> 32) == CellKind.function),
                            _fastPath(UInt8(truncatingIfNeeded: header >> 40) & ObjectFlag.constructor != 0)
                        else { break }
                        let shape = cage.load32(callee.offset, Layout.functionInstanceShape)
                        let code = cage.load32(callee.offset, Layout.functionCode)
                        if cage.load32(code, Layout.codeFlags) & CodeFlags.derivedBit != 0 {
                            let frame = cage.offset(of: fp) &+ UInt32(base) &* 8
                            guard _fastPath(Machine.claimFrame(cage, cells, frame, code)) else { break }
                            fp = cage.window(at: frame)
                            fp[3] = Value.empty.bits
                            fp[2] = callee.bits
                            fp[1] = UInt64(cage.offset(of: pc)) | Link.construct | UInt64(base) << 32 | UInt64(word.fieldC) << 48
                            Machine.fillMissing(cage, fp, from: word.fieldC, code)
                            let target = cage.load32(code, Layout.codeEntry)
                            limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc))
                            pc = cage.code(at: target)
                            break taken
                        }
                        guard _fastPath(shape != 0) else { break }
                        let parameters = cage.load16(code, Layout.codeParameterCount)
                        let frame = cage.offset(of: fp) &+ UInt32(base) &* 8
                        let top = frame &+ UInt32(cage.load16(code, Layout.codeRegisterCount)) &* 8
                        let words = cage.load8(shape, ShapeLayout.inlineCapacity)
                        let size = 16 &+ UInt32(words) &* 8
                        let object = UInt32(truncatingIfNeeded: cells[Cell.bump])
                        let depth = cells[Cell.frameDepth] &- 1
                        guard _fastPath(object &+ size <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd])),
                            _fastPath(Int64(top) <= cells[Cell.stackCommitted]), _fastPath(depth > 0)
                        else { break }
                        cells[Cell.bump] = Int64(object &+ size)
                        cells[Cell.frameDepth] = depth
                        cage.store64(
                            object, 0, UInt64(shape) | UInt64(CellKind.object) << 32 | UInt64(words) << 48)
                        cage.store64(object, Layout.slots, UInt64(emptyElementsOffset) << 32)
                        var slot = object &+ 16
                        let end = object &+ size
                        while slot != end {
                            cage.store64(slot, 0, Value.undefined.bits)
                            slot = slot &+ 8
                        }
                        fp = cage.window(at: frame)
                        fp[3] = Value(object: object).bits
                        fp[2] = callee.bits
                        fp[1] = UInt64(cage.offset(of: pc)) | Link.construct | UInt64(base) << 32 | UInt64(word.fieldC) << 48
                        var missing = word.fieldC
                        while _slowPath(missing < parameters) {
                            fp[missing &+ 4] = Value.undefined.bits
                            missing = missing &+ 1
                        }
                        let target = cage.load32(code, Layout.codeEntry)
                        limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc))
                        pc = cage.code(at: target)
                        break taken

                    case .superConstruct:
                        let base = word.fieldB
                        let active = Value(bits: fp[base])
                        guard _fastPath(active.isObject) else { break }
                        let parent = cage.load32(cage.load32(active.offset), ShapeLayout.prototype)
                        guard _fastPath(parent != 0) else { break }
                        let header = cage.load64(parent)
                        guard _fastPath(UInt8(truncatingIfNeeded: header >> 32) == CellKind.function),
                            _fastPath(UInt8(truncatingIfNeeded: header >> 40) & ObjectFlag.constructor != 0)
                        else { break }
                        let code = cage.load32(parent, Layout.functionCode)
                        var this = Value.empty
                        if cage.load32(code, Layout.codeFlags) & CodeFlags.derivedBit == 0 {
                            let shape = instanceShape(Value(bits: fp[base &+ 2]))
                            guard _fastPath(shape != 0) else { break }
                            let object = quickObject(shape: shape)
                            guard _fastPath(object != 0) else { break }
                            this = Value(object: object)
                        }
                        let frame = cage.offset(of: fp) &+ UInt32(base) &* 8
                        guard _fastPath(Machine.claimFrame(cage, cells, frame, code)) else { break }
                        fp = cage.window(at: frame)
                        fp[0] = Value(object: parent).bits
                        fp[1] = UInt64(cage.offset(of: pc)) | Link.construct | UInt64(base) << 32 | UInt64(word.fieldC) << 48
                        fp[3] = this.bits
                        Machine.fillMissing(cage, fp, from: word.fieldC, code)
                        let target = cage.load32(code, Layout.codeEntry)
                        limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc))
                        pc = cage.code(at: target)
                        break taken
                    case .checkConstructorResult:
                        let value = Value(bits: fp[word.fieldA])
                        if value.isObject { continue }
                        if value.isUndefined, fp[word.fieldB] != Value.empty.bits {
                            fp[word.fieldA] = fp[word.fieldB]
                            continue
                        }
                    case .initializeFields:
                        let constructor = Value(bits: fp[word.fieldB])
                        guard _fastPath(constructor.isObject), _fastPath(cage.load8(constructor.offset, Layout.kind) == CellKind.function)
                        else { break }
                        let initializer = cage.load32(constructor.offset, Layout.functionExtra)
                        if initializer == 0 { continue }
                        let code = cage.load32(initializer, Layout.functionCode)
                        let frame = cage.offset(of: fp) &+ UInt32(word.fieldC) &* 8
                        let this = fp[word.fieldA]
                        guard _fastPath(Machine.claimFrame(cage, cells, frame, code)) else { break }
                        fp = cage.window(at: frame)
                        fp[0] = Value(object: initializer).bits
                        fp[1] = UInt64(cage.offset(of: pc)) | UInt64(word.fieldC) << 32
                        fp[3] = this
                        let target = cage.load32(code, Layout.codeEntry)
                        limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc))
                        pc = cage.code(at: target)
                        break taken

                    // MARK: Creation

                    case .newObjectShaped:
                        let shape = pc.load32()
                        let count = UInt32(pc.load32(4) & 0xFF)
                        guard _fastPath(shape != 0) else { break }
                        let size = 16 &+ count &* 8
                        let object = UInt32(truncatingIfNeeded: cells[Cell.bump])
                        guard _fastPath(object &+ size <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd])) else { break }
                        cells[Cell.bump] = Int64(object &+ size)
                        cage.store64(
                            object, 0, UInt64(shape) | UInt64(CellKind.object) << 32 | UInt64(count) << 48)
                        cage.store64(object, Layout.slots, UInt64(emptyElementsOffset) << 32)
                        var source = word.fieldB
                        var slot = object &+ 16
                        let end = object &+ size
                        while slot != end {
                            cage.store64(slot, 0, fp[source])
                            slot = slot &+ 8
                            source = source &+ 1
                        }
                        fp[word.fieldA] = Value(object: object).bits
                        pc = pc.next
                        continue

                    // MARK: Iteration

                    case .getIteratorFast:
                        let source = Value(bits: fp[word.fieldB])
                        guard source.isObject, cage.load8(source.offset, Layout.kind) == CellKind.array else { continue }
                        guard _fastPath(isQuickIterable(source.offset, running: UInt32(truncatingIfNeeded: fp[0]))) else { break }
                        fp[word.fieldA] = source.bits
                        fp[word.fieldA &+ 1] = Value.empty.bits
                        fp[word.fieldA &+ 2] = Value.zero.bits
                        Machine.jumpForward(cage, word, &pc, &limit)
                        continue
                    case .iteratorStepFast:
                        let base = word.fieldB
                        guard fp[base &+ 1] == Value.empty.bits else {
                            // Built-in iterators step without a call.
                            let next = Value(bits: fp[base &+ 1])
                            if next.isObject, cage.load8(next.offset, Layout.kind) == CellKind.nativeFunction,
                                cage.load32(next.offset, Layout.functionExtra) != 0 { break }
                            continue
                        }
                        let array = UInt32(truncatingIfNeeded: fp[base])
                        let index = Value(bits: fp[base &+ 2])
                        let elements = cage.load32(array, Layout.elements)
                        guard index.isInt, index.offset < cage.load32(elements, Layout.elementsLength) else {
                            guard _fastPath(index.isInt), _fastPath(index.offset >= cage.load32(array, Layout.arrayLength)) else { break }
                            fp[base &+ 2] = Value(Int32.max).bits
                            Machine.jumpForward(cage, word, &pc, &limit)
                            continue
                        }
                        let value = cage.load64(elements &+ index.offset &* 8, Layout.elementValues)
                        guard _fastPath(value != Value.empty.bits) else { break }
                        fp[base &+ 2] = index.bits &+ 1
                        fp[word.fieldA] = value
                        let distance = Int64(word.fieldX) &* 8
                        pc = cage.code(at: cage.offset(of: pc) &+ UInt32(truncatingIfNeeded: distance))
                        limit = limit &+ distance
                        continue

                    case .requireObject:
                        if _fastPath(Value(bits: fp[word.fieldA]).isObject) { continue }

                    case .forInNext:
                        let base = word.fieldB
                        let list = UInt32(truncatingIfNeeded: fp[base]), place = Value(bits: fp[base &+ 3])
                        if place.offset >= cage.load32(list, Layout.elementsLength) {
                            Machine.jumpForward(cage, word, &pc, &limit)
                            continue
                        }
                        let epoch = fp[base &+ 4]
                        guard _fastPath(cage.load32(UInt32(truncatingIfNeeded: fp[base &+ 1])) == UInt32(truncatingIfNeeded: fp[base &+ 2])),
                            _fastPath(epoch == Value.empty.bits
                                || UInt32(truncatingIfNeeded: epoch)
                                    == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]) & 0x7FFF_FFFF)
                        else { break }
                        fp[word.fieldA] = cage.load64(list &+ place.offset &* 8, Layout.elementValues)
                        fp[base &+ 3] = place.bits &+ 1
                        continue

                    // MARK: Two in one turn. Where they stand is measured: the branch predictor minds.

                    case .incLoopLt:
                        let x = Value(bits: fp[word.fieldA])
                        if x.isInt {
                            let (sum, overflow) = x.int.addingReportingOverflow(1)
                            guard _fastPath(!overflow) else { break }
                            fp[word.fieldA] = Value(sum).bits
                            let next = pc.load64()
                            let y = Value(bits: fp[next.fieldB])
                            // Otherwise that one is next.
                            guard _fastPath(y.isInt) else { continue }
                            pc = pc.next
                            if _slowPath(sum >= y.int) { continue }
                            Machine.jumpShort(cage, next, &pc, &limit)
                            break taken
                        }
                        if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double + 1).bits
                            continue
                        }
                    case .incLoopLtI:
                        let x = Value(bits: fp[word.fieldA])
                        if x.isInt {
                            let (sum, overflow) = x.int.addingReportingOverflow(1)
                            guard _fastPath(!overflow) else { break }
                            fp[word.fieldA] = Value(sum).bits
                            let next = pc.load64()
                            pc = pc.next
                            if _slowPath(sum >= next.immediateB) { continue }
                            Machine.jumpShort(cage, next, &pc, &limit)
                            break taken
                        }
                        if x.isDouble {
                            fp[word.fieldA] = Value(double: x.double + 1).bits
                            continue
                        }
                    case .moveCall:
                        fp[word.fieldA] = fp[word.fieldB]
                        word = pc.load64()
                        pc = pc.next
                        guard _fastPath(Machine.enterCall(cage, cells, word, &pc, &fp, &limit)) else { break }
                        fp[3] = Value.undefined.bits
                        break taken
                    case .moveCallThis:
                        fp[word.fieldA] = fp[word.fieldB]
                        word = pc.load64()
                        pc = pc.next
                        guard _fastPath(Machine.enterCall(cage, cells, word, &pc, &fp, &limit)) else { break }
                        break taken

                    case .moveGetProperty:
                        let object = fp.operand(word.fieldB)
                        fp[word.fieldA] = fp[word.fieldB]
                        let get = pc.load64(), cache = pc.load64(8), holder = pc.load64(16)
                        // Otherwise that one is next.
                        guard _fastPath(object.isObject), cage.load32(object.offset) == UInt32(truncatingIfNeeded: cache) else { continue }
                        if UInt8(truncatingIfNeeded: get) == Opcode.getPropertyPrototype.rawValue {
                            guard _fastPath(UInt32(truncatingIfNeeded: holder >> 32)
                                == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]))
                            else { continue }
                            fp[get.fieldA] = cage.load64(
                                UInt32(truncatingIfNeeded: holder) &+ UInt32(truncatingIfNeeded: cache >> 32))
                            pc = pc.next.pastCache
                            continue
                        }
                        guard UInt8(truncatingIfNeeded: get) == Opcode.getPropertyOwn.rawValue else { continue }
                        fp[get.fieldA] = cage.load64(object.offset &+ UInt32(truncatingIfNeeded: cache >> 32))
                        pc = pc.next.pastCache
                        continue
                    case .moveGetElement:
                        let object = fp.operand(word.fieldB)
                        fp[word.fieldA] = fp[word.fieldB]
                        let get = pc.load64()
                        let index = Value(bits: fp[get.fieldC])
                        guard _fastPath(object.isObject), _fastPath(index.isInt) else { continue }
                        let elements = cage.load32(object.offset, Layout.elements)
                        guard _fastPath(index.offset < cage.load32(elements, Layout.elementsLength)) else { continue }
                        let place = elements &+ index.offset &* 8, value = cage.load64(place, Layout.elementValues)
                        guard _fastPath(cage.load32(place, Layout.elementValues &+ 4) != Value.specialTagHigh || value != Value.empty.bits)
                        else { continue }
                        fp[get.fieldA] = value
                        pc = pc.next
                        continue
                    case .incLengthLoop:
                        let get = pc.load64()
                        let object = fp.operand(get.fieldB), x = fp.operand(word.fieldA)
                        guard _fastPath(UInt8(truncatingIfNeeded: get) == Opcode.getLengthArray.rawValue), _fastPath(object.isObject),
                            _fastPath(cage.load8(object.offset, Layout.kind) == CellKind.array)
                        else {
                            // It is no list, unless nobody has looked yet.
                            if UInt8(truncatingIfNeeded: get) == Opcode.getLength.rawValue { break }
                            Machine.split(cage, .inc, &pc)
                            continue
                        }
                        // Lengths that are doubles are negative here. Below the length, nothing overflows.
                        let length = Int32(bitPattern: cage.load32(object.offset, Layout.arrayLength))
                        guard _fastPath(x.isInt), _fastPath(Int32(bitPattern: x.offset) < length) else { break }
                        let sum = Int32(bitPattern: x.offset) &+ 1
                        fp[word.fieldA] = Value(sum).bits
                        fp[get.fieldA] = Value(length).bits
                        let loop = pc.load64(24)
                        pc = pc.next.pastCache.next
                        if _slowPath(sum >= length) { continue }
                        Machine.jumpShort(cage, loop, &pc, &limit)
                        break taken
                    case .addReturn:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if _fastPath(Value.areInts(x, y)) {
                            let (value, overflow) = x.int.addingReportingOverflow(y.int)
                            if _fastPath(!overflow) {
                                result = Value(value).bits
                                break leaving
                            }
                        } else if x.isNumber, y.isNumber {
                            result = Value(double: x.number + y.number).bits
                            break leaving
                        }
                        Machine.split(cage, .add, &pc)
                        continue
                    case .subReturn:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if _fastPath(Value.areInts(x, y)) {
                            let (value, overflow) = x.int.subtractingReportingOverflow(y.int)
                            if _fastPath(!overflow) {
                                result = Value(value).bits
                                break leaving
                            }
                        } else if x.isNumber, y.isNumber {
                            result = Value(double: x.number - y.number).bits
                            break leaving
                        }
                        Machine.split(cage, .sub, &pc)
                        continue
                    case .mulReturn:
                        let x = Value(bits: fp[word.fieldB]), y = Value(bits: fp[word.fieldC])
                        if _fastPath(Value.areInts(x, y)) {
                            let (value, overflow) = x.int.multipliedReportingOverflow(by: y.int)
                            if _fastPath(!overflow && (value != 0 || (x.int | y.int) >= 0)) {
                                result = Value(value).bits
                                break leaving
                            }
                        } else if x.isNumber, y.isNumber {
                            result = Value(double: x.number * y.number).bits
                            break leaving
                        }
                        Machine.split(cage, .mul, &pc)
                        continue
                    case .addIReturn:
                        let x = Value(bits: fp[word.fieldB])
                        if _fastPath(x.isInt) {
                            let (value, overflow) = x.int.addingReportingOverflow(word.immediateC)
                            if _fastPath(!overflow) {
                                result = Value(value).bits
                                break leaving
                            }
                        } else if x.isDouble {
                            result = Value(double: x.double + Double(word.immediateC)).bits
                            break leaving
                        }
                        Machine.split(cage, .addI, &pc)
                        continue
                    case .subIReturn:
                        let x = Value(bits: fp[word.fieldB])
                        if _fastPath(x.isInt) {
                            let (value, overflow) = x.int.subtractingReportingOverflow(word.immediateC)
                            if _fastPath(!overflow) {
                                result = Value(value).bits
                                break leaving
                            }
                        } else if x.isDouble {
                            result = Value(double: x.double - Double(word.immediateC)).bits
                            break leaving
                        }
                        Machine.split(cage, .subI, &pc)
                        continue
                    case .mulIReturn:
                        let x = Value(bits: fp[word.fieldB])
                        if _fastPath(x.isInt) {
                            let (value, overflow) = x.int.multipliedReportingOverflow(by: word.immediateC)
                            if _fastPath(!overflow && (value != 0 || (x.int | word.immediateC) >= 0)) {
                                result = Value(value).bits
                                break leaving
                            }
                        } else if x.isDouble {
                            result = Value(double: x.double * Double(word.immediateC)).bits
                            break leaving
                        }
                        Machine.split(cage, .mulI, &pc)
                        continue
                    case .bitAndIReturn:
                        let x = Value(bits: fp[word.fieldB])
                        if _fastPath(x.isInt) {
                            result = Value(x.int & word.immediateMask).bits
                            break leaving
                        }
                        Machine.split(cage, .bitAndI, &pc)
                        continue

                    case .instanceOf, .getPropertyMegamorphic, .setPropertyMegamorphic, .defineField, .definePrivateField,
                        .getSuper, .newArray, .createRest, .newObject, .arrayAppend, .pushScope, .closure, .intrinsic:
                        break quickly

                    // All that only the full way does, and bytes that are no instructions. They are named because with a
                    // `default` each turn would compare the byte with the range of the others.
                    case .blank, .coerceThis, .exp, .typeOf, .toString, .toPropertyKey, .toObject, .concat, .jumpTable, .getProperty,
                        .getLength, .setProperty, .setSuper, .deleteProperty, .deleteElement, .defineElement, .defineMethod, .setPrototype,
                        .copyDataProperties, .setFunctionName, .newPrivateName, .definePrivateMethod, .getGlobal, .setGlobal,
                        .initializeGlobal, .deleteGlobal, .declareGlobals, .copyScope, .setScopedChecked, .parentScope, .arraySpreadFast,
                        .newClass, .setHomeObject, .setClassFields, .newRegExp, .templateObject, .createArguments, .callSpread,
                        .constructSpread, .superConstructSpread, .callEval, .tailCall, .throw, .throwError, .requireCallable,
                        .forInPrepare, .getAsyncIterator, .createGenerator, .yield, .await, .asyncResult, .hasBinding, .getModuleBinding,
                        .importCall, .importMeta, .debugger, .disposeResource, .halt, .mapArguments, .takeRest, .makeCode,
                        .unassigned214,
                        .unassigned215, .unassigned216, .unassigned217, .unassigned218, .unassigned219, .unassigned220, .unassigned221,
                        .unassigned222, .unassigned223, .unassigned224, .unassigned225, .unassigned226, .unassigned227, .unassigned228,
                        .unassigned229, .unassigned230, .unassigned231, .unassigned232, .unassigned233, .unassigned234, .unassigned235,
                        .unassigned236, .unassigned237, .unassigned238, .unassigned239, .unassigned240, .unassigned241, .unassigned242,
                        .unassigned243, .unassigned244, .unassigned245, .unassigned246, .unassigned247, .unassigned248, .unassigned249,
                        .unassigned250, .unassigned251, .unassigned252, .unassigned253, .unassigned254:
                        break
                    } // switch
                    break inFull
                    } // leaving: the next instruction returns the result
                    word = pc.load64()
                    pc = pc.next
                    if _fastPath(Machine.leaveCall(cage, cells, result, &pc, &fp, &limit)) { continue }
                    fp[word.fieldA] = result
                    break inFull
                    } // quickly: a helper that needs none of the state
                    let next = executeQuick(word, cage.offset(of: pc), fp)
                    if next != 0 {
                        pc = cage.code(at: next)
                        continue
                    }
                    } // inFull
                    saveState(pc, fp, limit)
                    let outcome = executeSlow(word)
                    if outcome != Outcome.goesOn { return try finish(outcome) }
                    pc = cage.code(at: UInt32(truncatingIfNeeded: cells[Cell.pc]))
                    limit = cells[Cell.limit]
                    fp = cage.window(at: UInt32(truncatingIfNeeded: cells[Cell.fp]))
                    // Far below what any code spends between two looks: the code, or a link, was written over.
                    if _slowPath(limit &+ Machine.longestStretch < Int64(cage.offset(of: pc))) {
                        try safepoint()
                        limit = cells[Cell.limit]
                    }
                    continue
                    } // taken: a call or a back-edge
                    if _slowPath(limit <= Int64(cage.offset(of: pc))) {
                        saveState(pc, fp, limit)
                        try safepoint()
                        limit = cells[Cell.limit]
                    }
                }
            } catch {
                cells[Cell.native] = 0
                guard try unwind(error, to: startFrame) else { throw error }
                pc = cage.code(at: UInt32(truncatingIfNeeded: cells[Cell.pc]))
                limit = cells[Cell.limit]
                fp = cage.window(at: UInt32(truncatingIfNeeded: cells[Cell.fp]))
            }
        }
    }

    @inline(__always)
    func saveState(_ pc: CodePointer, _ fp: RegisterWindow, _ limit: Int64) {
        cells[Cell.pc] = Int64(cage.offset(of: pc))
        cells[Cell.fp] = Int64(cage.offset(of: fp))
        cells[Cell.limit] = limit
    }

    /// Builds the frame of a call of a function of the guest, but for a `this` that is not in its register, and goes to its
    /// code; false when the call has to be done in full.
    @inline(__always)
    private static func enterCall(
        _ cage: Cage, _ cells: HostCells, _ word: UInt64, _ pc: inout CodePointer, _ fp: inout RegisterWindow, _ limit: inout Int64
    ) -> Bool {
        let base = word.fieldB
        let callee = fp.operand(base)
        // Kind and flags, one behind the other.
        guard _fastPath(callee.isObject),
            _fastPath(cage.load16(callee.offset, Layout.kind) & (0xFF | UInt16(ObjectFlag.classConstructor) << 8)
                == UInt16(CellKind.function))
        else { return false }
        let code = cage.load32(callee.offset, Layout.functionCode)
        let frame = cage.offset(of: fp) &+ UInt32(base) &* 8
        guard _fastPath(Machine.claimFrame(cage, cells, frame, code)) else { return false }
        fp = cage.window(at: frame)
        let place = cage.offset(of: pc)
        // Distance and count of arguments are where they are in the instruction.
        fp[1] = UInt64(place) | word & 0xFFFF_FFFF_0000_0000
        Machine.fillMissing(cage, fp, from: word.fieldC, code)
        let target = cage.load32(code, Layout.codeEntry)
        limit = limit &+ Int64(target) &- Int64(place)
        pc = cage.code(at: target)
        return true
    }

    /// An instruction that was to be done together with the next is one of its own from now on, and next.
    @inline(__always)
    private static func split(_ cage: Cage, _ opcode: Opcode, _ pc: inout CodePointer) {
        pc = pc.previous
        cage.store8(cage.offset(of: pc), 0, opcode.rawValue)
    }

    /// Leaves a frame with a result; false when that has to be done in full.
    @inline(__always)
    private static func leaveCall(
        _ cage: Cage, _ cells: HostCells, _ value: UInt64, _ pc: inout CodePointer, _ fp: inout RegisterWindow, _ limit: inout Int64
    ) -> Bool {
        let link = fp[1]
        let distance = UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF
        // Callers lie below: returns end.
        guard _fastPath(distance != 0) else { return false }
        guard _fastPath(link & Link.mask == 0) else {
            let target = UInt32(truncatingIfNeeded: link) & ~7
            if link & Link.entry != 0 { return false }
            if link & Link.continuation != 0 {
                // Of a getter or setter.
                let what = Value(bits: fp[2])
                guard _fastPath(what.isInt), _fastPath(what.offset <= UInt32(Continuation.discard)) else { return false }
                goBack(cage, cells, to: target, distance, &pc, &fp, &limit)
                if what.offset < UInt32(Continuation.discard) { fp[UInt16(truncatingIfNeeded: what.offset)] = value }
                return true
            }
            let this = fp[3]
            goBack(cage, cells, to: target, distance, &pc, &fp, &limit)
            fp[cage.load16(target &- 6)] = Value(bits: value).isObject ? value : this
            return true
        }
        let target = UInt32(truncatingIfNeeded: link)
        goBack(cage, cells, to: target, distance, &pc, &fp, &limit)
        fp[cage.load16(target &- 6)] = value
        return true
    }

    @inline(__always)
    private static func goBack(
        _ cage: Cage, _ cells: HostCells, to target: UInt32, _ distance: UInt32, _ pc: inout CodePointer, _ fp: inout RegisterWindow, _ limit: inout Int64
    ) {
        cells[Cell.frameDepth] &+= 1
        limit = limit &+ Int64(target) &- Int64(cage.offset(of: pc))
        pc = cage.code(at: target)
        fp = cage.window(at: cage.offset(of: fp) &- distance &* 8)
    }

    /// Room for a frame of `code` at `frame`: takes one of the depth, unless there is no room.
    @inline(__always)
    private static func claimFrame(_ cage: Cage, _ cells: HostCells, _ frame: UInt32, _ code: UInt32) -> Bool {
        let top = frame &+ UInt32(cage.load16(code, Layout.codeRegisterCount)) &* 8
        guard _fastPath(Int64(top) <= cells[Cell.stackCommitted]) else { return false }
        cells[Cell.frameDepth] &-= 1
        if _fastPath(cells[Cell.frameDepth] > 0) { return true }
        cells[Cell.frameDepth] &+= 1
        return false
    }

    /// Gives the parameters without an argument their undefined.
    @inline(__always)
    private static func fillMissing(_ cage: Cage, _ fp: RegisterWindow, from count: UInt16, _ code: UInt32) {
        let parameters = cage.load16(code, Layout.codeParameterCount)
        var missing = count
        while _slowPath(missing < parameters) {
            fp[missing &+ 4] = Value.undefined.bits
            missing = missing &+ 1
        }
    }

    /// Number of registers of a frame, its surplus arguments included.
    @inline(__always)
    private static func frameEnd(_ cage: Cage, _ fp: RegisterWindow) -> UInt16 {
        let code = cage.load32(UInt32(truncatingIfNeeded: fp[0]), Layout.functionCode)
        return max(cage.load16(code, Layout.codeRegisterCount), UInt16(truncatingIfNeeded: fp[1] >> 48) &+ 4)
    }

    /// Code of a getter or setter that runs in a frame.
    @inline(__always)
    private static func accessorCode(_ cage: Cage, _ function: Value) -> UInt32? {
        guard function.isObject else { return nil }
        let header = cage.load64(function.offset)
        guard UInt8(truncatingIfNeeded: header >> 32) == CellKind.function,
            UInt8(truncatingIfNeeded: header >> 40) & ObjectFlag.classConstructor == 0
        else { return nil }
        return cage.load32(function.offset, Layout.functionCode)
    }

    /// Takes a jump whose distance in words is in field c.
    @inline(__always)
    private static func jumpShort(_ cage: Cage, _ word: UInt64, _ pc: inout CodePointer, _ limit: inout Int64) {
        let distance = (Int64(bitPattern: word) >> 48) &* 8
        pc = cage.code(at: cage.offset(of: pc) &+ UInt32(truncatingIfNeeded: distance))
        limit = limit &+ distance
    }

    /// As `jumpShort` for jumps that go forward. They are not asked whether there is fuel: no bytes make them go back.
    @inline(__always)
    private static func jumpForward(_ cage: Cage, _ word: UInt64, _ pc: inout CodePointer, _ limit: inout Int64) {
        let distance = (word >> 48) &* 8
        pc = cage.code(at: cage.offset(of: pc) &+ UInt32(truncatingIfNeeded: distance))
        limit = limit &+ Int64(truncatingIfNeeded: distance)
    }

    /// The same with a distance in bytes in b and c; false when it would go back.
    @inline(__always)
    private static func jumpFar(_ cage: Cage, _ word: UInt64, _ pc: inout CodePointer, _ limit: inout Int64) -> Bool {
        let place = cage.offset(of: pc), next = place &+ UInt32(truncatingIfNeeded: word >> 32)
        if _slowPath(next < place) { return false }
        pc = cage.code(at: next)
        limit = limit &+ Int64(word.immediate)
        return true
    }

    /// A back-edge with such a distance; false when it would not go back.
    @inline(__always)
    private static func jumpBack(_ cage: Cage, _ word: UInt64, _ pc: inout CodePointer, _ limit: inout Int64) -> Bool {
        let place = cage.offset(of: pc), next = place &+ UInt32(truncatingIfNeeded: word >> 32)
        if _slowPath(next > place) { return false }
        pc = cage.code(at: next)
        limit = limit &+ Int64(word.immediate)
        return true
    }

    /// ToInt32 of numbers that are easily converted.
    @inline(__always)
    func int32(_ value: Value) -> Int32? {
        if value.isInt { return value.int }
        guard value.isDouble, value.double > -4503599627370496.0, value.double < 4503599627370496.0 else { return nil }
        return Int32(truncatingIfNeeded: Int64(value.double))
    }

    /// ToBoolean with the common kinds inline.
    @inline(__always)
    func isTruthy(_ value: Value) -> Bool {
        if value.isInt { return value.int != 0 }
        if value.isBoolean { return value == .true }
        if value.isObject { return value.offset != Machine.emulatesUndefined }
        if value.isNullish { return false }
        if value.isDouble { return value.double != 0 && value.double == value.double }
        if value.isString { return cage.load32(value.offset, Layout.stringLength) != 0 }
        return !value.isBigInt || cage.load32(value.offset, Layout.bigIntCount) != 0
    }

    /// Shape of what a base constructor makes for a new target; 0 when it is not known.
    @inline(__always)
    private func instanceShape(_ newTarget: Value) -> UInt32 {
        guard newTarget.isObject, cage.load8(newTarget.offset, Layout.kind) == CellKind.function else { return 0 }
        return cage.load32(newTarget.offset, Layout.functionInstanceShape)
    }

    /// IsLooselyEqual of values of one kind and of undefined and null; nil when something has to be converted or compared.
    @inline(__always)
    func looseEqualFast(_ x: Value, _ y: Value) -> Bool? {
        if Value.areInts(x, y) { return x.bits == y.bits }
        if x.isNullish { return y.isNullish || y.bits == Machine.emulatingUndefined.bits }
        if y.isNullish { return x.bits == Machine.emulatingUndefined.bits }
        if x.isObject, y.isObject { return x.bits == y.bits }
        if x.isString, y.isString { return strictEqualFast(x, y) }
        return nil
    }

    /// IsStrictlyEqual where no text has to be compared; nil when it has.
    @inline(__always)
    func strictEqualFast(_ x: Value, _ y: Value) -> Bool? {
        if x.bits == y.bits { return !(x.isDouble && x.double != x.double) }
        if x.isNumber {
            return y.isNumber ? x.number == y.number : false
        }
        if x.isString, y.isString {
            let both = cage.load8(x.offset, Layout.flags) & cage.load8(y.offset, Layout.flags)
            if both & StringFlag.atom != 0 { return false }
            return cage.load32(x.offset, Layout.stringLength) != cage.load32(y.offset, Layout.stringLength) ? false : nil
        }
        return x.isBigInt && y.isBigInt ? nil : false
    }
}
