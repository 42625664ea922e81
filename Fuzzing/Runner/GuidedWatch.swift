#if COVERAGE
import Foundation
import Synchronization

/// Ends a process whose input takes no end: more than ten seconds of processor time, or ten minutes.
enum GuidedWatch {
    private static let number = Atomic<Int>(0)

    /// An input begins.
    static func began() { number.wrappingAdd(1, ordering: .relaxed) }

    static func start() {
        Thread.detachNewThread {
            var last = -1, since = clock(), start = Date()
            while true {
                Thread.sleep(forTimeInterval: 1)
                let now = number.load(ordering: .relaxed)
                if now != last {
                    (last, since, start) = (now, clock(), Date())
                } else if clock() - since > 10_000_000 || -start.timeIntervalSinceNow > 600 {
                    FuzzOutput.say("hang")
                    _exit(4)
                }
            }
        }
    }
}
#endif
