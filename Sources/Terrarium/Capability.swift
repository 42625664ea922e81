internal import TerrariumEngine

/// Something that a guest may reach: a name, the globals that it brings, and how it installs them.
///
/// Your own is one value:
///
///     let greeting = Capability("greeting", globals: ["greet"]) { sandbox in
///         sandbox.define("greet") { (name: String) in "Hello, \(name)" }
///     }
public struct Capability {
    /// What it is called.
    public let name: String
    /// Global names that it installs.
    public let globals: [String]
    let install: (Sandbox) throws(TerrariumError) -> Void

    /// A capability of your own.
    /// - Parameters:
    ///   - name: how messages call it.
    ///   - globals: the global names that it installs.
    ///   - install: gives a new sandbox what it is about, before any guest code has run.
    public init(_ name: String, globals: [String], install: @escaping (Sandbox) throws(TerrariumError) -> Void) {
        self.name = name
        self.globals = globals
        self.install = install
    }

    /// Several as one.
    public static func all(_ name: String, _ parts: [Capability]) -> Capability {
        Capability(name, globals: parts.flatMap(\.globals)) { (sandbox) throws(TerrariumError) in
            for part in parts { try part.install(sandbox) }
        }
    }

    /// One that works on the engine.
    static func engine(
        _ name: String, globals: [String], _ install: @escaping (SandboxCore, Machine) throws(Thrown) -> Void
    ) -> Capability {
        Capability(name, globals: globals) { (sandbox) throws(TerrariumError) in
            let core = sandbox.core
            try core.perform { (machine) throws(Thrown) in try install(core, machine) }
        }
    }
}
