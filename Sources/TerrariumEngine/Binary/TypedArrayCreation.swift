/// Making typed arrays (ECMA-262 §23.2.4, §23.2.5.1).
extension Machine {
    /// A typed array on a buffer of its own.
    public func allocateTypedArray(_ type: ElementType, _ length: Int, _ prototype: UInt32? = nil) throws(Thrown) -> UInt32 {
        guard length <= 0x7FFF_0000 / type.size else { throw rangeError("Invalid typed array length: \(length)") }
        let buffer = try makeArrayBuffer(length: length * type.size)
        return try makeTypedArray(type, buffer: buffer, byteOffset: 0, length: length, prototype: prototype)
    }

    /// TypedArrayCreateFromConstructor.
    public func typedArrayCreate(_ constructor: Value, _ arguments: [Value], _ method: String) throws(Thrown) -> Value {
        let array = try construct(constructor, arguments)
        let length = try validateTypedArray(array, method)
        if arguments.count == 1, arguments[0].isNumber, Double(length) < arguments[0].number {
            throw typeError("Derived TypedArray constructor created an array which was too small")
        }
        return array
    }

    /// TypedArraySpeciesCreate.
    public func typedArraySpeciesCreate(_ exemplar: Value, _ arguments: [Value], _ method: String) throws(Thrown) -> Value {
        let type = elementType(exemplar.offset)
        let constructor = try speciesConstructor(exemplar, intrinsic(type.constructor))
        let result = try typedArrayCreate(constructor, arguments, method)
        guard elementType(result.offset).isBigInt == type.isBigInt else {
            throw typeError("Content type of source and derived typed arrays differ")
        }
        return result
    }
}
