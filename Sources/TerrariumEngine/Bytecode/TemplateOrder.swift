import TerrariumCage

/// Templates in an order of their own.
///
/// Functions that are compiled on their first call get their numbers in the order of these calls, by whatever machine made them.
/// In bytes the numbers must not tell: there a function comes before those inside of it, which are in the order of its
/// constants.
struct TemplateOrder {
    let functions: [CodeTemplate]
    /// Place of each template, by its number.
    let places: [Int]
    /// The places are the numbers.
    var isTrivial: Bool { places.indices.allSatisfy { places[$0] == $0 } }

    init(_ script: ScriptTemplate) {
        let given = script.functions
        var order: [Int] = []
        var places = [Int](repeating: -1, count: given.count)
        let waiting = HostStack()
        waiting.push(UInt32(truncatingIfNeeded: script.module?.initializer ?? 0))
        waiting.push(0)
        while let next = waiting.pop() {
            let number = Int(next)
            guard number < given.count, places[number] < 0 else { continue }
            places[number] = order.count
            order.append(number)
            for case .function(let inner) in given[number].constants.reversed() { waiting.push(UInt32(truncatingIfNeeded: inner)) }
        }
        // What nothing refers to.
        for number in given.indices where places[number] < 0 {
            places[number] = order.count
            order.append(number)
        }
        self.places = places
        functions = order.map { number in
            var template = given[number]
            for (index, constant) in template.constants.enumerated() {
                if case .function(let inner) = constant, places.indices.contains(inner) {
                    template.constants[index] = .function(places[inner])
                }
            }
            return template
        }
    }
}

extension Machine {
    /// Scripts and code cells get the numbers that templates have in bytes. Collects.
    func orderTemplates() {
        var changed: [Int: [Int]] = [:]
        for number in scripts.indices where scripts[number].builtinName == nil {
            let order = TemplateOrder(scripts[number])
            if order.isTrivial { continue }
            changed[number] = order.places
            if let module = scripts[number].module, order.places.indices.contains(module.initializer) {
                scripts[number].module?.initializer = order.places[module.initializer]
            }
            scripts[number].functions = order.functions
        }
        if changed.isEmpty { return }
        forEachLiveCell { [self] offset in
            guard kind(of: offset) == CellKind.code, let places = changed[Int(cage.load32(offset, Layout.codeReserved))] else { return }
            let number = Int(cage.load32(offset, Layout.codeTemplate))
            if places.indices.contains(number) { cage.store32(offset, Layout.codeTemplate, UInt32(truncatingIfNeeded: places[number])) }
        }
    }
}
