import TerrariumCage

/// What the legacy static properties of RegExp show (a proposal): the last match of each realm. Kept only where the host asks
/// for them, since one program could see what another matched.
struct LegacyMatch {
    /// Handle of the string that was matched.
    var input: Int
    var groups: [Machine.MatchRange?]
    /// A subclass matched last: there is nothing to show.
    var isValid = true
}

/// A legacy static property of RegExp.
public enum LegacyRegExpProperty: Sendable {
    case input, lastMatch, lastParen, leftContext, rightContext
    case group(Int)
}

extension Machine {
    public func recordLegacyMatches() {
        if legacyMatches == nil { legacyMatches = [:] }
        recordsLegacyMatches = true
    }

    func noteLegacyMatch(_ string: Value, _ captures: UInt32, groups: Int) {
        let realm = currentRealm
        if let old = legacyMatches?[realm] { releaseHandle(old.input) }
        let ranges = (0..<max(0, min(groups, 10))).map { matchRange(captures, $0) }
        let last = groups > 10 ? [matchRange(captures, groups &- 1)] : []
        legacyMatches?[realm] = LegacyMatch(input: makeHandle(string), groups: ranges + last)
    }

    func forgetLegacyMatch() { legacyMatches?[currentRealm]?.isValid = false }

    /// GetLegacyRegExpStaticProperty; nil when the last match was one of a subclass.
    public func legacyRegExpProperty(_ property: LegacyRegExpProperty) throws(Thrown) -> Value? {
        guard let match = legacyMatches?[currentRealm] else { return emptyString }
        guard match.isValid else { return nil }
        let input = handleValue(match.input)
        guard input.isString, let whole = match.groups.first ?? nil else { return input.isString ? input : emptyString }
        switch property {
        case .input: return input
        case .lastMatch: return try substring(input, whole.start, whole.end)
        case .leftContext: return try substring(input, 0, whole.start)
        case .rightContext: return try substring(input, whole.end, stringLength(input))
        case .lastParen:
            guard match.groups.count > 1, let range = match.groups[match.groups.count &- 1] else { return emptyString }
            return try substring(input, range.start, range.end)
        case .group(let number):
            guard number < min(match.groups.count, 10), let range = match.groups[number] else { return emptyString }
            return try substring(input, range.start, range.end)
        }
    }

    /// SetLegacyRegExpStaticProperty of the input.
    public func setLegacyRegExpInput(_ value: Value) {
        let realm = currentRealm
        guard legacyMatches != nil else { return }
        let old = legacyMatches?[realm]
        if let old { releaseHandle(old.input) }
        legacyMatches?[realm] = LegacyMatch(input: makeHandle(value), groups: [])
    }
}
