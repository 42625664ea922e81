import TerrariumCage

/// Built-ins that a call does without a frame, and without a call, when `this` and the arguments are plain. Their function
/// objects carry the number and the price of a call in `functionExtra`; fuel is what the full call charges.
public enum QuickNative: UInt32, CaseIterable, Sendable {
    case mapGet = 1, mapHas, mapSet, setHas, setAdd, push, pop, charCodeAt
    case floor, ceil, trunc, abs, sqrt, max, min, imul
}

extension Machine {
    private static var quickFlag: UInt32 { 1 << 31 }

    /// Says which of these a native function is.
    public func setQuick(_ function: UInt32, _ which: QuickNative) {
        guard kind(of: function) == CellKind.nativeFunction,
            let native = natives.kept(Int(cage.load32(function, Layout.functionCode))), let price = UInt16(exactly: native.price)
        else { return }
        cage.store32(function, Layout.functionExtra, Machine.quickFlag | UInt32(price) &<< 8 | which.rawValue)
    }

    /// A call that the loop cannot make by itself.
    @inline(never)
    func callQuickly(_ word: UInt64) -> UInt8 {
        iteratorNextMark(reg(word.fieldB)) == Machine.generatorNextMark ? nextQuickly(word) : callNativeQuickly(word)
    }

    @inline(never)
    private func callNativeQuickly(_ word: UInt64) -> UInt8 {
        quickCall(word) ? Outcome.goesOn : executeInFull(word)
    }

    /// False says that the call has to be done in full, and that nothing was changed.
    @inline(__always)
    private func quickCall(_ word: UInt64) -> Bool {
        let base = frame &+ UInt32(word.fieldB) &* 8
        let callee = Value(bits: cage.load64(base))
        guard callee.isObject, kind(of: callee.offset) == CellKind.nativeFunction else { return false }
        let mark = cage.load32(callee.offset, Layout.functionExtra)
        guard mark & Machine.quickFlag != 0 else { return false }
        var units = Int64((mark &>> 8) & 0xFFFF)
        let isMethod = UInt8(truncatingIfNeeded: word) == Opcode.callThis.rawValue
        let this = isMethod ? Value(bits: cage.load64(base, 24)) : .undefined
        let count = word.fieldC
        let x = count > 0 ? Value(bits: cage.load64(base, 32)) : .undefined
        // Room for what keys that are strings and new entries cost on top.
        guard cells[Cell.limit] &- (units &+ 64) &* Machine.unit > cells[Cell.pc] else { return false }
        let result: Value
        switch mark & 0xFF {
        case QuickNative.mapGet.rawValue, QuickNative.mapHas.rawValue, QuickNative.mapSet.rawValue, QuickNative.setHas.rawValue,
            QuickNative.setAdd.rawValue:
            result = quickTable(mark & 0xFF, this, x, count > 1 ? Value(bits: cage.load64(base, 40)) : .undefined, &units)
        case QuickNative.push.rawValue:
            guard count == 1, this.isObject, canAppend(this.offset) else { return false }
            let length = cage.load32(this.offset, Layout.arrayLength)
            guard quickPut(this.offset, length, x.bits) else { return false }
            result = Value(length &+ 1)
        case QuickNative.pop.rawValue:
            guard this.isObject, canAppend(this.offset) else { return false }
            let elements = cage.load32(this.offset, Layout.elements), length = cage.load32(elements, Layout.elementsLength)
            guard length > 0, cage.load8(this.offset, Layout.flags) & ObjectFlag.isPrototype == 0 else { return false }
            result = Value(bits: cage.load64(elements &+ 16 &+ (length &- 1) &* 8))
            if result.isEmpty { return false }
            cage.store32(elements, Layout.elementsLength, length &- 1)
            cage.store32(this.offset, Layout.arrayLength, length &- 1)
        case QuickNative.charCodeAt.rawValue:
            guard this.isString, x.isInt, kind(of: this.offset) != CellKind.rope else { return false }
            let isInside = x.int >= 0 && x.offset < cage.load32(this.offset, Layout.stringLength)
            result = isInside ? Value(Int32(flatNoRope(this.offset)[Int(x.int)])) : .nan
        default:
            guard x.isNumber else { return false }
            result = quickMath(mark & 0xFF, x, count == 2 ? Value(bits: cage.load64(base, 40)) : .undefined)
        }
        if result.isEmpty { return false }
        cells[Cell.limit] = cells[Cell.limit] &- units &* Machine.unit
        setReg(word.fieldA, result)
        return true
    }

    @inline(__always)
    private func quickMath(_ which: UInt32, _ x: Value, _ y: Value) -> Value {
        switch which {
        case QuickNative.floor.rawValue: x.isInt ? x : Value(number: x.double.rounded(.down))
        case QuickNative.ceil.rawValue: x.isInt ? x : Value(number: x.double.rounded(.up))
        case QuickNative.trunc.rawValue: x.isInt ? x : Value(number: x.double.rounded(.towardZero))
        case QuickNative.abs.rawValue: x.isInt && x.int >= 0 ? x : Value(number: Swift.abs(x.number))
        case QuickNative.sqrt.rawValue: Value(number: x.number.squareRoot())
        case QuickNative.max.rawValue: !y.isNumber ? .empty : x.number > y.number ? x : x.number < y.number ? y : .empty
        case QuickNative.min.rawValue: !y.isNumber ? .empty : x.number < y.number ? x : x.number > y.number ? y : .empty
        case QuickNative.imul.rawValue: x.isInt && y.isInt ? Value(x.int &* y.int) : .empty
        default: .empty
        }
    }

    @inline(__always)
    private func quickTable(_ which: UInt32, _ this: Value, _ rawKey: Value, _ value: Value, _ units: inout Int64) -> Value {
        let isMap = which <= QuickNative.mapSet.rawValue
        guard this.isObject, kind(of: this.offset) == (isMap ? CellKind.map : CellKind.set) else { return .empty }
        let key = plainKey(rawKey)
        if key.isEmpty { return .empty }
        let hash = plainHash(key), entry = findPlainEntry(this.offset, key, hash)
        if key.isString { units = units &+ 8 }
        switch which {
        case QuickNative.mapGet.rawValue: return entry == 0 ? .undefined : Value(bits: cage.load64(entry, 8))
        case QuickNative.mapHas.rawValue, QuickNative.setHas.rawValue: return Value(entry != 0)
        default:
            let stored = isMap ? value : key
            if entry != 0 {
                cage.store64(entry, 8, stored.bits)
                return this
            }
            units = units &+ (key.isString ? 24 : 16)
            return addEntry(this.offset, key, hash, stored) ? this : .empty
        }
    }
}
