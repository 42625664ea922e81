import Terrarium

/// Runs a program and shows where its fuel and its heap went.
enum ProfileCommand {
    static func run(_ options: Options) -> Int32 {
        let (begun, failure) = ProgramRun.begin(options)
        guard let (source, session, run) = begun else { return failure }
        session.startProfile(every: options.every)
        let result = RunCommand.run(source, session, options, run)
        let totals = ProfileTotals(session.endProfile())
        if let file = options.svg, !CommandLineTool.write(FlameGraph.svg(totals, title: source.name), to: file) {
            return CommandLineTool.Status.usage
        }
        if let file = options.speedscope, !CommandLineTool.write(Speedscope.json(totals, title: source.name), to: file) {
            return CommandLineTool.Status.usage
        }
        let status = RunCommand.show(
            result, options,
            fields: [("functions", rows(totals.functions)), ("lines", rows(totals.lines))])
        if !options.json { print(ProfileTable.text(totals, rows: options.top), terminator: "") }
        if options.stats { RunCommand.report(result) }
        return status
    }

    private static func rows(_ rows: [ProfileTotals.Row]) -> String {
        JSONText.array(rows.map { row in
            JSONText.object([
                ("function", JSONText.quote(row.key.function)), ("source", JSONText.quote(row.key.source)),
                ("line", String(row.key.line)), ("fuel", String(row.fuel)), ("totalFuel", String(row.totalFuel)),
                ("bytes", String(row.bytes)), ("totalBytes", String(row.totalBytes)),
            ])
        })
    }
}

/// A profile added up by function and by line.
struct ProfileTotals {
    struct Key: Hashable {
        let function: String, source: String
        /// 0 in sums by function.
        let line: Int
    }
    struct Row {
        let key: Key
        var fuel: Int64 = 0, totalFuel: Int64 = 0
        var bytes = 0, totalBytes = 0
    }

    let profile: Profile
    /// The dearest first; rows of equal cost by name, so that the order is always the same.
    let functions: [Row], lines: [Row]
    let fuel: Int64
    let bytes: Int

    init(_ profile: Profile) {
        self.profile = profile
        fuel = profile.nodes.reduce(0) { $0 + $1.fuel }
        bytes = profile.nodes.reduce(0) { $0 + $1.bytes }
        var totals: [(fuel: Int64, bytes: Int)] = profile.nodes.map { ($0.fuel, $0.bytes) }
        for index in profile.nodes.indices.reversed() where index > 0 {
            let parent = profile.nodes[index].parent
            totals[parent].fuel += totals[index].fuel
            totals[parent].bytes += totals[index].bytes
        }
        functions = ProfileTotals.sum(profile, totals) { Key(function: $0.function, source: $0.source, line: 0) }
        lines = ProfileTotals.sum(profile, totals) { Key(function: $0.function, source: $0.source, line: $0.line) }.filter { $0.key.line > 0 }
    }

    private static func sum(_ profile: Profile, _ totals: [(fuel: Int64, bytes: Int)], key: (Profile.Node) -> Key) -> [Row] {
        var rows: [Key: Row] = [:]
        let keys = profile.nodes.map(key)
        for (index, node) in profile.nodes.enumerated() where index > 0 {
            let key = keys[index]
            var row = rows[key] ?? Row(key: key)
            row.fuel += node.fuel
            row.bytes += node.bytes
            // Of a function that calls itself only the outermost call counts.
            var isOutermost = true
            var above = node.parent
            while above != 0, isOutermost {
                if keys[above] == key { isOutermost = false }
                above = profile.nodes[above].parent
            }
            if isOutermost {
                row.totalFuel += totals[index].fuel
                row.totalBytes += totals[index].bytes
            }
            rows[key] = row
        }
        return rows.values.sorted {
            ($1.fuel, $1.bytes, $0.key.source, $0.key.line, $0.key.function) < ($0.fuel, $0.bytes, $1.key.source, $1.key.line, $1.key.function)
        }
    }
}

/// The tables as text.
enum ProfileTable {
    static func text(_ totals: ProfileTotals, rows: Int) -> String {
        var text = "fuel \(totals.fuel), allocated \(Figures.bytes(totals.bytes))\n"
        text += "\n    self         %   total %   allocated   function\n"
        for row in totals.functions.prefix(rows) { text += line(row, totals) + "  " + name(row.key) + "\n" }
        text += "\n    self         %   total %   allocated   line\n"
        for row in totals.lines.prefix(rows) { text += line(row, totals) + "  \(row.key.source):\(row.key.line)  \(row.key.function)\n" }
        return text
    }

    private static func line(_ row: ProfileTotals.Row, _ totals: ProfileTotals) -> String {
        Figures.pad(Figures.count(row.fuel), 9) + Figures.pad(Figures.percent(row.fuel, of: totals.fuel), 9)
            + Figures.pad(Figures.percent(row.totalFuel, of: totals.fuel), 10) + Figures.pad(Figures.bytes(row.bytes), 12) + " "
    }

    private static func name(_ key: ProfileTotals.Key) -> String {
        key.source.isEmpty ? "\(key.function) (built-in)" : "\(key.function)  \(key.source)"
    }
}
