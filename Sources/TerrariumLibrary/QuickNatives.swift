import TerrariumEngine

/// Built-ins that calls do without a frame.
extension RealmBuilder {
    private static let quickNatives: [(holder: Intrinsic, names: [(String, QuickNative)])] = [
        (.mapPrototype, [("get", .mapGet), ("has", .mapHas), ("set", .mapSet)]),
        (.setPrototype, [("has", .setHas), ("add", .setAdd)]),
        (.arrayPrototype, [("push", .push), ("pop", .pop)]),
        (.stringPrototype, [("charCodeAt", .charCodeAt)]),
        (.math, [
            ("floor", .floor), ("ceil", .ceil), ("trunc", .trunc), ("abs", .abs), ("sqrt", .sqrt), ("max", .max), ("min", .min),
            ("imul", .imul),
        ]),
    ]

    func markQuickNatives() throws(Thrown) {
        for (holder, names) in RealmBuilder.quickNatives {
            for (name, which) in names { machine.setQuick(try machine.get(intrinsic(holder), key(name)).offset, which) }
        }
    }
}
