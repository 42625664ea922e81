import TerrariumEngine

/// RegExp.$1 to $9, input, lastMatch, lastParen, leftContext and rightContext (the legacy RegExp features proposal).
extension RealmBuilder {
    static let legacyRegExpProperties: [([String], LegacyRegExpProperty)] =
        [
            (["input", "$_"], .input), (["lastMatch", "$&"], .lastMatch), (["lastParen", "$+"], .lastParen),
            (["leftContext", "$`"], .leftContext), (["rightContext", "$'"], .rightContext),
        ] + (1...9).map { (["$\($0)"], LegacyRegExpProperty.group($0)) }

    /// Installs them on the realm's RegExp; the machine remembers matches from now on.
    func installLegacyRegExpStatics() throws(Thrown) {
        machine.recordLegacyMatches()
        let constructor = intrinsic(.regExp)
        for (names, property) in RealmBuilder.legacyRegExpProperties {
            for name in names {
                let getter = try function(Builtin("get \(name)", 0) { (machine, call) throws(Thrown) in
                    guard call.this == machine.intrinsic(.regExp), let value = try machine.legacyRegExpProperty(property) else {
                        throw machine.typeError("RegExp.\(name) getter called on incompatible receiver \(machine.quote(call.this))")
                    }
                    return value
                })
                var descriptor = PropertyDescriptor(getter: Value(object: getter), enumerable: false, configurable: true)
                if case .input = property {
                    descriptor.setter = Value(object: try function(Builtin("set \(name)", 1) { (machine, call) throws(Thrown) in
                        guard call.this == machine.intrinsic(.regExp) else {
                            throw machine.typeError("RegExp.\(name) setter called on incompatible receiver \(machine.quote(call.this))")
                        }
                        if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
                        machine.setLegacyRegExpInput(try machine.toStringValue(call[0]))
                        return .undefined
                    }))
                } else {
                    descriptor.setter = .undefined
                }
                _ = try machine.defineOwnProperty(constructor, key(name), descriptor)
            }
        }
    }
}
