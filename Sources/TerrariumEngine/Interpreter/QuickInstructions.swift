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
        case .setElement:
            let object = Value(bits: fp[word.fieldA]), index = Value(bits: fp[word.fieldB])
            let value = Value(bits: fp[word.fieldC])
            if cage.load8(object.offset, Layout.kind) == CellKind.typedArray
                ? setTypedElement(object.offset, index.offset, value)
                : storeNewElement(object.offset, index.offset, value) { return pc }

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
        case .pushScope:
            let scope = quickScope(
                word.fieldX & 1 != 0 ? 0 : UInt32(truncatingIfNeeded: fp[word.fieldB]), UInt32(word.fieldC))
            if scope != 0 { fp[word.fieldA] = Value(cell: scope).bits; return pc }
        case .closure:
            let function = quickFunction(
                UInt32(truncatingIfNeeded: fp[0]), constant: word.fieldC,
                scope: word.fieldX & 1 != 0 ? 0 : UInt32(truncatingIfNeeded: fp[word.fieldB]))
            if function != 0 { fp[word.fieldA] = Value(object: function).bits; return pc }

        default:
            break
        }
        return 0
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
