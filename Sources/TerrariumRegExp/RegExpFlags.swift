/// The flags of a regular expression (ECMA-262, 22.2.4).
public struct RegExpFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    // Computed: a match asks for several, and a stored one is reached through a call.
    @inlinable public static var hasIndices: RegExpFlags { RegExpFlags(rawValue: 1) }
    @inlinable public static var global: RegExpFlags { RegExpFlags(rawValue: 2) }
    @inlinable public static var ignoreCase: RegExpFlags { RegExpFlags(rawValue: 4) }
    @inlinable public static var multiline: RegExpFlags { RegExpFlags(rawValue: 8) }
    @inlinable public static var dotAll: RegExpFlags { RegExpFlags(rawValue: 16) }
    @inlinable public static var unicode: RegExpFlags { RegExpFlags(rawValue: 32) }
    @inlinable public static var unicodeSets: RegExpFlags { RegExpFlags(rawValue: 64) }
    @inlinable public static var sticky: RegExpFlags { RegExpFlags(rawValue: 128) }

    /// Reads a flags string; `nil` for an unknown or repeated flag and for `u` together with `v`.
    public static func parse(from units: [UInt16]) -> RegExpFlags? {
        var result: RegExpFlags = []
        for unit in units {
            guard let flag = flag(for: unit), !result.contains(flag) else { return nil }
            result.insert(flag)
        }
        return result.isSuperset(of: [.unicode, .unicodeSets]) ? nil : result
    }

    /// The flags in the order in which the `flags` accessor lists them.
    public var units: [UInt16] {
        RegExpFlags.letters.enumerated().filter { rawValue & (1 &<< UInt8(truncatingIfNeeded: $0.offset)) != 0 }
            .map(\.element)
    }

    /// Whether the pattern is matched by code points: the `u` or the `v` flag.
    @inlinable public var hasEitherUnicodeFlag: Bool { !isDisjoint(with: [.unicode, .unicodeSets]) }

    /// "dgimsuvy": the order is that of the bits.
    private static let letters: [UInt16] = [0x64, 0x67, 0x69, 0x6D, 0x73, 0x75, 0x76, 0x79]

    private static func flag(for unit: UInt16) -> RegExpFlags? {
        guard let index = letters.firstIndex(of: unit) else { return nil }
        return RegExpFlags(rawValue: 1 &<< UInt8(truncatingIfNeeded: index))
    }
}
