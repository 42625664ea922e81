import TerrariumCage

/// Where fuel and heap go: a tree of call paths. It looks at the stack at the ends of slices, which are places in the
/// program, so the same program has the same profile on every run.
///
/// Rules:
/// 1. What was used since the last look is straight-line code behind the last safepoint. If the function of that safepoint
///    has returned, it gets at most what its remaining code can cost, and its caller the rest.
/// 2. At the entry of a function its caller has used the fuel. Inside of a native function it is the native's.
public final class FuelProfile: MachineObserver {
    /// A place in a call path.
    struct Place: Hashable {
        /// Number of the script; -1 for native functions.
        var script: Int32
        /// Number of the function in the script, or of the native.
        var function: Int32
        var word: UInt32
    }

    public struct Node {
        public let parent: Int
        let place: Place
        /// Words of code (`Machine.wordsPerUnit` to a unit of fuel) used here, without what was called.
        public internal(set) var fuel: Int64 = 0
        /// Bytes allocated here, without what was called.
        public internal(set) var bytes: Int = 0
        /// Looks that found the guest here.
        public internal(set) var samples = 0
    }

    /// Number 0 is the root; parents come before their children.
    public private(set) var nodes: [Node] = [Node(parent: 0, place: Place(script: -2, function: 0, word: 0))]
    private var children: [ChildKey: Int] = [:]
    private struct ChildKey: Hashable {
        let parent: Int32
        let place: Place
    }

    public let sliceLength: Int64
    private var meter: UsageMeter
    private var lastPath: [Place] = []
    /// Deeper frames are left out, and so are paths beyond this number: a guest must not fill the host's memory.
    private let maximumDepth = 200, maximumNodes = 400_000

    /// - Parameter every: units of fuel between two looks, at least.
    public init(_ machine: Machine, every: Int) {
        meter = UsageMeter(every: every)
        sliceLength = meter.sliceLength
        meter.begin(machine)
    }

    public func safepoint(_ machine: Machine) {
        if meter.isDue(machine) { look(machine) }
    }

    public var needsScripts: Bool { true }

    public func guestEnds(_ machine: Machine, _ reason: Termination) { look(machine) }

    /// The program is over: what is left belongs to where it was seen last.
    public func finish(_ machine: Machine) {
        let (fuel, bytes) = meter.take(machine)
        add(fuel, bytes, to: lastPath[...])
    }

    private func look(_ machine: Machine) {
        var (fuel, bytes) = meter.take(machine)
        let path = machine.profilePath(limit: maximumDepth)
        var current = path[...]
        if let top = path.last, isEntry(top, machine) { current = current.dropLast() }
        // The function of the last safepoint has returned: the paths part above it.
        if !lastPath.isEmpty, !isAlive(lastPath, in: path), let top = lastPath.last {
            let most = min(fuel, codeLeft(behind: top, machine))
            let share = most * 2 >= fuel ? bytes : 0
            add(most, share, to: lastPath[...])
            fuel &-= most
            bytes &-= share
        }
        add(fuel, bytes, to: current)
        lastPath = path
    }

    /// Where a function's code begins and ends, in words; asked for each place that is seen.
    private var extents: [Int64: (entry: UInt32, count: Int)] = [:]

    private func extent(_ place: Place, _ machine: Machine) -> (entry: UInt32, count: Int)? {
        if place.script < 0 { return nil }
        let key = Int64(place.script) << 32 | Int64(place.function)
        if let known = extents[key] { return known }
        guard let code = machine.code(place) else { return nil }
        extents[key] = (code.entry, code.words.count)
        return (code.entry, code.words.count)
    }

    private func isEntry(_ place: Place, _ machine: Machine) -> Bool {
        guard let extent = extent(place, machine) else { return false }
        return Machine.isEntry(place, extent.entry)
    }

    /// Words that straight-line code from here to the end of the function costs.
    private func codeLeft(behind place: Place, _ machine: Machine) -> Int64 {
        guard let extent = extent(place, machine) else { return .max }
        let word = Machine.isEntry(place, extent.entry) ? extent.entry : place.word
        return max(1, Int64(extent.count) &- Int64(word))
    }

    /// Whether the innermost frame of a path is still there: the same functions, wherever they are in their code.
    private func isAlive(_ path: [Place], in other: [Place]) -> Bool {
        guard other.count >= path.count else { return false }
        for index in path.indices where path[index].function != other[index].function || path[index].script != other[index].script {
            return false
        }
        return true
    }

    private func add(_ fuel: Int64, _ bytes: Int, to path: ArraySlice<Place>) {
        guard fuel > 0 || bytes > 0 else { return }
        var node = 0
        for place in path {
            let key = ChildKey(parent: Int32(truncatingIfNeeded: node), place: place)
            if let child = children[key] {
                node = child
            } else {
                guard nodes.count < maximumNodes else { break }
                nodes.append(Node(parent: node, place: place))
                children[key] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        nodes[node].fuel &+= fuel
        nodes[node].bytes &+= bytes
        nodes[node].samples &+= 1
    }
}

extension Machine {
    /// The stack now, outermost first.
    func profilePath(limit: Int) -> [FuelProfile.Place] {
        var collector = FrameCollector(limit: limit, hidden: 0)
        collectFrames(&collector, hidesNative: false)
        var path: [FuelProfile.Place] = []
        path.reserveCapacity(collector.values.count / 3)
        var index = collector.values.count - 3
        while index >= 0 {
            let function = collector.values[index], info = collector.values[index + 2].int
            index -= 3
            if info & (CapturedFrame.async | CapturedFrame.promiseElement | CapturedFrame.generatorNext) != 0 { continue }
            if info & CapturedFrame.native != 0 {
                let isNative = kind(of: function.offset) == CellKind.nativeFunction
                let number = isNative ? cage.load32(function.offset, Layout.functionCode) : 0
                if isNative {
                    path.append(.init(script: -1, function: Int32(truncatingIfNeeded: number), word: 0))
                    continue
                }
            }
            guard kind(of: function.offset) == CellKind.function,
                let found = template(of: cage.load32(function.offset, Layout.functionCode))
            else { continue }
            path.append(
                .init(
                    script: Int32(truncatingIfNeeded: found.script), function: Int32(truncatingIfNeeded: found.function),
                    word: UInt32(bitPattern: info) >> UInt32(CapturedFrame.shift)))
        }
        return path
    }

    func code(_ place: FuelProfile.Place) -> CodeTemplate? {
        guard place.script >= 0, Int(place.script) < scripts.count,
            Int(place.function) < scripts[Int(place.script)].count
        else { return nil }
        return scripts[Int(place.script)][Int(place.function)]
    }

    /// A place before the first instruction.
    static func isEntry(_ place: FuelProfile.Place, _ entry: UInt32) -> Bool { place.word == (entry &- 1) & 0x1FF_FFFF }

    /// What a node of a profile is called: function, source, line; the line is 0 for native functions.
    public func profilePlace(_ node: FuelProfile.Node) -> (function: String, source: String, line: Int) {
        if node.place.script == -2 { return ("(program)", "", 0) }
        guard let code = code(node.place) else {
            let number = Int(node.place.function)
            return (number >= 0 && number < nativeRecords.count ? nativeRecords[number].name : "(native)", "", 0)
        }
        let script = Int(node.place.script)
        // The functions of the engine's own JavaScript look like natives.
        let isBuiltin = code.flags.contains(.builtin)
        let found = (script: script, function: Int(node.place.function))
        let word = Machine.isEntry(node.place, code.entry) ? code.entry : node.place.word
        let place = isBuiltin ? (source: "", line: 0, column: 0) : mappedPlace(found, word: word)
        return (profileName(found, code), place.source, place.line)
    }

    /// Name, source and first line of a function.
    func functionPlace(script: Int, function: Int) -> (function: String, source: String, line: Int) {
        guard script < scripts.count, function < scripts[script].count else { return ("(unknown)", "", 0) }
        let code = scripts[script][function]
        let place = mappedPlace((script: script, function: function), word: code.entry)
        return (profileName((script: script, function: function), code), place.source, place.line)
    }

    private func profileName(_ found: (script: Int, function: Int), _ code: CodeTemplate) -> String {
        let isBuiltin = code.flags.contains(.builtin)
        var name = String(decoding: code.name.units, as: UTF16.self)
        if let mapped = isBuiltin ? nil : mappedName(found, name) { name = mapped }
        if code.flags.contains(.topLevel) || code.flags.contains(.module) { name = "(top level)" }
        if name.isEmpty, !isBuiltin { name = scripts[found.script].inferredName(of: code) }
        return name
    }
}

extension ScriptTemplate {
    /// What a function without a name is assigned to (`a.prototype.b = function`, `b: () =>`), or the line where it stands.
    fileprivate func inferredName(of code: CodeTemplate) -> String {
        let start = Int(code.sourceStart)
        var text = sourceText.slice(max(0, start &- 120), start)[...]
        func isSpace(_ unit: UInt16) -> Bool { unit == 32 || unit == 9 || unit == 10 || unit == 13 }
        func isName(_ unit: UInt16) -> Bool {
            unit == 36 || unit == 95 || unit == 46 || unit >= 48 && unit < 58 || unit | 32 >= 97 && unit | 32 <= 122 || unit > 127
        }
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        if let last = text.last, last == 61 || last == 58 {
            text = text.dropLast()
            while let last = text.last, isSpace(last) { text = text.dropLast() }
            let name = String(decoding: text.reversed().prefix { isName($0) }.reversed(), as: UTF16.self)
            let parts = name.split(separator: ".").filter { $0 != "prototype" }
            if let first = parts.first?.utf8.first, !(48..<58).contains(first) { return parts.joined(separator: ".") }
        }
        return "(anonymous, line \(lineAndColumn(of: code.sourceStart).line))"
    }
}
