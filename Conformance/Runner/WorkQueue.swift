import Foundation
import Synchronization

struct FileResult: Sendable {
    enum Kind: String, Sendable { case passed, failed, skipped }
    let path: String
    let kind: Kind
    let reason: String
}

/// Hands files to threads with a stack of the size that main threads have.
final class WorkQueue: Sendable {
    let paths: [String]
    let root: String
    let proposed: Set<String>
    let verbose: Bool
    private let next = Atomic<Int>(0)
    private let results = Mutex<[FileResult]>([])

    init(paths: [String], root: String, proposed: Set<String>, verbose: Bool) {
        self.paths = paths
        self.root = root
        self.proposed = proposed
        self.verbose = verbose
    }

    func run(threads: Int) -> [FileResult] {
        let group = DispatchGroup()
        for _ in 0..<max(1, threads) {
            group.enter()
            let thread = Thread { [self] in
                work()
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return results.withLock { $0 }.sorted { $0.path < $1.path }
    }

    private func work() {
        let runner = TestRunner(root: root)
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < paths.count else { return }
            if verbose { FileHandle.standardError.write(Data((paths[index] + "\n").utf8)) }
            let result = autoreleased { one(paths[index], runner) }
            results.withLock { $0.append(result) }
        }
    }

    private func autoreleased<T>(_ body: () -> T) -> T { body() }

    private func one(_ path: String, _ runner: TestRunner) -> FileResult {
        guard let test = TestFile(path: path, root: root) else {
            return FileResult(path: path, kind: .failed, reason: "unreadable")
        }
        if let feature = test.features.first(where: { proposed.contains($0) }) {
            return FileResult(path: path, kind: .skipped, reason: feature)
        }
        switch runner.run(test) {
        case .passed: return FileResult(path: path, kind: .passed, reason: "")
        case .failed(let reason): return FileResult(path: path, kind: .failed, reason: reason)
        }
    }
}
