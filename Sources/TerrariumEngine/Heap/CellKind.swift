/// Kind of a heap cell, at byte 4 of its header.
///
/// Header of every cell, 8 bytes: a 32-bit word (shape of objects, hash of strings, capacity of arrays), kind, flags,
/// words (objects: 8-byte words behind offset 16), mark.
public enum CellKind {
    // Primitive cells
    public static let latin1String: UInt8 = 1
    public static let utf16String: UInt8 = 2
    public static let rope: UInt8 = 3
    public static let slice: UInt8 = 4
    public static let symbol: UInt8 = 5
    public static let bigInt: UInt8 = 6

    // Internal cells
    public static let shape: UInt8 = 7
    public static let propertyTable: UInt8 = 8
    /// Out-of-line property slots.
    public static let slots: UInt8 = 9
    /// Dense elements; holes are `Value.empty`.
    public static let elements: UInt8 = 10
    /// Sparse elements: index, attributes, value.
    public static let sparseElements: UInt8 = 11
    public static let scope: UInt8 = 12
    public static let code: UInt8 = 13
    /// Raw bytes: array buffers, position tables.
    public static let bytes: UInt8 = 14
    /// A counted list of values, same layout as elements.
    public static let list: UInt8 = 15
    /// Ordered hash table of Map and Set.
    public static let hashTable: UInt8 = 16
    public static let realm: UInt8 = 17
    /// One global lexical binding.
    public static let binding: UInt8 = 18
    /// Raw 32-bit words that the collector does not follow.
    public static let words: UInt8 = 19
    /// Getter and setter of an accessor property.
    public static let accessor: UInt8 = 20
    /// Shape transitions: pairs of key and shape, weak.
    public static let transitions: UInt8 = 21
    public static let script: UInt8 = 22
    /// Object scope of `with`.
    public static let withScope: UInt8 = 23
    /// Cells of a finalization registry: see `WeakReferences`.
    public static let weakCells: UInt8 = 24

    // Objects: everything from here has the object layout
    public static let object: UInt8 = 32
    public static let array: UInt8 = 33
    public static let function: UInt8 = 34
    public static let nativeFunction: UInt8 = 35
    public static let boundFunction: UInt8 = 36
    public static let proxy: UInt8 = 37
    public static let error: UInt8 = 38
    public static let booleanWrapper: UInt8 = 39
    public static let numberWrapper: UInt8 = 40
    public static let stringWrapper: UInt8 = 41
    public static let symbolWrapper: UInt8 = 42
    public static let bigIntWrapper: UInt8 = 43
    public static let mappedArguments: UInt8 = 44
    public static let arguments: UInt8 = 45
    public static let date: UInt8 = 46
    public static let regExp: UInt8 = 47
    public static let map: UInt8 = 48
    public static let set: UInt8 = 49
    public static let weakMap: UInt8 = 50
    public static let weakSet: UInt8 = 51
    public static let weakRef: UInt8 = 52
    public static let finalizationRegistry: UInt8 = 53
    public static let arrayBuffer: UInt8 = 54
    public static let sharedArrayBuffer: UInt8 = 55
    public static let typedArray: UInt8 = 56
    public static let dataView: UInt8 = 57
    public static let promise: UInt8 = 58
    public static let generator: UInt8 = 59
    public static let asyncGenerator: UInt8 = 60
    /// Built-in iterator objects (array, string, map, set, …): field 0 tells which.
    public static let iterator: UInt8 = 61
    public static let forInEnumerator: UInt8 = 62
    public static let moduleNamespace: UInt8 = 63
    public static let global: UInt8 = 64
    public static let rawJSON: UInt8 = 65
    public static let hostObject: UInt8 = 66
    /// Suspended frame of an async function.
    public static let asyncFunctionState: UInt8 = 67
    public static let disposableStack: UInt8 = 68
    public static let asyncDisposableStack: UInt8 = 69
    public static let module: UInt8 = 70
    /// Objects of the library with internal fields and no behaviour of their own.
    public static let internalObject: UInt8 = 71
    /// Iterator.prototype.map and the like.
    public static let iteratorHelper: UInt8 = 72
    /// Iterator.from of an iterator that does not inherit from Iterator.prototype.
    public static let wrappedIterator: UInt8 = 73
    /// Iterator of `matchAll`.
    public static let regExpStringIterator: UInt8 = 90
}

/// Byte offsets in cells. All fields are 32 bits unless noted.
public enum Layout {
    /// Header.
    public static let shape: UInt16 = 0
    public static let kind: UInt16 = 4      // 8 bits
    public static let flags: UInt16 = 5     // 8 bits
    public static let words: UInt16 = 6     // 8 bits
    public static let mark: UInt16 = 7      // 8 bits

    // Objects
    public static let slots: UInt16 = 8
    public static let elements: UInt16 = 12
    /// First internal field or inline slot, 64 bits each.
    public static let fields: UInt16 = 16
    public static let arrayLength: UInt16 = 16
    /// Low half of field 3 of a typed array: its `ElementType`.
    static let typedArrayType: UInt16 = 40
    /// Functions: two packed words and the realm.
    public static let functionCode: UInt16 = 16
    public static let functionScope: UInt16 = 20
    public static let functionHome: UInt16 = 24
    public static let functionRealm: UInt16 = 28
    /// Shape of the objects that `new` of this function makes, 0 when not known.
    public static let functionInstanceShape: UInt16 = 32
    /// Class constructors: field initialiser function. Native functions: what calls and iterations know them by
    /// (`QuickNative`, `iteratorNextMark`), or 0.
    public static let functionExtra: UInt16 = 36

    // Slots: capacity in the header word
    public static let slotValues: UInt16 = 8
    // Elements and lists: capacity in the header word
    public static let elementsLength: UInt16 = 8
    /// Of a list: the one that takes its place or comes behind it, or 0.
    public static let listSuccessor: UInt16 = 12
    public static let elementValues: UInt16 = 16

    // Strings: hash in the header word
    public static let stringLength: UInt16 = 8
    public static let stringData: UInt16 = 16
    public static let ropeLeft: UInt16 = 12
    public static let ropeRight: UInt16 = 16
    public static let sliceBase: UInt16 = 12
    public static let sliceStart: UInt16 = 16

    public static let symbolDescription: UInt16 = 8
    public static let bigIntCount: UInt16 = 8
    public static let bigIntLimbs: UInt16 = 16

    // Scopes
    public static let scopeParent: UInt16 = 8
    public static let scopeCount: UInt16 = 12
    public static let scopeSlots: UInt16 = 16

    // Code: constants lie at codeWords, instructions behind them
    public static let codeFlags: UInt16 = 8
    public static let codeEntry: UInt16 = 12
    public static let codeParameterCount: UInt16 = 16   // 16 bits
    public static let codeRegisterCount: UInt16 = 18    // 16 bits
    public static let codeLength: UInt16 = 20           // 16 bits
    public static let codeConstantCount: UInt16 = 24
    public static let codeWordCount: UInt16 = 28
    public static let codeName: UInt16 = 32
    public static let codeScript: UInt16 = 36
    /// Index of the template in its script.
    public static let codeTemplate: UInt16 = 40
    public static let codeHandlerCount: UInt16 = 44
    public static let codeHandlers: UInt16 = 48         // bytes cell, 16 bytes each
    public static let codeReserved: UInt16 = 52
    public static let codeWords: UInt16 = 56

    public static let accessorGetter: UInt16 = 8        // 64 bits
    public static let accessorSetter: UInt16 = 16       // 64 bits

    public static let bindingValue: UInt16 = 8          // 64 bits
    public static let bindingFlags: UInt16 = 16

    public static let bytesCount: UInt16 = 8
    public static let bytesData: UInt16 = 16

    public static let wordsCount: UInt16 = 8
    public static let wordsData: UInt16 = 16
}

/// Flags of dense elements (byte 5 of the header).
public enum ElementsFlag {
    /// None of the slots below the length is a hole: a store need not look at what it overwrites.
    public static let packed: UInt8 = 1 << 0
}

/// Flags of objects (byte 5 of the header).
public enum ObjectFlag {
    public static let nonExtensible: UInt8 = 1 << 0
    /// Is or was the prototype of another object: structural changes bump the prototype epoch.
    public static let isPrototype: UInt8 = 1 << 1
    public static let callable: UInt8 = 1 << 2
    public static let constructor: UInt8 = 1 << 3
    /// Own properties are not only those in the shape and elements: proxy, string wrapper, typed array, arguments, namespace.
    public static let exotic: UInt8 = 1 << 4
    /// Function whose `length`, `name` and `prototype`, or error whose `stack` has not been made yet.
    public static let lazyProperties: UInt8 = 1 << 5
    /// Array whose `length` is not writable.
    public static let lengthReadOnly: UInt8 = 1 << 6
    public static let classConstructor: UInt8 = 1 << 7
}

/// Flags of strings and symbols (byte 5 of the header).
public enum StringFlag {
    /// Interned: equal atoms have equal offsets.
    public static let atom: UInt8 = 1 << 0
    /// Text is a canonical array index; never used as an atom key.
    public static let isIndex: UInt8 = 1 << 1
    public static let notIndex: UInt8 = 1 << 2
    // Symbols
    public static let registered: UInt8 = 1 << 0
    public static let privateName: UInt8 = 1 << 1
    /// Name of a private method or accessor; of a static one.
    public static let privateMethod: UInt8 = 1 << 2
    public static let privateStatic: UInt8 = 1 << 3
}

/// Flags of code cells (byte 5 of the header).
public enum CodeCellFlag {
    /// Some instruction has a filled cache.
    public static let hasCaches: UInt8 = 1
}
