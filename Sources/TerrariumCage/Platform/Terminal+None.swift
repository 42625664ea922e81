#if !os(Windows) && !canImport(Glibc) && !canImport(Musl) && !canImport(Android) && !canImport(Darwin)
/// A system without terminals.
public enum Terminal {
    public struct Mode: Sendable {}
    public static func isTerminal(_ file: Int32) -> Bool { false }
    public static var size: (columns: Int, rows: Int) { (80, 24) }
    public static func enterRawMode() -> Mode? { nil }
    public static func restore(_ mode: Mode) {}
    public static func read(milliseconds: Int32) -> [UInt8]? { nil }
}
#endif
