import Foundation
import Terrarium
import TerrariumCage
import TerrariumSyntax

/// Mixed programs in one process, sandboxes made and ended all the time: memory must stay flat.
enum Soak {
    static func run(seconds: Double, seed: UInt64) -> Int32 {
        let start = Date()
        var number = 0
        var samples: [Int] = []
        guard let guests = Guests(prelude: HostileValues.source + ProgramGenerator.prelude + "function note(v) { show(v, 0); }") else { return 3 }
        guard let lasting = guests.session(fuel: 1 << 40, heap: 64 << 20) else { return 3 }
        var interval = 1.0
        while -start.timeIntervalSinceNow < seconds {
            for _ in 0..<50 {
                var random = Randomness(seed: seed, number: number)
                number += 1
                switch random.below(4) {
                case 0:
                    var generator = ProgramGenerator(random: random, isTame: false)
                    _ = guests.run(generator.program(statements: 4), fuel: 200_000, heap: 8 << 20)
                case 1: _ = guests.run(BuiltinKind.call(&random, number), fuel: 200_000, heap: 8 << 20)
                case 2: _ = guests.run(RegExpKind.program(&random), fuel: 200_000, heap: 8 << 20)
                default:
                    // One session that lives as long as the process: what programs leave behind must go.
                    _ = lasting.run(SourceText("(function () { (0, eval)('1 + ' + \(number)); return new Function('return \(number)')(); })()", name: "soak.js"))
                }
            }
            if -start.timeIntervalSinceNow > interval {
                interval += seconds / 20
                samples.append(HostProcess.privateBytes())
            }
        }
        let early = samples.dropFirst(samples.count / 4).first ?? 0, late = samples.last ?? 0
        print("soak: \(number) programs in \(Int(-start.timeIntervalSinceNow)) s; private memory \(samples.map { "\($0 >> 20)" }.joined(separator: " ")) MiB")
        let isFlat = late < early + (8 << 20)
        print(isFlat ? "1 passed, 0 failed" : "0 passed, 1 failed")
        return isFlat ? 0 : 1
    }
}
