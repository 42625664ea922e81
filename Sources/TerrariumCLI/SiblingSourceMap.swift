import TerrariumCage

/// The source map of a script file: a file beside it that the script names. Nothing outside of that directory is read,
/// neither through a path nor through a link.
enum SiblingSourceMap {
    static func read(script: String, url: String) -> [UInt8]? {
        guard url.hasSuffix(".map"), !url.contains("/"), !url.contains("\\"), !url.contains(":"), !url.hasPrefix(".") else { return nil }
        let script = HostProcess.withSlashes(script)
        let folder = script.lastIndex(of: "/").map { String(script[..<$0]) } ?? "."
        guard let root = HostProcess.realPath(folder), let real = HostProcess.realPath(folder + "/" + url),
            let slash = real.lastIndex(of: "/"), real[..<slash] == (root == "/" ? "" : root)
        else { return nil }
        return HostProcess.readFile(real)
    }
}
