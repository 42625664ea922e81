/// What a guest has used since somebody last looked.
struct UsageMeter {
    /// Units of fuel to give at a time, so that looks come about as often as asked for.
    let sliceLength: Int64
    private let every: Int64
    private var balance: Int64 = 0
    private var bytes = 0

    /// - Parameter every: units of fuel between two looks, at least.
    init(every: Int) {
        let units = Int64(max(1, min(every, 1 << 30)))
        self.every = units &* Machine.wordsPerUnit &- 1
        sliceLength = 8 &* units
    }

    /// Forgets what was used before.
    mutating func begin(_ machine: Machine) {
        balance = machine.wordBalance
        bytes = machine.allocatedBytes
    }

    /// Whether it is time to look.
    func isDue(_ machine: Machine) -> Bool { balance &- machine.wordBalance >= every }

    /// Words of code and bytes of heap used since the last time.
    mutating func take(_ machine: Machine) -> (fuel: Int64, bytes: Int) {
        let used = (max(0, balance &- machine.wordBalance), max(0, machine.allocatedBytes &- bytes))
        begin(machine)
        return used
    }
}
