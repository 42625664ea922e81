import Terrarium

/// The file format of speedscope.app: two profiles, of fuel and of bytes, over one list of frames.
enum Speedscope {
    static func json(_ totals: ProfileTotals, title: String) -> String {
        let nodes = totals.profile.nodes
        struct Key: Hashable {
            let function: String, source: String
            let line: Int
        }
        var numbers: [Key: Int] = [:]
        var frames: [String] = []
        let frameOf = nodes.map { node in
            let key = Key(function: node.function, source: node.source, line: node.line)
            if let known = numbers[key] { return known }
            numbers[key] = frames.count
            var fields = [("name", JSONText.quote(node.function))]
            if !node.source.isEmpty { fields += [("file", JSONText.quote(node.source)), ("line", String(node.line))] }
            frames.append(JSONText.object(fields))
            return frames.count - 1
        }
        func path(_ start: Int) -> String {
            var path: [Int] = []
            var index = start
            while index != 0 {
                path.append(frameOf[index])
                index = nodes[index].parent
            }
            return JSONText.array(path.reversed().map(String.init))
        }
        func profile(_ name: String, _ unit: String, _ weight: (Profile.Node) -> Int64) -> String {
            let used = nodes.indices.filter { $0 > 0 && weight(nodes[$0]) > 0 }
            return JSONText.object([
                ("type", "\"sampled\""), ("name", JSONText.quote(name)), ("unit", JSONText.quote(unit)), ("startValue", "0"),
                ("endValue", String(used.reduce(0) { $0 + weight(nodes[$1]) })),
                ("samples", JSONText.array(used.map(path))), ("weights", JSONText.array(used.map { String(weight(nodes[$0])) })),
            ])
        }
        return JSONText.object([
            ("$schema", "\"https://www.speedscope.app/file-format-schema.json\""), ("name", JSONText.quote(title)),
            ("exporter", JSONText.quote(HelpText.version)), ("activeProfileIndex", "0"),
            ("shared", JSONText.object([("frames", JSONText.array(frames))])),
            ("profiles", JSONText.array([
                profile("fuel", "none") { $0.fuel }, profile("heap", "bytes") { Int64($0.bytes) },
            ])),
        ]) + "\n"
    }
}
