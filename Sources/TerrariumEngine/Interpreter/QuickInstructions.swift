import TerrariumCage

/// The second half of the loop's fast paths: those that need a call. The loop makes only this one, as every further call
/// in it takes registers from all of its arms (`pc` on the stack costs each instruction a quarter).
///
/// None of them runs guest code, costs fuel or collects, changes `pc` other than past its own words, or the frame.
extension Machine {
    /// Does an instruction whose first word is before `pc`. Returns where the next one is; 0 when this one has to be done
    /// in full.
    @inline(never)
    func executeQuick(_ word: UInt64, _ pc: UInt32, _ fp: RegisterWindow) -> UInt32 {
        // Ahead of what saves the registers for the others.
        if UInt8(truncatingIfNeeded: word) == Opcode.closure.rawValue { return quickClosure(word, pc, fp) }
        if UInt8(truncatingIfNeeded: word) == Opcode.pushScope.rawValue { return quickScope(word, pc, fp) }
        if UInt8(truncatingIfNeeded: word) == Opcode.setElement.rawValue { return quickSetElement(word, pc, fp) }
        return executeQuickly(word, pc, fp)
    }

    @inline(never)
    private func executeQuickly(_ word: UInt64, _ pc: UInt32, _ fp: RegisterWindow) -> UInt32 {
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .add:
            let text = quickConcatenation(Value(bits: fp[word.fieldB]), Value(bits: fp[word.fieldC]))
            if !text.isEmpty { fp[word.fieldA] = text.bits; return pc }
        case .instanceOf:
            let answer = rememberedInstanceOf(Value(bits: fp[word.fieldB]), Value(bits: fp[word.fieldC]))
            if !answer.isEmpty { fp[word.fieldA] = answer.bits; return pc }

        // MARK: Properties
        case .getPropertyMegamorphic:
            let object = Value(bits: fp[word.fieldB])
            guard object.isObject || object.isString || object.isNumber else { break }
            let value = object.isObject
                ? rememberedProperty(object.offset, cage.load32(pc, 8))
                : rememberedPrimitiveProperty(object.isString, cage.load32(pc, 8))
            if value != Value.empty.bits { fp[word.fieldA] = value; return pc &+ 16 }
        case .setPropertyMegamorphic:
            let object = Value(bits: fp[word.fieldA])
            if object.isObject, storeRemembered(object.offset, cage.load32(pc, 8), fp[word.fieldB]) { return pc &+ 16 }
        case .defineField, .defineFieldAdd:
            let object = Value(bits: fp[word.fieldA])
            let code = cage.load32(UInt32(truncatingIfNeeded: fp[0]), Layout.functionCode)
            let key = cage.load32(code &+ UInt32(Layout.codeWords) &+ UInt32(word.fieldC) &* 8)
            if quickDefine(object.offset, key, fp[word.fieldB], attributes: Attribute.all) { return pc &+ 16 }
        case .definePrivateField:
            let object = Value(bits: fp[word.fieldA]), symbol = UInt32(truncatingIfNeeded: fp[word.fieldB])
            if object.isObject, quickDefine(object.offset, symbol, fp[word.fieldC], attributes: Attribute.writable) {
                return pc
            }
        case .getPrivate:
            let object = Value(bits: fp[word.fieldB]), symbol = UInt32(truncatingIfNeeded: fp[word.fieldC])
            let value = privateValue(object.offset, symbol, pc, running: UInt32(truncatingIfNeeded: fp[0]))
            if value != Value.empty.bits { fp[word.fieldA] = value; return pc &+ 16 }
        case .setPrivate:
            let object = Value(bits: fp[word.fieldA]), symbol = UInt32(truncatingIfNeeded: fp[word.fieldB])
            if setPrivateField(
                object.offset, symbol, fp[word.fieldC], pc, running: UInt32(truncatingIfNeeded: fp[0])) { return pc &+ 16 }
        case .hasPrivate:
            let object = Value(bits: fp[word.fieldB]), symbol = UInt32(truncatingIfNeeded: fp[word.fieldC])
            let has = hasPrivate(object.offset, symbol, pc, running: UInt32(truncatingIfNeeded: fp[0]))
            fp[word.fieldA] = Value(has).bits
            return pc &+ 16
        case .getSuper:
            let value = rememberedSuper(UInt32(truncatingIfNeeded: fp[0]), Value(bits: fp[word.fieldC]))
            if value != Value.empty.bits { fp[word.fieldA] = value; return pc }

        // MARK: Elements
        case .getElement:
            let object = Value(bits: fp[word.fieldB]), index = Value(bits: fp[word.fieldC])
            let value = index.isInt
                ? typedElement(object.offset, index.offset).bits : rememberedElement(object.offset, index)
            if value != Value.empty.bits { fp[word.fieldA] = value; return pc }
        case .intrinsic:
            let result = quickOperation(word, Value(bits: fp[word.fieldB]), fp)
            if !result.isEmpty { fp[word.fieldA] = result.bits; return pc }

        // MARK: Creation
        case .newArray:
            let values = cage.offset(of: fp) &+ UInt32(word.fieldB) &* 8
            let array = quickArray(values, UInt32(word.fieldC), running: UInt32(truncatingIfNeeded: fp[0]))
            if array != 0 { fp[word.fieldA] = Value(object: array).bits; return pc }
        case .createRest:
            let count = UInt32(truncatingIfNeeded: fp[1] >> 48), start = UInt32(word.fieldB)
            let array = quickArray(
                cage.offset(of: fp) &+ 32 &+ start &* 8, count > start ? count &- start : 0,
                running: UInt32(truncatingIfNeeded: fp[0]))
            if array != 0 { fp[word.fieldA] = Value(object: array).bits; return pc }
        case .newObject:
            let object = quickObject(word.fieldB, running: UInt32(truncatingIfNeeded: fp[0]))
            if object != 0 { fp[word.fieldA] = Value(object: object).bits; return pc }
        case .arrayAppend:
            let value = Value(bits: fp[word.fieldB])
            if !value.isEmpty, quickAppend(UInt32(truncatingIfNeeded: fp[word.fieldA]), value) { return pc }
        default:
            break
        }
        return 0
    }

    @inline(never)
    private func quickSetElement(_ word: UInt64, _ pc: UInt32, _ fp: RegisterWindow) -> UInt32 {
        let object = UInt32(truncatingIfNeeded: fp[word.fieldA]), index = UInt32(truncatingIfNeeded: fp[word.fieldB])
        let value = Value(bits: fp[word.fieldC])
        let isDone = cage.load8(object, Layout.kind) == CellKind.typedArray
            ? setTypedElement(object, index, value) : storeNewElement(object, index, value)
        return isDone ? pc : 0
    }

    /// The function of a template that is neither generator nor async, where the run of free memory has room.
    @inline(never)
    private func quickClosure(_ word: UInt64, _ pc: UInt32, _ fp: RegisterWindow) -> UInt32 {
        let running = UInt32(truncatingIfNeeded: fp[0])
        let pool = cage.load32(running, Layout.functionCode) &+ UInt32(Layout.codeWords)
        let code = cage.load32(pool &+ UInt32(word.fieldC) &* 8)
        let flags = cage.load32(code, Layout.codeFlags)
        let function = UInt32(truncatingIfNeeded: cells[Cell.bump]), end = function &+ 40
        guard flags & CodeFlags.suspendingBits == 0, end <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd]) else { return 0 }
        cells[Cell.bump] = Int64(end)
        let realm = cage.load32(running, Layout.functionRealm)
        let home = flags & CodeFlags.arrowBit != 0 ? cage.load32(running, Layout.functionHome) : 0
        let scope = word.fieldX & 1 != 0 ? 0 : UInt32(truncatingIfNeeded: fp[word.fieldB])
        cage.store64(
            function, 0,
            UInt64(realmValue(realm, .functionShape).offset) | UInt64(CellKind.function) << 32
                | UInt64(CodeFlags.objectFlags(flags)) << 40 | 3 << 48)
        cage.store64(function, Layout.slots, UInt64(emptyElements) << 32)
        cage.store64(function, Layout.functionCode, UInt64(code) | UInt64(scope) << 32)
        cage.store64(function, Layout.functionHome, UInt64(home) | UInt64(realm) << 32)
        cage.store64(function, Layout.functionInstanceShape, 0)
        fp[word.fieldA] = Value(object: function).bits
        return pc
    }

    /// A scope with uninitialized variables where the run of free memory has room.
    @inline(never)
    private func quickScope(_ word: UInt64, _ pc: UInt32, _ fp: RegisterWindow) -> UInt32 {
        let count = UInt32(word.fieldC)
        let scope = UInt32(truncatingIfNeeded: cells[Cell.bump]), end = scope &+ 16 &+ count &* 8
        guard count < 512, end <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd]) else { return 0 }
        cells[Cell.bump] = Int64(end)
        let parent = word.fieldX & 1 != 0 ? 0 : UInt32(truncatingIfNeeded: fp[word.fieldB])
        cage.store64(scope, 0, UInt64(CellKind.scope) << 32)
        cage.store64(scope, 8, UInt64(parent) | UInt64(count) << 32)
        var slot = scope &+ 16
        while slot != end {
            cage.store64(slot, 0, Value.empty.bits)
            slot = slot &+ 8
        }
        fp[word.fieldA] = Value(cell: scope).bits
        return pc
    }

    /// Operations of the engine's own JavaScript on plain values; empty for others.
    @inline(__always)
    private func quickOperation(_ word: UInt64, _ x: Value, _ fp: RegisterWindow) -> Value {
        guard x.isObject else { return .empty }
        switch word.fieldX {
        case QuickOperation.createDataProperty:
            let index = Value(bits: fp[word.fieldB &+ 1])
            return index.isInt && quickPut(x.offset, index.offset, fp[word.fieldB &+ 2]) ? .undefined : .empty
        case QuickOperation.append:
            return quickAppend(x.offset, Value(bits: fp[word.fieldB &+ 1])) ? .undefined : .empty
        case QuickOperation.lengthOf:
            return kind(of: x.offset) == CellKind.array ? Value(cage.load32(x.offset, Layout.arrayLength)) : .empty
        case QuickOperation.isArray: return kind(of: x.offset) == CellKind.array ? .true : .empty
        case QuickOperation.isCallable: return kind(of: x.offset) == CellKind.function ? .true : .empty
        case QuickOperation.toObject: return x
        default: return .empty
        }
    }
}
