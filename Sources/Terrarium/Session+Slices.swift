internal import TerrariumEngine
public import TerrariumSyntax

extension Session {
    /// Runs a script and then its jobs in slices of fuel: at the end of each the program is paused, and it goes on at once
    /// (a test of the engine). The session's own fuel does not count.
    /// - Returns: how it ended, and how often it was paused.
    public func run(_ source: SourceText, slices fuel: Int64) -> (outcome: Outcome, pauses: Int) {
        var pauses = 0
        switch Session.compile(source, ParseOptions.guest) {
        case .failure(let error): return (.syntaxError(error.text), 0)
        case .success(let script):
            machine.setFuel(fuel)
            machine.runsInSlices = true
            defer { machine.runsInSlices = false }
            let outcome = finish { () throws(Thrown) in
                let function = try machine.makeScriptFunction(script, realm: realm)
                var text: String?
                while true {
                    do throws(Thrown) {
                        if pauses == 0 {
                            let global = machine.realmValue(realm, .globalThisValue)
                            text = machine.describe(try machine.startSliced(function, this: global, arguments: []))
                        } else if let value = try machine.resumeSliced() {
                            text = machine.describe(value)
                        }
                        _ = try machine.runJobsSliced()
                        return text ?? ""
                    } catch {
                        guard error == .termination, machine.isPaused, machine.termination == .paused else {
                            if machine.isPaused { machine.dropPaused() }
                            throw error
                        }
                        pauses += 1
                        machine.clearTermination()
                        // What native code used beyond the slice is taken from the next ones.
                        var next = machine.wordBalance
                        repeat { next &+= max(1, fuel) &* Machine.wordsPerUnit } while next <= 0
                        machine.setFuel(words: next)
                    }
                }
            }
            return (outcome, pauses)
        }
    }
}
