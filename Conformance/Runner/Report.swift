import Foundation

/// The table by folder, the comparison with the expectations, the closing line.
struct Report {
    let results: [FileResult]

    func finish(expectations: String?, update: Bool, json: String?) -> Int32 {
        table()
        let failed = results.filter { $0.kind == .failed }
        let passed = results.filter { $0.kind == .passed }.count
        let skipped = results.count - failed.count - passed
        var status: Int32 = 0
        if let expectations {
            if update {
                write(failed, to: expectations)
            } else {
                status = compare(failed, expectations)
            }
        }
        if let json {
            let rows = results.map { ["path": $0.path, "result": $0.kind.rawValue, "reason": $0.reason] }
            if let data = try? JSONSerialization.data(withJSONObject: rows, options: [.prettyPrinted, .sortedKeys]) {
                _ = FileManager.default.createFile(atPath: json, contents: data)
            }
        }
        print("\(passed) passed, \(failed.count) failed, \(skipped) skipped")
        return status
    }

    private func folder(_ path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.prefix(parts.count > 2 ? 2 : 1).joined(separator: "/")
    }

    private func table() {
        var rows: [String: (passed: Int, failed: Int, skipped: Int)] = [:]
        for result in results {
            for name in Set([folder(result.path), String(result.path.split(separator: "/").first ?? "")]) {
                var row = rows[name] ?? (0, 0, 0)
                switch result.kind {
                case .passed: row.passed += 1
                case .failed: row.failed += 1
                case .skipped: row.skipped += 1
                }
                rows[name] = row
            }
        }
        for (name, row) in rows.sorted(by: { $0.key < $1.key }) {
            let all = row.passed + row.failed
            let share = all == 0 ? "-" : String(format: "%.2f %%", Double(row.passed) * 100 / Double(all))
            print(
                name.padding(toLength: 52, withPad: " ", startingAt: 0),
                String(repeating: " ", count: max(0, 9 - share.count)) + share, "\(row.passed)/\(all)",
                row.skipped > 0 ? "(\(row.skipped) skipped)" : "")
        }
    }

    /// The paths of an expectations file, each with why it fails: `path # cause`.
    private func causes(in file: String) -> [String: String] {
        var result: [String: String] = [:]
        for line in ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "#", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if let path = parts.first { result[path] = parts.count > 1 ? parts[1] : "" }
        }
        return result
    }

    /// The expectations: paths that fail. What passed against them is news, what failed beyond them is a regression.
    private func compare(_ failed: [FileResult], _ file: String) -> Int32 {
        let expected = Set(causes(in: file).keys)
        let ran = Set(results.map(\.path))
        let regressions = failed.filter { !expected.contains($0.path) }
        for result in regressions { print("REGRESSION \(result.path): \(result.reason)") }
        let fixed = expected.intersection(ran).subtracting(failed.map(\.path))
        if !fixed.isEmpty { print("\(fixed.count) tests pass that are expected to fail; run with --update") }
        return regressions.isEmpty ? 0 : 1
    }

    private func write(_ failed: [FileResult], to file: String) {
        let known = causes(in: file)
        let lines = ["# Files of test262 that fail, each with its cause. conformance --update writes the paths and keeps the causes."]
            + failed.map { result in
                let cause = known[result.path] ?? ""
                return cause.isEmpty ? result.path : "\(result.path) # \(cause)"
            }
        _ = FileManager.default.createFile(atPath: file, contents: Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
