/// A compression for small snapshots that is slower than `ByteCompression` and halves what that leaves: LZ77 with a binary range
/// coder, whose models know that the bytes come in words of eight. The same bytes give the same result on every machine;
/// reading checks everything.
public enum ModelCompression {
    /// Longer inputs take `ByteCompression`: reading a byte of a small input may cost a tenth of a microsecond.
    public static let longest = 512 << 10
    static let shortestMatch = 4

    /// The bytes in less space, most of the time.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var coder = Encoder()
        var model = Model()
        var matches = MatchFinder(bytes)
        var position = 0
        while position < bytes.count {
            let match = matches.best(at: position, last: model.lastDistance)
            guard let match else {
                model.literal(&coder, bytes, position)
                position &+= 1
                continue
            }
            // One byte later there may be a longer one.
            if match.length < 64, let later = matches.best(at: position &+ 1, last: model.lastDistance), later.length > match.length &+ 1 {
                model.literal(&coder, bytes, position)
                position &+= 1
                continue
            }
            model.match(&coder, match, position)
            position &+= match.length
        }
        return coder.finish()
    }

    /// The bytes that were compressed; nil when they are not as many as said, or the input is damaged.
    public static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard count >= 0, count <= longest else { return nil }
        var coder = Decoder(bytes)
        var model = Model()
        var output: [UInt8] = []
        output.reserveCapacity(count)
        while output.count < count {
            if coder.isOver { return nil }
            if !model.isMatch(&coder, output.count) {
                output.append(model.literal(&coder, output))
                continue
            }
            let match = model.match(&coder)
            guard match.distance > 0, match.distance <= output.count, match.length <= count - output.count else { return nil }
            for _ in 0..<match.length { output.append(output[output.count &- match.distance]) }
        }
        return coder.isAtEnd ? output : nil
    }

    struct Match {
        var length: Int
        var distance: Int
    }
}

/// Earlier places with the same four bytes.
private struct MatchFinder {
    private let bytes: [UInt8]
    private var heads = [Int32](repeating: -1, count: 1 << 15)
    private var previous: [Int32]
    private var known = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        previous = [Int32](repeating: -1, count: bytes.count)
    }

    private func slot(_ position: Int) -> Int {
        let word = UInt32(bytes[position]) | UInt32(bytes[position &+ 1]) << 8 | UInt32(bytes[position &+ 2]) << 16
            | UInt32(bytes[position &+ 3]) << 24
        return Int((word &* 0x9E37_79B1) >> 17)
    }

    private func length(_ candidate: Int, _ position: Int) -> Int {
        var length = 0
        while position &+ length < bytes.count, bytes[candidate &+ length] == bytes[position &+ length] { length &+= 1 }
        return length
    }

    /// The longest match, of those the nearest; the distance of the last match is cheap.
    mutating func best(at position: Int, last: Int) -> ModelCompression.Match? {
        guard position &+ ModelCompression.shortestMatch <= bytes.count else { return nil }
        while known < position {
            if known &+ 4 <= bytes.count {
                let slot = slot(known)
                previous[known] = heads[slot]
                heads[slot] = Int32(truncatingIfNeeded: known)
            }
            known &+= 1
        }
        var best = ModelCompression.Match(length: 0, distance: 0)
        var candidate = heads[slot(position)]
        if known > position { while candidate >= Int32(position) { candidate = previous[Int(candidate)] } }
        for _ in 0..<48 {
            guard candidate >= 0 else { break }
            let length = length(Int(candidate), position)
            if length > best.length { best = .init(length: length, distance: position &- Int(candidate)) }
            if length > 128 { break }
            candidate = previous[Int(candidate)]
        }
        if last > 0, last <= position {
            let length = length(position &- last, position)
            if length >= ModelCompression.shortestMatch, length &+ 1 >= best.length { return .init(length: length, distance: last) }
        }
        return best.length >= ModelCompression.shortestMatch ? best : nil
    }
}

/// What is likely next. Chances are 12 bits wide.
private struct Model {
    private static let literals = 0, columns = literals + 64 * 256, matches = columns + 256 * 256, repeats = matches + 16
    private static let lengths = repeats + 2, lengthBits = lengths + 64, distances = lengthBits + 64 * 8
    private static let distanceBits = distances + 64, count = distanceBits + 64 * 8
    private var chances = [UInt16](repeating: 2048, count: Model.count)
    private(set) var lastDistance = 0
    private var afterMatch = 0

    // MARK: Literals

    /// The contexts of a literal: its place in the word with the byte before, and the byte a word before.
    private static func contexts(_ bytes: [UInt8], _ position: Int) -> (Int, Int) {
        let before = position > 0 ? Int(bytes[position &- 1]) : 0, above = position > 7 ? Int(bytes[position &- 8]) : 0
        return (literals &+ ((position & 7) &* 8 &+ before >> 5) &* 256, columns &+ above &* 256)
    }

    mutating func literal(_ coder: inout Encoder, _ bytes: [UInt8], _ position: Int) {
        bit(&coder, Model.matches &+ afterMatch &* 8 &+ position & 7, 0)
        afterMatch = 0
        let (a, b) = Model.contexts(bytes, position)
        var node = 1
        for shift in stride(from: 7, through: 0, by: -1) {
            let value = bytes[position] >> UInt8(shift) & 1
            coder.put(value, (UInt32(chances[a &+ node]) &+ UInt32(chances[b &+ node])) / 2)
            learn(a &+ node, value)
            learn(b &+ node, value)
            node = node &* 2 &+ Int(value)
        }
    }

    mutating func literal(_ coder: inout Decoder, _ output: [UInt8]) -> UInt8 {
        afterMatch = 0
        let (a, b) = Model.contexts(output, output.count)
        var node = 1
        while node < 256 {
            let value = coder.take((UInt32(chances[a &+ node]) &+ UInt32(chances[b &+ node])) / 2)
            learn(a &+ node, value)
            learn(b &+ node, value)
            node = node &* 2 &+ Int(value)
        }
        return UInt8(truncatingIfNeeded: node)
    }

    // MARK: Matches

    mutating func match(_ coder: inout Encoder, _ match: ModelCompression.Match, _ position: Int) {
        bit(&coder, Model.matches &+ afterMatch &* 8 &+ position & 7, 1)
        let repeats = match.distance == lastDistance
        bit(&coder, Model.repeats &+ afterMatch, repeats ? 1 : 0)
        afterMatch = 1
        number(&coder, match.length &- ModelCompression.shortestMatch &+ 1, Model.lengths, Model.lengthBits)
        if !repeats { number(&coder, match.distance, Model.distances, Model.distanceBits) }
        lastDistance = match.distance
    }

    mutating func isMatch(_ coder: inout Decoder, _ position: Int) -> Bool {
        bit(&coder, Model.matches &+ afterMatch &* 8 &+ position & 7) == 1
    }

    mutating func match(_ coder: inout Decoder) -> ModelCompression.Match {
        let repeats = bit(&coder, Model.repeats &+ afterMatch) == 1
        afterMatch = 1
        let length = number(&coder, Model.lengths, Model.lengthBits) &+ ModelCompression.shortestMatch &- 1
        if !repeats { lastDistance = number(&coder, Model.distances, Model.distanceBits) }
        return .init(length: length, distance: lastDistance)
    }

    /// A number from 1 on: how many bits it has, the bits in the middle as they are, the lowest three with a model.
    private mutating func number(_ coder: inout Encoder, _ number: Int, _ sizes: Int, _ bits: Int) {
        let size = Int.bitWidth &- number.leadingZeroBitCount &- 1
        tree(&coder, sizes, size, count: 5)
        let low = min(3, size)
        for shift in stride(from: size &- 1, through: low, by: -1) { coder.put(UInt8(truncatingIfNeeded: number >> shift & 1), 2048) }
        tree(&coder, bits &+ size &* 8, number & (1 << low &- 1), count: low)
    }

    private mutating func number(_ coder: inout Decoder, _ sizes: Int, _ bits: Int) -> Int {
        let size = tree(&coder, sizes, count: 5), low = min(3, size)
        var number = 1
        for _ in 0..<(size &- low) { number = number << 1 | Int(coder.take(2048)) }
        return number << low | tree(&coder, bits &+ size &* 8, count: low)
    }

    private mutating func tree(_ coder: inout Encoder, _ start: Int, _ value: Int, count: Int) {
        var node = 1
        for shift in stride(from: count &- 1, through: 0, by: -1) {
            let value = UInt8(truncatingIfNeeded: value >> shift & 1)
            bit(&coder, start &+ node, value)
            node = node &* 2 &+ Int(value)
        }
    }

    private mutating func tree(_ coder: inout Decoder, _ start: Int, count: Int) -> Int {
        var node = 1
        for _ in 0..<count { node = node &* 2 &+ Int(bit(&coder, start &+ node)) }
        return node &- 1 << count
    }

    private mutating func bit(_ coder: inout Encoder, _ place: Int, _ value: UInt8) {
        coder.put(value, UInt32(chances[place]))
        learn(place, value)
    }

    private mutating func bit(_ coder: inout Decoder, _ place: Int) -> UInt8 {
        let value = coder.take(UInt32(chances[place]))
        learn(place, value)
        return value
    }

    /// Chances of a zero: they stay between 15 and 4081.
    @inline(__always)
    private mutating func learn(_ place: Int, _ value: UInt8) {
        let chance = chances[place]
        chances[place] = value == 0 ? chance &+ (4096 &- chance) >> 4 : chance &- chance >> 4
    }
}

/// A binary range coder, as LZMA has it. The chance is that of a zero, of 4096.
private struct Encoder {
    private var low: UInt64 = 0
    private var range: UInt32 = 0xFFFF_FFFF
    private var cache: UInt8 = 0
    private var pending = 1
    private var output: [UInt8] = []

    @inline(__always)
    mutating func put(_ bit: UInt8, _ chance: UInt32) {
        let bound = (range >> 12) &* chance
        if bit == 0 {
            range = bound
        } else {
            low &+= UInt64(bound)
            range &-= bound
        }
        while range < 1 << 24 {
            range <<= 8
            shift()
        }
    }

    private mutating func shift() {
        if low < 0xFF00_0000 || low > 0xFFFF_FFFF {
            let carry = UInt8(truncatingIfNeeded: low >> 32)
            output.append(cache &+ carry)
            for _ in 1..<max(1, pending) { output.append(0xFF &+ carry) }
            pending = 0
            cache = UInt8(truncatingIfNeeded: low >> 24)
        }
        pending &+= 1
        low = (low & 0x00FF_FFFF) << 8
    }

    mutating func finish() -> [UInt8] {
        for _ in 0..<5 { shift() }
        return output
    }
}

private struct Decoder {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private var range: UInt32 = 0xFFFF_FFFF
    private var code: UInt32 = 0
    /// Bytes that were wanted behind the end.
    private var missing = 0

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
        for _ in 0..<5 { code = code << 8 | next() }
    }

    /// The input has ended before the output.
    var isOver: Bool { missing > 0 }
    var isAtEnd: Bool { missing == 0 && index == bytes.endIndex }

    private mutating func next() -> UInt32 {
        guard index < bytes.endIndex else {
            missing &+= 1
            return 0
        }
        index &+= 1
        return UInt32(bytes[index &- 1])
    }

    @inline(__always)
    mutating func take(_ chance: UInt32) -> UInt8 {
        let bound = (range >> 12) &* chance
        var bit: UInt8 = 0
        if code < bound {
            range = bound
        } else {
            code &-= bound
            range &-= bound
            bit = 1
        }
        while range < 1 << 24 {
            range <<= 8
            code = code << 8 | next()
        }
        return bit
    }
}
