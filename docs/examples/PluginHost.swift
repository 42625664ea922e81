import Terrarium

/// A chat server that runs its users' plugins: each is a class in a sandbox of its own, with the capabilities that its
/// manifest asks for and the server grants. A plugin that misbehaves ends alone.
public final class PluginHost {
    /// What a plugin says of itself.
    public struct Manifest {
        public var name: String
        public var capabilities: Set<String>
        public init(_ name: String, _ capabilities: Set<String> = []) {
            self.name = name
            self.capabilities = capabilities
        }
    }
    /// A message in the chat.
    public struct Message: Codable {
        public var from: String, text: String
        public init(from: String, text: String) {
            self.from = from
            self.text = text
        }
    }

    private struct Plugin {
        let name: String
        let sandbox: Sandbox
        let instance: Value
    }
    private var plugins: [Plugin] = []
    /// What was said and logged, for the example's reader.
    public private(set) var transcript: [String] = []

    public init() {}

    /// Loads a plugin: a script whose last statement is a class.
    public func load(_ source: String, _ manifest: Manifest) {
        let name = manifest.name
        do throws(TerrariumError) {
            var limits = Limits.untrusted
            limits.deadline = .seconds(1)
            var capabilities: [Capability] = [.standard]
            if manifest.capabilities.contains("log") {
                capabilities.append(.console { [unowned self] in transcript.append("[\(name)] \($0.text)") })
            }
            if manifest.capabilities.contains("clock") { capabilities.append(.clock(.fixed(at: 1_700_000_000_000))) }
            let sandbox = try Sandbox(limits: limits, capabilities: capabilities)
            if manifest.capabilities.contains("say") {
                sandbox.define("chat.say") { [unowned self] (text: String) in transcript.append("\(name): \(text)") }
            }
            let plugin = try sandbox.evaluate(source, name: "\(name).js").construct()
            plugins.append(Plugin(name: name, sandbox: sandbox, instance: plugin))
        } catch {
            transcript.append("\(name) was not loaded: \(summary(error))")
        }
    }

    /// Tells all plugins of a message. One that fails is removed.
    public func receive(_ message: Message) async {
        var kept: [Plugin] = []
        for plugin in plugins {
            do throws(TerrariumError) {
                if try plugin.instance.has("onMessage") {
                    _ = try await plugin.instance.callMethod("onMessage", message).awaited()
                }
                kept.append(plugin)
            } catch {
                transcript.append("\(plugin.name) was removed: \(summary(error))")
            }
        }
        plugins = kept
    }

    /// The message and the innermost place, which names the plugin.
    private func summary(_ error: TerrariumError) -> String {
        switch error {
        case .thrown(let thrown): "\(thrown.value) \(thrown.frames.first.map { "\($0)" } ?? "")"
        case .syntax(let failure): "\(failure.message) at \(failure.source):\(failure.line):\(failure.column)"
        default: "\(error)"
        }
    }

    /// The example.
    public static func run() async -> [String] {
        let host = PluginHost()
        host.load(
            "class Greeter { constructor() { this.seen = new Set } onMessage({ from }) { if (!this.seen.has(from)) { this.seen.add(from); chat.say(`Welcome, ${from}!`) } } } Greeter",
            Manifest("greeter", ["say"]))
        host.load(
            "(class { async onMessage(m) { await null; console.log('seen', m, new Date().getFullYear()) } })",
            Manifest("logger", ["log", "clock"]))
        host.load("(class { onMessage() { for (;;); } })", Manifest("spinner"))
        host.load("(class {\n  onMessage(m) { return m.reply.text }\n})", Manifest("broken"))
        host.load("(class { onMessage() { return this.constructor.constructor('return process')() } })", Manifest("escaper"))
        host.load("class {", Manifest("unfinished"))
        await host.receive(Message(from: "ann", text: "hi"))
        await host.receive(Message(from: "ann", text: "again"))
        return host.transcript
    }
}
