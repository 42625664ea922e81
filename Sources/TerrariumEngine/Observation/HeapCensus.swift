import TerrariumCage

/// What the heap holds, by kind: for post-mortems.
public struct HeapCensus: Sendable {
    public struct Entry: Sendable {
        public var cells = 0
        /// Bytes of the cells themselves.
        public var bytes = 0
    }
    public internal(set) var kinds: [String: Entry] = [:]
    /// What each group of values holds, and no group before it.
    public internal(set) var groups: [Entry] = []
}

extension Machine {
    /// A guest that has ended is looked at: what that takes is not the guest's.
    public func liftHeapLimit() {
        currentLimits.heap = 4 << 30
    }

    /// Counts what is reachable, by walking the heap from its roots with the collector. Nothing may be running.
    public func heapCensus(of groups: [[Value]] = []) -> HeapCensus {
        var counts: [UInt64: HeapCensus.Entry] = [:]
        var held = [HeapCensus.Entry](repeating: .init(), count: groups.count)
        // Plain objects by shape, everything else by kind; what shapes are called is asked when all is counted.
        forEachHeldCell(groups) { [unowned self] offset, group in
            if group >= 0 {
                held[group].cells += 1
                held[group].bytes += Int(cellSize(offset))
            }
            let kind = self.kind(of: offset)
            let key = UInt64(kind) | (kind == CellKind.object ? UInt64(cage.load32(offset)) << 32 : 0)
            counts[key, default: .init()].cells += 1
            counts[key, default: .init()].bytes += Int(cellSize(offset))
        }
        var census = HeapCensus()
        census.groups = held
        for (key, entry) in counts {
            let kind = UInt8(truncatingIfNeeded: key), shape = UInt32(truncatingIfNeeded: key >> 32)
            let name = kind == CellKind.object ? instanceName(shape: shape) : Machine.kindName(kind)
            census.kinds[name, default: .init()].cells += entry.cells
            census.kinds[name, default: .init()].bytes += entry.bytes
        }
        return census
    }

    /// What objects of a shape are instances of.
    private func instanceName(shape: UInt32) -> String {
        let prototype = cage.load32(shape, ShapeLayout.prototype)
        let name = prototype == 0 ? "" : constructorName(prototype)
        return name.isEmpty ? "Object" : name
    }

    /// Bytes of a cell, from its header.
    func cellSize(_ offset: UInt32) -> UInt32 {
        let header = cage.load64(offset)
        let word = UInt32(truncatingIfNeeded: header)
        let kind = UInt8(truncatingIfNeeded: header >> 32)
        switch kind {
        case CellKind.latin1String: return StringLayout.size(latin1: Int(cage.load32(offset, Layout.stringLength)))
        case CellKind.utf16String: return StringLayout.size(utf16: Int(cage.load32(offset, Layout.stringLength)))
        case CellKind.rope, CellKind.slice: return StringLayout.ropeSize
        case CellKind.symbol: return 16
        case CellKind.bigInt: return 16 &+ cage.load32(offset, Layout.bigIntCount) &* 8
        case CellKind.shape: return ShapeLayout.size
        case CellKind.propertyTable: return ShapeLayout.tableSize(capacity: word)
        case CellKind.transitions: return ShapeLayout.transitionsSize(capacity: word)
        case CellKind.slots: return 8 &+ word &* 8
        case CellKind.sparseElements: return SparseLayout.headerSize
        case CellKind.scope, CellKind.withScope: return 16 &+ cage.load32(offset, Layout.scopeCount) &* 8
        case CellKind.code:
            return UInt32(Layout.codeWords)
                &+ (cage.load32(offset, Layout.codeConstantCount) &+ cage.load32(offset, Layout.codeWordCount)) &* 8
        case CellKind.bytes: return 16 &+ ((max(word, cage.load32(offset, Layout.bytesCount)) &+ 7) & ~7)
        case CellKind.binding, CellKind.accessor: return 24
        case CellKind.words: return 16 &+ word &* 4
        case CellKind.object...: return 16 &+ UInt32(UInt8(truncatingIfNeeded: header >> 48)) &* 8
        default: return 16 &+ word &* 8
        }
    }

    static func kindName(_ kind: UInt8) -> String {
        switch kind {
        case CellKind.latin1String, CellKind.utf16String: "strings"
        case CellKind.rope: "strings (concatenated)"
        case CellKind.slice: "strings (slices)"
        case CellKind.symbol: "symbols"
        case CellKind.bigInt: "BigInts"
        case CellKind.shape, CellKind.propertyTable, CellKind.transitions: "shapes of objects"
        case CellKind.slots: "properties of objects"
        case CellKind.elements, CellKind.sparseElements: "elements of arrays"
        case CellKind.list: "lists of the engine"
        case CellKind.scope, CellKind.withScope: "scopes (variables of closures)"
        case CellKind.code: "code"
        case CellKind.bytes, CellKind.words: "bytes of buffers and tables"
        case CellKind.hashTable: "tables of Map and Set"
        case CellKind.array: "Array"
        case CellKind.function, CellKind.nativeFunction, CellKind.boundFunction: "Function"
        case CellKind.map: "Map"
        case CellKind.set: "Set"
        case CellKind.promise: "Promise"
        case CellKind.regExp: "RegExp"
        case CellKind.date: "Date"
        case CellKind.error: "Error"
        case CellKind.typedArray: "typed arrays"
        case CellKind.arrayBuffer, CellKind.sharedArrayBuffer: "ArrayBuffer"
        case CellKind.generator, CellKind.asyncGenerator: "generators"
        case CellKind.asyncFunctionState: "async functions that wait"
        case CellKind.object...: "other objects"
        default: "the engine's own"
        }
    }
}
