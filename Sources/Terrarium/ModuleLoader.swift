internal import TerrariumCage

/// An import that a guest asks for.
public struct ModuleRequest: Sendable, Hashable {
    /// What the guest wrote.
    public let specifier: String
    /// Key of the importing module, or name of the importing script; empty for an import of the host.
    public let referrer: String
    /// Value of the import attribute `type`: `json`, `text` or nothing.
    public let type: String?

    /// A request made by the host.
    public init(specifier: String, referrer: String = "", type: String? = nil) {
        self.specifier = specifier
        self.referrer = referrer
        self.type = type
    }
}

/// What answers an import. The key is the identity of the module: one key, one module in a sandbox; traces show it.
public enum ModuleSource: Sendable {
    /// JavaScript.
    case source(String, key: String)
    /// JavaScript that was compiled before.
    case compiled(CompiledModule, key: String)
    /// The module's `default` export is the parsed text; imported with `{type: "json"}`.
    case json(String, key: String)
    /// The module's `default` export is the text.
    case text(String, key: String)
}

/// Finds modules.
public struct ModuleLoader {
    enum Kind {
        case direct((ModuleRequest) throws -> ModuleSource?)
        case asynchronous(@Sendable (ModuleRequest) async throws -> ModuleSource?)
    }
    let kind: Kind

    /// A loader of your own. Nil says that there is no such module; the message of a `RevealedError` goes to the guest.
    public init(_ load: @escaping (ModuleRequest) throws -> ModuleSource?) { kind = .direct(load) }

    private init(kind: Kind) { self.kind = kind }

    /// A loader that takes its time. The guest waits; `require` cannot use it.
    public static func asynchronous(_ load: @escaping @Sendable (ModuleRequest) async throws -> ModuleSource?) -> ModuleLoader {
        ModuleLoader(kind: .asynchronous(load))
    }

    /// Modules by path. Relative imports are relative to the path of their importer; extensions may be left out; a folder
    /// means its `index.js`, a bare name also `node_modules/name`.
    public static func inMemory(_ files: [String: String]) -> ModuleLoader {
        ModuleLoader { request in
            for path in ModulePath.candidates(request) {
                if let text = files[path] { return ModulePath.source(text, path, request) }
            }
            return nil
        }
    }

    /// Files below one directory, by path. Nothing outside of it can be read, neither through `..` nor through links.
    public static func directory(_ directory: String) -> ModuleLoader {
        let root = HostProcess.realPath(directory).map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        return ModuleLoader { request in
            guard let root else { return nil }
            for path in ModulePath.candidates(request) {
                guard let real = HostProcess.realPath(root + path), real.hasPrefix(root), let bytes = HostProcess.readFile(real)
                else { continue }
                return ModulePath.source(String(decoding: bytes, as: UTF8.self), path, request)
            }
            return nil
        }
    }
}

/// Paths of modules: relative to a root that nothing leads out of.
enum ModulePath {
    /// Where a request may be found, the likeliest first.
    static func candidates(_ request: ModuleRequest) -> [String] {
        let specifier = request.specifier
        let isRelative = specifier.hasPrefix("./") || specifier.hasPrefix("../") || specifier == "." || specifier == ".."
        let folder = isRelative ? self.folder(of: request.referrer) : ""
        guard let path = normalize(folder.isEmpty ? specifier : folder + "/" + specifier) else { return [] }
        var bases = [path]
        if !isRelative, !specifier.hasPrefix("/"), !request.referrer.isEmpty {
            // A package, from the importer's folder upwards.
            var up = self.folder(of: request.referrer)
            while true {
                bases.append(up.isEmpty ? "node_modules/" + path : up + "/node_modules/" + path)
                if up.isEmpty { break }
                up = self.folder(of: up)
            }
        }
        return bases.flatMap { [$0, $0 + ".js", $0 + ".mjs", $0 + ".cjs", $0 + ".json", $0 + "/index.js"] }
    }

    static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }

    /// Without `.` and `..`; nil when it leads out of the root.
    static func normalize(_ path: String) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            if part == "." { continue }
            if part == ".." {
                if parts.popLast() == nil { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    static func source(_ text: String, _ path: String, _ request: ModuleRequest) -> ModuleSource {
        if request.type == "text" { return .text(text, key: path) }
        return path.hasSuffix(".json") || request.type == "json" ? .json(text, key: path) : .source(text, key: path)
    }
}
