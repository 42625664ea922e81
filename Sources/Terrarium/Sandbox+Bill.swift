internal import TerrariumEngine

/// One line of an itemized bill.
public struct BillItem: Sendable, Hashable {
    /// Name of the script, or key of the module.
    public let source: String
    /// Name of the function; empty for a source as a whole.
    public let function: String
    /// Line where the function begins; 0 for a source as a whole.
    public let line: Int
    /// Units that it used itself, with the built-ins and host functions that it called.
    public let fuel: Int64
    /// Bytes of guest memory that it allocated, whatever has become of them.
    public let allocated: Int
}

/// What the items of a bill are about.
public enum BillGrouping: Sendable {
    /// A line for each script and module: give each plugin a name of its own.
    case source
    /// A line for each function.
    case function
}

extension Sandbox {
    /// Keeps accounts from now on: who used which part of the fuel and the memory. It costs time, and no fuel; without it there
    /// is no cost at all. The accounts of a program are the same on every run. They belong to this sandbox: a fork, or a sandbox
    /// that is restored, begins anew when it is asked to.
    /// - Parameter units: fuel between two looks at the guest's stack. With 1 the accounts are exact to the end of each loop and
    ///   call, and the guest is many times slower; with some hundred they are right on the average.
    public func itemizeBill(every units: Int = 500) {
        guard let machine = core.machine else { return }
        let accounts = SourceAccounts(every: units)
        if core.nesting > 0 { accounts.begin(machine) }
        core.accounts = accounts
        machine.observer = accounts
    }

    /// The items of the bill since `itemizeBill`, those that used the most fuel first; empty without it. What belongs to no
    /// source (the engine's own jobs, the conversion of arguments) has an empty one. May be asked while the guest runs, by host
    /// functions: it then holds everything up to the call.
    public func billItems(by grouping: BillGrouping = .function) -> [BillItem] {
        guard let accounts = core.accounts, let machine = core.machine else { return [] }
        if core.nesting > 0 { accounts.look(machine) }
        var items: [BillItem] = []
        let units = Machine.units(ofAll: accounts.accounts.map(\.fuel))
        switch grouping {
        case .function:
            items = zip(accounts.accounts, units).map {
                BillItem(source: $0.source, function: $0.function, line: $0.line, fuel: $1, allocated: $0.bytes)
            }
        case .source:
            var sums: [String: (fuel: Int64, bytes: Int)] = [:]
            for (account, fuel) in zip(accounts.accounts, units) {
                let sum = sums[account.source] ?? (0, 0)
                sums[account.source] = (sum.fuel &+ fuel, sum.bytes &+ account.bytes)
            }
            items = sums.map { BillItem(source: $0.key, function: "", line: 0, fuel: $0.value.fuel, allocated: $0.value.bytes) }
        }
        return items.filter { $0.fuel > 0 || $0.allocated > 0 }
            .sorted { ($1.fuel, $0.source, $0.line, $0.function) < ($0.fuel, $1.source, $1.line, $1.function) }
    }
}
