import Terrarium
import TerrariumCage
import TerrariumSyntax

/// Modules below one directory, by path: nothing outside of it can be read, neither through `..` nor through links.
struct DirectoryModules {
    /// Real path of the directory, with a slash at the end.
    private let root: String

    init?(_ directory: String) {
        guard let path = HostProcess.realPath(directory) else { return nil }
        root = path.hasSuffix("/") ? path : path + "/"
    }

    /// The key of a module is its path, as the importing file wrote it relative to itself.
    var loader: SessionModuleLoader {
        SessionModuleLoader { request in
            guard request.specifier.hasPrefix("./") || request.specifier.hasPrefix("../") || request.specifier.hasPrefix("/")
            else {
                return .refused("Cannot find module '\(request.specifier)': paths start with './', '../' or '/'")
            }
            let base = request.specifier.hasPrefix("/") ? "" : DirectoryModules.folder(of: HostProcess.withSlashes(request.referrer))
            let key = DirectoryModules.normalize(base.isEmpty ? request.specifier : base + "/" + request.specifier)
            guard let real = HostProcess.realPath(key), real.hasPrefix(root),
                let data = HostProcess.readFile(real)
            else { return .refused("Cannot find module '\(request.specifier)' imported from \(request.referrer)") }
            let text = String(decoding: data, as: UTF8.self)
            if request.type == "text" { return .text(key: key, text) }
            if request.type == "json" || key.hasSuffix(".json") { return .json(key: key, text) }
            return .source(key: key, SourceText(text, name: key))
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func normalize(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            if part == "." { continue }
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
