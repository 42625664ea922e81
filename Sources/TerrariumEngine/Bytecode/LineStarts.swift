import Synchronization
import TerrariumSyntax

/// Offsets of the line starts of a source, found when they are first asked for.
final class LineStarts: Sendable {
    private let known = Mutex<[UInt32]?>(nil)

    func starts(in text: ConstantText) -> [UInt32] {
        known.withLock { known in
            if let starts = known { return starts }
            let starts: [UInt32] = switch text {
            case .latin1(let bytes): SourceText.lineStarts(latin1: bytes.span)
            case .utf16(let units): SourceText.lineStarts(units.span)
            }
            known = starts
            return starts
        }
    }
}
