/// Why an operation on a sandbox did not give a result.
///
/// Making and showing one never runs guest code.
public enum TerrariumError: Error, Sendable {
    /// A source does not parse.
    case syntax(SyntaxFailure)
    /// The guest threw, and nobody in it caught.
    case thrown(ThrownError)
    /// The fuel of the operation is used up.
    case fuel
    /// The guest needs more memory than it may have.
    case heap
    /// Calls were nested too deeply, and the guest did not catch that.
    case depth(ThrownError)
    /// The time of the operation is over.
    case deadline
    /// The guest printed more than it may.
    case output
    /// The host interrupted the guest, or the Swift task was cancelled.
    case interrupted
    /// A source is too long.
    case sourceLength
    /// A source nests too deeply.
    case nesting(SyntaxFailure)
    /// Too many unanswered host calls and timers.
    case pendingHostCalls
    /// A result is too large to be turned into Swift values.
    case resultSize
    /// A host function threw, and the guest did not catch what it became.
    case host(HostFailure)
    /// A value does not fit the type on the other side.
    case conversion(ConversionFailure)
    /// The host used the library wrongly.
    case misuse(Misuse)
    /// A snapshot cannot be made, or not be restored.
    case snapshot(SnapshotFailure)
    /// The engine found its state inconsistent. The sandbox cannot be used any more.
    case inconsistent
}

/// A source that does not parse.
public struct SyntaxFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// As the engine would say it in a `SyntaxError`.
    public let message: String
    /// Name of the source.
    public let source: String
    /// Both from 1; the column counts UTF-16 units.
    public let line: Int, column: Int
    /// Place, source line and caret.
    public let rendered: String
    public var description: String { rendered }
}

/// A place in a source.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// Name of the source.
    public let source: String
    /// Both from 1.
    public let line: Int, column: Int

    /// A place in a source; line and column from 1.
    public init(source: String, line: Int, column: Int) {
        self.source = source
        self.line = line
        self.column = column
    }

    public var description: String { "\(source):\(line):\(column)" }
}

/// A value that the guest threw, as the host sees it: a copy of texts.
public struct ThrownError: Error, Sendable, CustomStringConvertible {
    /// One frame of the stack at the throw.
    public struct Frame: Sendable, Hashable, CustomStringConvertible {
        /// Name of the function; empty at the top level of a source.
        public let function: String
        /// The place that was executed.
        public let position: SourcePosition
        public var description: String { function.isEmpty ? "at \(position)" : "at \(function) (\(position))" }
    }

    /// `TypeError` and the like; for values that are no errors the name of their constructor or type.
    public let name: String
    /// The `message` of an error; the text of other values.
    public let message: String
    /// `name: message` of errors; the text of other values.
    public let value: String
    /// The value is an error object.
    public let isError: Bool
    /// Innermost first, at most ten; empty when the value is no error.
    public let frames: [Frame]
    /// Place, source line with caret, value and stack, as a command line would show it.
    public let rendered: String
    /// The `cause` of an error, as text.
    public let cause: String?
    /// Tells the sandbox which exception this was, should a host function throw it on.
    let token: UInt64

    public var description: String { rendered }
}

/// An error of a host function.
public struct HostFailure: Error, Sendable {
    /// What the function threw.
    public let error: any Error
    /// What the guest saw of it.
    public let thrown: ThrownError
}

/// A value that does not fit the type on the other side.
public struct ConversionFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the value: names and indices from the outside in.
    public let path: [String]
    /// What was expected and what was there.
    public let reason: String
    public var description: String { path.isEmpty ? reason : "\(path.joined(separator: ".")): \(reason)" }
}

/// A mistake of the host.
public enum Misuse: Sendable, Hashable {
    /// The sandbox has ended.
    case sandboxEnded
    /// The value belongs to another sandbox.
    case foreignValue
    /// No memory or address space for a sandbox: the heap limit is too small for the library, or the process is full.
    case cannotCreate
    /// The value cannot be called, constructed or awaited, or has no properties.
    case notSuitable(String)
    /// There is a paused program; end it or let it finish first.
    case paused
    /// The promise cannot settle any more: nothing is pending.
    case neverSettles
    /// A snapshot of compiled code comes from elsewhere or was damaged.
    case unreadableData
    /// The operation cannot be used from inside a host function.
    case reentrant
}

/// What is wrong with a snapshot.
public enum SnapshotFailure: Sendable, Hashable {
    /// The bytes are no snapshot, or they were damaged.
    case unreadable
    /// The snapshot was made by another build of the engine.
    case otherBuild
    /// It holds more memory than is allowed.
    case tooLarge
    /// A host function of the snapshot was not given again, or takes another number of parameters: its path.
    case missingFunction(String)
    /// The guest holds objects of the host, which cannot be written down.
    case hostObjects
    /// The system has no memory for it.
    case noMemory
}

extension TerrariumError: CustomStringConvertible {
    /// A text for people; of guest exceptions the rendering with place and stack.
    public var description: String {
        switch self {
        case .syntax(let failure): failure.rendered
        case .thrown(let error): error.rendered
        case .fuel: "The guest used up its fuel"
        case .heap: "The guest reached its heap limit"
        case .depth(let error): error.rendered
        case .deadline: "The guest did not finish in time"
        case .output: "The guest printed too much"
        case .interrupted: "The guest was interrupted"
        case .sourceLength: "The source is too long"
        case .nesting(let failure): failure.rendered
        case .pendingHostCalls: "The guest has too many pending host calls or timers"
        case .resultSize: "The result is too large"
        case .host(let failure): "A host function failed: \(failure.error)"
        case .conversion(let failure): failure.description
        case .misuse(let misuse):
            switch misuse {
            case .sandboxEnded: "The sandbox has ended"
            case .foreignValue: "The value belongs to another sandbox"
            case .cannotCreate: "No room for a sandbox, or its heap limit is too small"
            case .notSuitable(let reason): reason
            case .paused: "There is a paused program"
            case .neverSettles: "The promise cannot settle any more"
            case .unreadableData: "The data is no compiled code of this version"
            case .reentrant: "Not from inside a host function"
            }
        case .snapshot(let failure):
            switch failure {
            case .unreadable: "The bytes are no snapshot, or were damaged"
            case .otherBuild: "The snapshot is of another build of the engine"
            case .tooLarge: "The snapshot holds more memory than is allowed"
            case .missingFunction(let path): "The snapshot needs the host function '\(path)', which is not there or has changed"
            case .hostObjects: "The guest holds objects of the host, which cannot be part of a snapshot"
            case .noMemory: "No memory for a snapshot"
            }
        case .inconsistent: "The engine's state is inconsistent"
        }
    }
}

/// An error of the host whose message the guest may see. The message of all other errors stays with the host.
public protocol RevealedError: Error {
    /// Becomes the `message` of the guest's error.
    var guestMessage: String { get }
}

/// An error for the guest, as a host function throws it.
public struct GuestError: RevealedError, Sendable, CustomStringConvertible {
    /// What the guest sees.
    public let guestMessage: String
    /// The guest gets an error with this message.
    public init(_ message: String) { guestMessage = message }
    public var description: String { guestMessage }
}
