import Foundation

/// The `conformance` executable: finds the suite, runs it on all cores, compares with the expectations.
enum ConformanceTool {
    static let help = """
        Runs test262.

        usage: conformance [--suite DIR] [--filter PREFIX]… [--expectations FILE] [--update] [--json FILE]
                           [--threads N] [--verbose]
               conformance probes DIR… [--filter TEXT] [--verbose]
               conformance corrupt [--trials N] [--first N] [--seconds N] [--log FILE]
               conformance latency DIR…

        probes: runs hostile programs, each under limits in a process of its own, and checks how they end.
        corrupt: overwrites the cage at random while a program runs; the process must live.
        latency: how soon the probes stop when fuel ends, the deadline passes, or somebody interrupts them.

        The suite has the layout test/ and harness/. Without --suite, an archive at ../shared/test262 is unpacked to a
        cache folder; elsewhere, get it from the test262 project and name its folder.

        """

    struct Options {
        var suite: String?
        var filters: [String] = []
        var expectations: String?
        var update = false
        var json: String?
        var threads = ProcessInfo.processInfo.activeProcessorCount
        var verbose = false
        var features = "Conformance/features.txt"
    }

    static func main(_ arguments: [String]) -> Int32 {
        if arguments.first == "corrupt" { return Corruption.main(Array(arguments.dropFirst())) }
        if arguments.first == "latency" { return Latency.main(Array(arguments.dropFirst())) }
        if arguments.first == "probes" { return Probes.main(Array(arguments.dropFirst())) }
        var options = Options()
        var index = 0
        while index < arguments.count {
            func value() -> String? { index += 1; return index < arguments.count ? arguments[index] : nil }
            switch arguments[index] {
            case "--suite": options.suite = value()
            case "--filter": if let text = value() { options.filters.append(text) }
            case "--expectations": options.expectations = value()
            case "--update": options.update = true
            case "--json": options.json = value()
            case "--threads": options.threads = value().flatMap { Int($0) } ?? 1
            case "--verbose": options.verbose = true
            case "--features": options.features = value() ?? options.features
            case "--help":
                print(help, terminator: "")
                return 0
            default:
                FileHandle.standardError.write(Data("conformance: no option \(arguments[index])\n".utf8))
                return 2
            }
            index += 1
        }
        guard let root = options.suite ?? SuiteArchive.unpacked() else {
            FileHandle.standardError.write(
                Data("conformance: no suite. Get test262 from its project and give its folder with --suite DIR.\n".utf8))
            return 2
        }
        return run(options, root)
    }

    private static func run(_ options: Options, _ root: String) -> Int32 {
        var paths: [String] = []
        let base = root + "/test"
        if let walker = FileManager.default.enumerator(atPath: base) {
            for case let path as String in walker where path.hasSuffix(".js") && !path.contains("_FIXTURE") {
                if path.hasPrefix("harness/") { continue }
                if options.filters.isEmpty || options.filters.contains(where: { path.hasPrefix($0) }) { paths.append(path) }
            }
        }
        paths.sort()
        let proposed = Set(
            (try? String(contentsOfFile: options.features, encoding: .utf8))?.split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") } ?? [])
        let results = WorkQueue(paths: paths, root: root, proposed: proposed, verbose: options.verbose)
            .run(threads: options.threads)
        return Report(results: results).finish(
            expectations: options.expectations, update: options.update, json: options.json)
    }
}

/// Brings the suite from the archive beside the checkout, once.
enum SuiteArchive {
    static func unpacked() -> String? {
        let archive = "../shared/test262/test262.tar.xz"
        guard let size = (try? FileManager.default.attributesOfItem(atPath: archive))?[.size] as? Int else { return nil }
        let cache = NSTemporaryDirectory() + "/terrarium-test262-\(size)"
        let done = cache + "/complete"
        if !FileManager.default.fileExists(atPath: done) {
            try? FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["tar", "-xJf", archive, "-C", cache]
            guard (try? process.run()) != nil else { return nil }
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { return nil }
            _ = FileManager.default.createFile(atPath: done, contents: nil)
        }
        if FileManager.default.fileExists(atPath: cache + "/test") { return cache }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        return entries.map { cache + "/" + $0 }.first { FileManager.default.fileExists(atPath: $0 + "/test") }
    }
}
