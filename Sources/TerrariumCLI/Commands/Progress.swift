import Terrarium
import TerrariumCage

/// A line on a terminal that says how far a program is, once it has run for a second.
final class Progress {
    private let start = MonotonicClock.now()
    private var next: Int64 = 1_000_000_000
    private var isShown = false

    func update(_ bill: Bill) {
        let elapsed = MonotonicClock.now() - start
        guard elapsed >= next else { return }
        next = elapsed + 200_000_000
        isShown = true
        let text = "\(elapsed / 1_000_000_000) s   fuel \(Figures.count(bill.fuel))   heap \(Figures.bytes(bill.heap))"
        HostProcess.write(Array("\r\u{1B}[2m\(text)\u{1B}[0m\u{1B}[K".utf8), to: 2)
    }

    func clear() {
        guard isShown else { return }
        isShown = false
        HostProcess.write(Array("\r\u{1B}[K".utf8), to: 2)
    }
}

/// Numbers for people.
enum Figures {
    static func bytes(_ count: Int) -> String {
        if count < 1 << 10 { return "\(count) B" }
        if count < 1 << 20 { return tenths(count, 1 << 10) + " KiB" }
        return tenths(count, 1 << 20) + " MiB"
    }

    static func count(_ number: Int64) -> String {
        if number < 100_000 { return String(number) }
        if number < 1_000_000_000 { return tenths(Int(number), 1_000_000) + " M" }
        return tenths(Int(number), 1_000_000_000) + " G"
    }

    /// A share of a whole, in percent with one decimal.
    static func percent(_ part: Int64, of whole: Int64) -> String {
        tenths(whole > 0 ? Int((Double(part) * 1000 / Double(whole)).rounded()) : 0, 10)
    }

    private static func tenths(_ number: Int, _ unit: Int) -> String {
        let tenths = Int((Double(number) * 10 / Double(unit)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func pad(_ text: String, _ width: Int, left: Bool = true) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return left ? spaces + text : text + spaces
    }
}
