import TerrariumCage

/// What each function of a guest has used: fuel, and bytes allocated. What built-ins use is their caller's. It looks at the top
/// of the stack at the ends of slices, which are places in the program, so the same program has the same accounts on every run.
///
/// Rules:
/// 1. What was used since the last look is straight-line code behind the last safepoint. If the function of that safepoint has
///    returned, it gets at most what its remaining code can cost, and what runs now the rest.
/// 2. At the entry of a function its caller has used the fuel.
/// 3. Memory is bounded: functions beyond a number share one account.
public final class SourceAccounts: MachineObserver {
    /// One function's account.
    public struct Account: Sendable {
        public let function: String
        public let source: String
        public let line: Int
        /// Words of code (`Machine.wordsPerUnit` to a unit of fuel) of the function itself, with the built-ins that it called.
        public internal(set) var fuel: Int64 = 0
        /// Bytes allocated, whatever has become of them.
        public internal(set) var bytes = 0
    }

    /// Number 0 is what no function of the guest has used; number 1 what there was no account left for.
    public private(set) var accounts = [
        Account(function: "(engine)", source: "", line: 0), Account(function: "(others)", source: "", line: 0),
    ]
    /// By script and function.
    private var numbers: [Int: [Int: Int]] = [:]
    private static let maximumCount = 10_000

    public let sliceLength: Int64
    private var meter: UsageMeter
    private var last: Place?

    /// Where the guest is.
    private struct Place {
        /// Frame and callee of the innermost function of the guest: that they are still there shows that it has not returned.
        var frame: UInt32
        var callee: UInt64
        /// Who is charged.
        var account: Int
        /// Words that straight-line code to the end of the function costs.
        var codeLeft: Int64
    }

    /// - Parameter every: units of fuel between two looks, at least.
    public init(every: Int) {
        meter = UsageMeter(every: every)
        sliceLength = meter.sliceLength
    }

    /// An operation begins: fuel was given.
    public func begin(_ machine: Machine) {
        meter.begin(machine)
        last = nil
    }

    public func safepoint(_ machine: Machine) {
        if meter.isDue(machine) { look(machine) }
    }

    public func scriptEnds(_ number: Int) { numbers[number] = nil }

    public func guestEnds(_ machine: Machine, _ reason: Termination) { look(machine) }

    /// Brings the accounts up to now.
    public func look(_ machine: Machine) {
        var (fuel, bytes) = meter.take(machine)
        let now = place(machine)
        if let last, last.frame > machine.frame || machine.cage.load64(last.frame) != last.callee {
            let most = min(fuel, last.codeLeft)
            let share = most &* 2 >= fuel ? bytes : 0
            add(most, share, to: last.account)
            fuel &-= most
            bytes &-= share
        }
        add(fuel, bytes, to: now?.account ?? 0)
        last = now
    }

    /// The operation is over: what is left belongs to where it was seen last.
    public func end(_ machine: Machine) {
        let (fuel, bytes) = meter.take(machine)
        add(fuel, bytes, to: last?.account ?? 0)
        last = nil
    }

    private func add(_ fuel: Int64, _ bytes: Int, to account: Int) {
        accounts[account].fuel &+= fuel
        accounts[account].bytes &+= bytes
    }

    /// The innermost function of the guest, or its caller where it has not begun; nil when there is none.
    private func place(_ machine: Machine) -> Place? {
        var found: Place?
        machine.forEachGuestFrame { frame, callee, script, function, word in
            let isKnown = found != nil
            guard let template = machine.code(script: script, function: function) else { return true }
            let isEntry = word == (template.entry &- 1) & 0x1FF_FFFF
            if !isKnown {
                let start = isEntry ? template.entry : word
                found = Place(
                    frame: frame, callee: callee, account: number(script, function, machine),
                    codeLeft: max(1, Int64(template.words.count) &- Int64(start)))
                return isEntry
            }
            found?.account = number(script, function, machine)
            return false
        }
        return found
    }

    private func number(_ script: Int, _ function: Int, _ machine: Machine) -> Int {
        if let known = numbers[script]?[function] { return known }
        guard accounts.count < SourceAccounts.maximumCount else { return 1 }
        let place = machine.functionPlace(script: script, function: function)
        accounts.append(Account(function: place.function, source: place.source, line: place.line))
        numbers[script, default: [:]][function] = accounts.count - 1
        return accounts.count - 1
    }
}

extension Machine {
    /// The functions of the guest that are active, innermost first, until the body has seen enough.
    fileprivate func forEachGuestFrame(
        _ body: (_ frame: UInt32, _ callee: UInt64, _ script: Int, _ function: Int, _ word: UInt32) -> Bool
    ) {
        guard activationDepth > 0 else { return }
        var current = frame
        var pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        for _ in 0..<1000 {
            let callee = Value(bits: cage.load64(current))
            guard pc != 0, callee.isObject, kind(of: callee.offset) == CellKind.function else { return }
            let code = cage.load32(callee.offset, Layout.functionCode)
            if !CodeFlags(rawValue: cage.load32(code, Layout.codeFlags)).contains(.builtin), let found = template(of: code) {
                if !body(current, callee.bits, found.script, found.function, wordIndex(code, pc) & 0x1FF_FFFF) { return }
            }
            let link = cage.load64(current, 8)
            let caller = current &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
            pc = UInt32(truncatingIfNeeded: link) & ~7
            guard caller < current, caller >= stackStart else { return }
            current = caller
        }
    }

    fileprivate func code(script: Int, function: Int) -> CodeTemplate? {
        script < scripts.count && function < scripts[script].count ? scripts[script][function] : nil
    }
}
