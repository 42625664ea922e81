/// Changes inputs: texts by tokens and brackets, bytes by values, both by pieces of other inputs.
struct InputMutation {
    let isText: Bool
    let largest: Int

    /// - Parameter donor: another input.
    func changed(_ input: [UInt8], donor: [UInt8], _ random: inout Randomness) -> [UInt8] {
        var bytes = input
        for _ in 0..<(1 << random.below(4)) {
            if bytes.count < 2 { bytes += donor.dropFirst(bytes.count) }
            guard bytes.count >= 2 else { return bytes + [UInt8(random.below(256))] }
            if random.one(in: 32) { bytes[0] = UInt8(random.below(256)) }
            if isText, !random.one(in: 4) { changeText(&bytes, donor, &random) } else { changeBytes(&bytes, donor, &random) }
        }
        return Array(bytes.prefix(largest))
    }

    // MARK: Bytes

    private func changeBytes(_ bytes: inout [UInt8], _ donor: [UInt8], _ random: inout Randomness) {
        let place = 1 + random.below(bytes.count - 1)
        switch random.below(9) {
        case 0: bytes[place] ^= UInt8(1 << random.below(8))
        case 1: bytes[place] = isText ? UInt8(32 + random.below(95)) : random.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())])
        case 2: bytes[place] &+= random.pick([1, 2, 4, 8, 254, 255])
        case 3:
            let value = random.pick([UInt64(0), 1, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt64.max, 1 << 63, random.next()])
            for step in 0..<random.pick([2, 4, 8]) where place + step < bytes.count { bytes[place + step] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(step))) }
        case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 5: bytes.removeSubrange(piece(of: bytes, &random))
        case 6: bytes.insert(contentsOf: bytes[piece(of: bytes, &random)], at: place)
        case 7 where donor.count > 1: bytes.insert(contentsOf: donor[piece(of: donor, &random)], at: place)
        default:
            guard donor.count > 1 else { return }
            // The start of the one and the end of the other.
            bytes.replaceSubrange(place..., with: donor[(1 + random.below(donor.count - 1))...])
        }
    }

    /// A piece behind the first byte, short mostly.
    private func piece(of bytes: [UInt8], _ random: inout Randomness) -> Range<Int> {
        let start = 1 + random.below(bytes.count - 1)
        let length = 1 + random.below(random.pick([4, 16, 64, bytes.count]))
        return start..<min(start + length, bytes.count)
    }

    // MARK: Texts

    private static let words: [[UInt8]] = [
        "0", "-1", "1e9", "4294967295", "2147483648", "9007199254740993", "0n", "null", "undefined", "NaN", "this", "v2", "v3", "[]", "{}", "=>", "...", "?.", "yield",
        "await", "new", "class", "super", "static", "function*", "async", "let", "var", "of", "in", "`${", "/a/", "eval", "arguments", "#x", "\\u0061", "\\", "'", "\"",
        "(?:", "(?=", "(?<!", "(?<n>", "\\1", "\\k<n>", "\\b", "\\p{L}", "{2,5}", "*?", "+", "[^", "|", "\\ud83d", "😀", "ß", "hostile(7)", "hostile(40, v2)", "length", "constructor",
    ].map { Array($0.utf8) }

    private func changeText(_ bytes: inout [UInt8], _ donor: [UInt8], _ random: inout Randomness) {
        let here = token(in: bytes, at: 1 + random.below(bytes.count - 1))
        let there = donor.count > 1 ? token(in: donor, at: 1 + random.below(donor.count - 1)) : 0..<0
        switch random.below(10) {
        case 0: bytes.replaceSubrange(here, with: random.pick(InputMutation.words))
        case 1: bytes.insert(contentsOf: random.pick(InputMutation.words), at: here.lowerBound)
        case 2: bytes.replaceSubrange(here, with: donor[there])
        case 3: bytes.insert(contentsOf: donor[there] + [32], at: here.lowerBound)
        case 4: bytes.removeSubrange(here)
        case 5:
            let other = token(in: bytes, at: 1 + random.below(bytes.count - 1))
            let (first, second) = here.lowerBound < other.lowerBound ? (here, other) : (other, here)
            guard first.upperBound <= second.lowerBound else { return }
            let (left, right) = (Array(bytes[first]), Array(bytes[second]))
            bytes.replaceSubrange(second, with: left)
            bytes.replaceSubrange(first, with: right)
        case 6: bytes.replaceSubrange(group(in: bytes, &random) ?? here, with: group(in: donor, &random).map { donor[$0] } ?? donor[there])
        case 7: bytes.insert(contentsOf: group(in: donor, &random).map { donor[$0] } ?? donor[there], at: here.lowerBound)
        case 8:
            guard let group = group(in: bytes, &random) else { return }
            // A group within itself, or twice.
            bytes.insert(contentsOf: Array(bytes[group]), at: random.one(in: 2) ? group.upperBound : group.lowerBound + 1)
        default:
            // A line, or a statement.
            let lines = donor.dropFirst().split(whereSeparator: { $0 == 10 || $0 == 59 })
            guard !lines.isEmpty else { return }
            bytes.insert(contentsOf: random.pick(lines) + [59], at: bytes[here.lowerBound...].firstIndex { $0 == 10 || $0 == 59 }.map { $0 + 1 } ?? bytes.count)
        }
    }

    /// The token around a place: a word, or signs of one kind.
    private func token(in bytes: [UInt8], at place: Int) -> Range<Int> {
        func kind(_ byte: UInt8) -> Int {
            switch byte {
            case 48...57, 65...90, 97...122, 95, 36, 128...: 1
            case 0...32: 2
            default: 3 + Int(byte)
            }
        }
        let wanted = kind(bytes[place])
        var start = place, end = place + 1
        while start > 1, kind(bytes[start - 1]) == wanted { start -= 1 }
        while end < bytes.count, kind(bytes[end]) == wanted { end += 1 }
        return start..<end
    }

    /// From a bracket to the one that closes it.
    private func group(in bytes: [UInt8], _ random: inout Randomness) -> Range<Int>? {
        guard bytes.count > 1 else { return nil }
        let from = 1 + random.below(bytes.count - 1)
        let isOpening: (UInt8) -> Bool = { $0 == 40 || $0 == 91 || $0 == 123 }
        guard let start = bytes[from...].firstIndex(where: isOpening) ?? bytes[1..<from].firstIndex(where: isOpening) else { return nil }
        var depth = 0
        for place in start..<bytes.count {
            if isOpening(bytes[place]) { depth += 1 }
            if bytes[place] == 41 || bytes[place] == 93 || bytes[place] == 125 {
                depth -= 1
                if depth == 0 { return start..<(place + 1) }
            }
        }
        return nil
    }
}
