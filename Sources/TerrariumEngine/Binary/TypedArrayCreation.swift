/// Making typed arrays (ECMA-262 §23.2.4, §23.2.5.1).
extension Machine {
    /// A typed array on a buffer of its own.
    public func allocateTypedArray(_ type: ElementType, _ length: Int, _ prototype: UInt32? = nil) throws(Thrown) -> UInt32 {
        guard length <= 0x7FFF_0000 / type.size else { throw rangeError("Invalid typed array length: \(length)") }
        let buffer = try makeArrayBuffer(length: length * type.size)
        return try makeTypedArray(type, buffer: buffer, byteOffset: 0, length: length, prototype: prototype)
    }

    /// TypedArrayCreateFromConstructor. Runs guest code when the constructor is no native.
    public func typedArrayCreate(_ constructor: Value, _ arguments: [Value], _ method: String) throws(Thrown) -> Value {
        try checkedTypedArray(try construct(constructor, arguments), arguments, method)
    }

    /// What TypedArrayCreateFromConstructor looks at in what the constructor made.
    private func checkedTypedArray(_ made: Value, _ arguments: [Value], _ method: String) throws(Thrown) -> Value {
        let length = try validateTypedArray(made, method)
        if arguments.count == 1, arguments[0].isNumber, Double(length) < arguments[0].number {
            throw typeError("Derived TypedArray constructor created an array which was too small")
        }
        return made
    }

    /// What TypedArraySpeciesCreate looks at in what the constructor made.
    public func checkedTypedSpecies(_ made: Value, of exemplar: UInt32, _ arguments: [Value], _ method: String) throws(Thrown)
        -> Value
    {
        let result = try checkedTypedArray(made, arguments, method)
        guard elementType(result.offset).isBigInt == elementType(exemplar).isBigInt else {
            throw typeError("Content type of source and derived typed arrays differ")
        }
        return result
    }
}
