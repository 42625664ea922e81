/// A small LZ77 compression for snapshots: the same bytes give the same result on every machine. Reading checks everything.
///
/// The result is a series of: count of literal bytes, the bytes, count of bytes to repeat (0 at the end), distance.
public enum ByteCompression {
    private static let shortest = 4

    /// The bytes in less space, most of the time.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 2)
        var table = [Int32](repeating: -1, count: 1 << 15)
        let input = bytes.span
        var position = 0, literals = 0
        let last = bytes.count &- shortest
        while position <= last {
            let word = UInt32(input[position]) | UInt32(input[position &+ 1]) << 8 | UInt32(input[position &+ 2]) << 16
                | UInt32(input[position &+ 3]) << 24
            let slot = Int((word &* 0x9E37_79B1) >> 17)
            let candidate = Int(table[slot])
            table[slot] = Int32(truncatingIfNeeded: position)
            guard candidate >= 0, input[candidate] == input[position], input[candidate &+ 1] == input[position &+ 1],
                input[candidate &+ 2] == input[position &+ 2], input[candidate &+ 3] == input[position &+ 3]
            else {
                position &+= 1
                continue
            }
            var length = shortest
            while position &+ length < bytes.count, input[candidate &+ length] == input[position &+ length] { length &+= 1 }
            put(&output, position &- literals)
            output += bytes[literals..<position]
            put(&output, length)
            put(&output, position &- candidate)
            position &+= length
            literals = position
        }
        put(&output, bytes.count &- literals)
        output += bytes[literals...]
        put(&output, 0)
        return output
    }

    /// The bytes that were compressed; nil when they are not as many as said, or the input is damaged.
    public static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(min(max(0, count), 1 << 20))
        var index = bytes.startIndex
        while true {
            guard let literals = take(bytes, &index), literals <= bytes.endIndex - index, literals <= count - output.count
            else { return nil }
            output += bytes[index..<(index + literals)]
            index += literals
            guard let length = take(bytes, &index) else { return nil }
            if length == 0 { break }
            guard let distance = take(bytes, &index), distance > 0, distance <= output.count, length <= count - output.count
            else { return nil }
            if distance >= length {
                let start = output.count - distance
                // Copied first: the slice would make the whole output be copied.
                let piece = Array(output[start..<(start + length)])
                output += piece
            } else {
                for _ in 0..<length { output.append(output[output.count - distance]) }
            }
        }
        return index == bytes.endIndex && output.count == count ? output : nil
    }

    private static func put(_ output: inout [UInt8], _ number: Int) {
        var rest = UInt64(truncatingIfNeeded: number)
        while rest > 127 {
            output.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func take(_ bytes: ArraySlice<UInt8>, _ index: inout Int) -> Int? {
        var number = 0, shift = 0
        while index < bytes.endIndex, shift < 35 {
            let byte = bytes[index]
            index += 1
            number |= Int(byte & 127) << shift
            if byte < 128 { return number }
            shift += 7
        }
        return nil
    }
}
