/// A number of bytes.
public struct ByteCount: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number itself.
    public let bytes: Int

    /// So many bytes; negative numbers count as none.
    public static func bytes(_ count: Int) -> ByteCount { ByteCount(bytes: max(0, count)) }
    /// Units of 1024 bytes.
    public static func kibibytes(_ count: Int) -> ByteCount { scaled(count, 1 << 10) }
    /// Units of 1024 KiB.
    public static func mebibytes(_ count: Int) -> ByteCount { scaled(count, 1 << 20) }
    /// Units of 1024 MiB.
    public static func gibibytes(_ count: Int) -> ByteCount { scaled(count, 1 << 30) }

    private static func scaled(_ count: Int, _ unit: Int) -> ByteCount {
        let (product, overflow) = max(0, count).multipliedReportingOverflow(by: unit)
        return ByteCount(bytes: overflow ? .max : product)
    }

    public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }
    public var description: String { "\(bytes) bytes" }
}

/// What a guest may use. Every limit has a value: nothing is unlimited unless somebody writes down a number that is.
///
/// Fuel and deadline are those of one operation: an `evaluate`, a call, an import, with everything that it awaits. The
/// others hold for the sandbox as a whole. Reaching one ends the guest's operation with the `TerrariumError` of the same
/// name; the guest can neither catch nor delay that.
public struct Limits: Sendable, Hashable {
    /// Units of fuel for one operation. A unit is two 8-byte words of bytecode (about one instruction), or the work of a
    /// built-in on about as much; a second of computing is some hundred million.
    public var fuel: Int
    /// Memory of the guest: everything that it can make grow.
    public var heap: ByteCount
    /// Nested calls. The guest sees a `RangeError` first, which it may catch.
    public var depth: Int
    /// Time for one operation, with what it waits for.
    public var deadline: Duration
    /// UTF-8 bytes that console and print may give to the host.
    public var output: ByteCount
    /// UTF-16 units of one source.
    public var sourceLength: Int
    /// Nested constructs in one source.
    public var nesting: Int
    /// Calls of asynchronous host functions that have not been answered, and timers, together.
    public var pendingHostCalls: Int
    /// What one result may be that is turned into Swift values: bytes of text, and 16 for each value.
    public var resultSize: ByteCount

    /// Limits for code that is trusted to mean well; the defaults suit a plugin.
    public init(
        fuel: Int = 1_000_000_000, heap: ByteCount = .mebibytes(64), depth: Int = 5_000, deadline: Duration = .seconds(10),
        output: ByteCount = .mebibytes(16), sourceLength: Int = 64 << 20, nesting: Int = 1_500, pendingHostCalls: Int = 10_000,
        resultSize: ByteCount = .mebibytes(64)
    ) {
        self.fuel = fuel
        self.heap = heap
        self.depth = depth
        self.deadline = deadline
        self.output = output
        self.sourceLength = sourceLength
        self.nesting = nesting
        self.pendingHostCalls = pendingHostCalls
        self.resultSize = resultSize
    }

    /// For code that nobody knows: a second, 16 MiB, and little of everything else.
    public static let untrusted = Limits(
        fuel: 100_000_000, heap: .mebibytes(16), depth: 500, deadline: .seconds(1), output: .kibibytes(64),
        sourceLength: 1 << 20, nesting: 200, pendingHostCalls: 100, resultSize: .mebibytes(1))
}

/// What a guest has cost so far.
public struct Bill: Sendable, Hashable {
    /// Units of fuel: instructions of bytecode, and the work of built-ins.
    public let fuel: Int64
    /// Bytes in use now.
    public let heap: Int
    /// Most bytes in use at any time.
    public let heapPeak: Int
    /// Bytes of text given to the host.
    public let output: Int
    /// Calls of host functions.
    public let hostCalls: Int
    /// Time in which guest code and the host functions that it called ran; waiting does not count.
    public let time: Duration
}
