import TerrariumCage

/// Evaluation (ECMA-262 §16.2.1.5.3). The engine's JavaScript (`evaluateModules`) goes through the graph and calls the bodies, so
/// that programs made of modules can be paused like any other; what it does with the records is in `moduleStep`.
extension Machine {
    /// Loads, links and evaluates a module; the promise is that of Evaluate. Errors of loading and linking are thrown.
    public func runModule(_ module: Int) throws(Thrown) -> Value {
        let (promise, start) = try prepareModule(module)
        if let start { _ = try call(start.function, this: .undefined, start.module) }
        return promise
    }

    /// Loads and links a module.
    /// - Returns: the promise of Evaluate, and what has to be called with what to begin with that, if it has not begun yet.
    public func prepareModule(_ module: Int) throws(Thrown) -> (promise: Value, start: (function: Value, module: Value)?) {
        try loadAndLink(module)
        let (promise, first) = try beginEvaluation(module)
        guard let first else { return (promise, nil) }
        return (promise, (try moduleFunction(.evaluateModules), Value(first)))
    }

    /// LoadRequestedModules and Link.
    public func loadAndLink(_ module: Int) throws(Thrown) {
        try loadModuleGraph(module)
        try linkModule(module)
    }

    /// Reason of a rejected promise, which counts as handled then; nil for others.
    public func takeRejection(of promise: Value) -> Value? {
        guard isPromise(promise), field(promise.offset, 0).int == PromiseState.rejected else { return nil }
        setField(promise.offset, 3, .true)
        noteRejectionHandled(promise)
        return field(promise.offset, 1)
    }

    /// The start of Evaluate.
    /// - Returns: its promise, and the module that evaluation begins with when it has not begun.
    private func beginEvaluation(_ start: Int) throws(Thrown) -> (promise: Value, module: Int?) {
        var module = start
        if modules.records[module].status == .evaluatingAsync || modules.records[module].status == .evaluated {
            module = modules.records[module].cycleRoot
        }
        if let promise = modules.records[module].capability { return (promise, nil) }
        registerModuleNatives()
        let promise = try makePromise()
        modules.records[module].capability = promise
        return (promise, module)
    }

    /// What `evaluateModules` and `moduleFulfilled` do with the record of a module.
    func moduleStep(_ step: Value, _ number: Value, _ x: Value) throws(Thrown) -> Value {
        let module = try moduleIndex(number)
        guard step.isInt, let step = ModuleStep(rawValue: step.int) else { throw terminate(.corrupted) }
        switch step {
        case .enter: return try enterModule(module, order: x)
        case .required: try noteRequired(module, try moduleIndex(x))
        case .body: return bodyToRun(module)
        case .ran: try noteRun(module, x)
        case .isRoot: return Value(modules.records[module].depthAncestor == modules.records[module].depthIndex)
        case .done:
            modules.records[module].status = modules.records[module].asyncOrder == nil ? .evaluated : .evaluatingAsync
            modules.records[module].cycleRoot = try moduleIndex(x)
        case .ended:
            guard let promise = modules.records[module].capability else { throw terminate(.corrupted) }
            if modules.records[module].asyncOrder == nil || modules.records[module].asyncDone {
                try resolvePromise(promise.offset, .undefined)
            }
        case .failed:
            modules.records[module].status = .evaluated
            modules.records[module].error = x
            modules.records[module].cycleRoot = module
        case .rejected:
            guard let promise = modules.records[module].capability else { throw terminate(.corrupted) }
            modules.records[module].error = x
            modules.records[module].status = .evaluated
            try rejectPromise(promise.offset, x)
        case .imported: try settleImport(module, x)
        case .fulfilled: return try noteFulfilled(module)
        case .ancestor: return modules.records[module].status == .evaluated ? .undefined : modules.records[module].body
        case .completed:
            if modules.records[module].hasTopLevelAwait { break }
            modules.records[module].asyncDone = true
            modules.records[module].status = .evaluated
            if let promise = modules.records[module].capability { try resolvePromise(promise.offset, .undefined) }
        case .thrown: try asyncModuleRejected(module, x)
        }
        return .undefined
    }

    /// The start of InnerModuleEvaluation.
    /// - Returns: the modules that are required; undefined when there is nothing to do.
    private func enterModule(_ module: Int, order: Value) throws(Thrown) -> Value {
        guard modules.records[module].info != nil else {
            // Synthetic modules have nothing to run.
            modules.records[module].status = .evaluated
            modules.records[module].cycleRoot = module
            return .undefined
        }
        switch modules.records[module].status {
        case .evaluatingAsync, .evaluated:
            if let error = modules.records[module].error { throw throwValue(error) }
            return .undefined
        case .evaluating: return .undefined
        default: break
        }
        try charge(16)
        modules.records[module].status = .evaluating
        let index = order.isInt ? max(0, Int(order.int)) : 0
        modules.records[module].depthIndex = index
        modules.records[module].depthAncestor = index
        modules.records[module].pendingDependencies = 0
        return try makeArray(modules.records[module].requested.map { Value($0) })
    }

    /// A required module has been evaluated as far as that goes now.
    private func noteRequired(_ module: Int, _ request: Int) throws(Thrown) {
        var required = request
        if modules.records[required].info == nil { return }
        if modules.records[required].status == .evaluating {
            modules.records[module].depthAncestor = min(
                modules.records[module].depthAncestor, modules.records[required].depthAncestor)
        } else {
            required = modules.records[required].cycleRoot
            if let error = modules.records[required].error { throw throwValue(error) }
        }
        if modules.records[required].asyncOrder != nil, !modules.records[required].asyncDone {
            modules.records[module].pendingDependencies += 1
            modules.records[required].asyncParents.append(module)
        }
    }

    /// The body that is to be called now; undefined when it has to wait for what it requires.
    private func bodyToRun(_ module: Int) -> Value {
        if modules.records[module].pendingDependencies > 0 || modules.records[module].hasTopLevelAwait {
            modules.records[module].asyncOrder = modules.nextAsyncOrder
            modules.nextAsyncOrder += 1
            if modules.records[module].pendingDependencies > 0 { return .undefined }
        }
        return modules.records[module].body
    }

    /// A body has returned. One without await has ended: the promise it gave is settled.
    private func noteRun(_ module: Int, _ result: Value) throws(Thrown) {
        guard isPromise(result) else { return }
        if modules.records[module].hasTopLevelAwait {
            guard let natives = modules.natives else { throw terminate(.corrupted) }
            let data = [Value(module)]
            return try performThen(
                result.offset, try makeNativeClosure(natives.fulfilled, data: data),
                try makeNativeClosure(natives.rejected, data: data), capability: nil)
        }
        if field(result.offset, 0).int == PromiseState.rejected {
            setField(result.offset, 3, .true)
            noteRejectionHandled(result)
            throw throwValue(field(result.offset, 1))
        }
    }

    // MARK: Async completion

    /// GatherAvailableAncestors.
    private func gatherAncestors(_ start: Int) throws(Thrown) -> [Int] {
        var result: [Int] = []
        var pending = [start]
        while let module = pending.popLast() {
            for parent in modules.records[module].asyncParents {
                try charge(8)
                if result.contains(parent) || modules.records[modules.records[parent].cycleRoot].error != nil { continue }
                modules.records[parent].pendingDependencies -= 1
                if modules.records[parent].pendingDependencies == 0 {
                    result.append(parent)
                    if !modules.records[parent].hasTopLevelAwait { pending.append(parent) }
                }
            }
        }
        return result.sorted { (modules.records[$0].asyncOrder ?? 0) < (modules.records[$1].asyncOrder ?? 0) }
    }

    /// The start of AsyncModuleExecutionFulfilled.
    /// - Returns: the modules that need not wait any more; undefined when the module was evaluated before.
    private func noteFulfilled(_ module: Int) throws(Thrown) -> Value {
        if modules.records[module].status == .evaluated { return .undefined }
        modules.records[module].asyncDone = true
        modules.records[module].status = .evaluated
        if let promise = modules.records[module].capability { try resolvePromise(promise.offset, .undefined) }
        return try makeArray(try gatherAncestors(module).map { Value($0) })
    }

    /// AsyncModuleExecutionRejected.
    private func asyncModuleRejected(_ start: Int, _ reason: Value) throws(Thrown) {
        var pending = [start]
        while let module = pending.popLast() {
            try charge(8)
            if modules.records[module].status == .evaluated { continue }
            modules.records[module].error = reason
            modules.records[module].status = .evaluated
            modules.records[module].asyncDone = true
            pending += modules.records[module].asyncParents.reversed()
            if let promise = modules.records[module].capability { try rejectPromise(promise.offset, reason) }
        }
    }

    // MARK: Dynamic import

    /// import() into a register; operands that are objects are looked at in a frame.
    func importCall(_ specifier: Value, _ options: Value, into register: UInt16) throws(Thrown) {
        if specifier.isObject || options.isObject {
            return try push(.importParts, specifier, options, continuation: Continuation.imports, register: register)
        }
        setReg(register, try importing { () throws(Thrown) in
            let text = swiftString(try toStringValue(specifier))
            guard options.isUndefined else { throw typeError("The second argument of import() must be an object") }
            return (text, nil)
        })
    }

    /// import() with what its operands gave: the specifier and a type or undefined; or undefined and what they threw.
    func importCall(parts: Value) throws(Thrown) -> Value {
        try importing { () throws(Thrown) in
            let parts = try keptList(parts)
            guard parts.count == 2 else { throw terminate(.corrupted) }
            guard parts[0].isString else { throw throwValue(parts[1]) }
            return (swiftString(parts[0]), parts[1].isString ? swiftString(parts[1]) : nil)
        }
    }

    private func importing(_ operands: () throws(Thrown) -> (specifier: String, type: String?)) throws(Thrown) -> Value {
        registerModuleNatives()
        let promise = try makePromise()
        do throws(Thrown) {
            let (specifier, type) = try operands()
            let referrer = modules.referrers[cage.load32(runningCode, Layout.codeReserved)]
            let request = ModuleRequest(specifier: specifier, referrer: referrer?.name ?? scriptName, type: type)
            if let defers = host.defersImport, defers(request, promise, currentRealm) { return promise }
            let module = try loadRequestedModule(request, realm: currentRealm)
            try loadModuleGraph(module)
            try continueImport(module, promise)
        } catch {
            guard error == .exception else { throw error }
            try rejectPromise(promise.offset, takeException())
        }
        return promise
    }

    /// Goes on with a dynamic import that the host deferred; everything that it needs can be loaded now.
    public func completeImport(_ request: ModuleRequest, _ promise: Value, realm: UInt32) throws(Thrown) {
        registerModuleNatives()
        do throws(Thrown) {
            let module = try loadRequestedModule(request, realm: realm)
            try loadModuleGraph(module)
            try continueImport(module, promise)
        } catch {
            guard error == .exception else { throw error }
            try rejectPromise(promise.offset, takeException())
        }
    }

    /// Name of the active script: of code from a string, that of the script around it.
    public var scriptName: String {
        let script = Int(cage.load32(runningCode, Layout.codeReserved))
        return script < scripts.count ? scripts[script].referrer ?? scripts[script].sourceName : ""
    }

    /// ContinueDynamicImport: what was loaded is linked and evaluated in a job of its own.
    private func continueImport(_ module: Int, _ promise: Value) throws(Thrown) {
        guard let natives = modules.natives else { throw terminate(.corrupted) }
        let loaded = try makePromise()
        try fulfillPromise(loaded.offset, .undefined)
        let data = [Value(Int32(truncatingIfNeeded: module)), promise]
        try performThen(loaded.offset, try makeNativeClosure(natives.loaded, data: data), .undefined, capability: nil)
    }

    func registerModuleNatives() {
        if modules.natives != nil { return }
        modules.natives = (
            fulfilled: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.goOn(
                    call, try machine.moduleFunction(.moduleFulfilled), this: .undefined, [machine.nativeData(call, 0)])
            },
            rejected: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.asyncModuleRejected(try machine.moduleIndex(machine.nativeData(call, 0)), call[0])
                return .undefined
            },
            loaded: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.finishImport(call)
            },
            evaluated: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                let namespace = try machine.moduleNamespace(try machine.moduleIndex(machine.nativeData(call, 0)))
                try machine.resolvePromise(machine.nativeData(call, 1).offset, namespace)
                return .undefined
            },
            failed: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.rejectPromise(machine.nativeData(call, 1).offset, call[0])
                return .undefined
            }
        )
    }

    private func moduleIndex(_ number: Value) throws(Thrown) -> Int {
        guard number.isInt, modules.records.indices.contains(Int(number.int)) else { throw terminate(.corrupted) }
        return Int(number.int)
    }

    /// What a dynamic import loaded is linked and evaluated.
    private func finishImport(_ call: NativeCall) throws(Thrown) -> Value {
        let module = try moduleIndex(nativeData(call, 0)), promise = nativeData(call, 1)
        do throws(Thrown) {
            try linkModule(module)
            if let first = try beginEvaluation(module).module {
                return try goOn(
                    call, try moduleFunction(.evaluateModules), this: .undefined, [Value(first), Value(module), promise])
            }
            try settleImport(module, promise)
        } catch {
            guard error == .exception else { throw error }
            try rejectPromise(promise.offset, takeException())
        }
        return .undefined
    }

    /// The promise of a dynamic import follows that of Evaluate.
    private func settleImport(_ module: Int, _ promise: Value) throws(Thrown) {
        guard let natives = modules.natives, isPromise(promise) else { throw terminate(.corrupted) }
        let (evaluation, _) = try beginEvaluation(module)
        let data = [Value(module), promise]
        try performThen(
            evaluation.offset, try makeNativeClosure(natives.evaluated, data: data),
            try makeNativeClosure(natives.failed, data: data), capability: nil)
    }

    // MARK: import.meta

    func importMeta() throws(Thrown) -> Value {
        guard let referrer = modules.referrers[cage.load32(runningCode, Layout.codeReserved)], let module = referrer.module
        else { throw terminate(.corrupted) }
        if let meta = modules.records[module].meta { return meta }
        let meta = try makeObject(prototype: 0)
        try createDataPropertyOrThrow(meta.offset, key("url"), try makeString(modules.records[module].key))
        modules.records[module].meta = meta
        return meta
    }
}

/// What the engine's JavaScript asks of a module's record.
public enum ModuleStep: Int32, Sendable {
    /// InnerModuleEvaluation.
    case enter, required, body, ran, isRoot, done
    /// Evaluate, and the end of a dynamic import.
    case ended, failed, rejected, imported
    /// AsyncModuleExecutionFulfilled.
    case fulfilled, ancestor, completed, thrown
}
