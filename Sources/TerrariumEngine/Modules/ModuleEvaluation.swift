import TerrariumCage

/// Evaluation (ECMA-262 §16.2.1.5.3).
extension Machine {
    /// Loads, links and evaluates a module; the promise is that of Evaluate. Errors of loading and linking are thrown.
    public func runModule(_ module: Int) throws(Thrown) -> Value {
        try loadModuleGraph(module)
        try linkModule(module)
        return try evaluateModule(module)
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

    /// Evaluate.
    func evaluateModule(_ start: Int) throws(Thrown) -> Value {
        var module = start
        if modules.records[module].status == .evaluatingAsync || modules.records[module].status == .evaluated {
            module = modules.records[module].cycleRoot
        }
        if let promise = modules.records[module].capability { return promise }
        registerModuleNatives()
        let promise = try makePromise()
        modules.records[module].capability = promise
        var stack: [Int] = []
        var index = 0
        do throws(Thrown) {
            try innerEvaluate(module, &stack, &index)
            if !(modules.records[module].asyncOrder != nil && !modules.records[module].asyncDone) {
                try resolvePromise(promise.offset, .undefined)
            }
        } catch {
            guard error == .exception else { throw error }
            let reason = takeException()
            for entry in stack {
                modules.records[entry].status = .evaluated
                modules.records[entry].error = reason
                modules.records[entry].cycleRoot = entry
            }
            modules.records[module].error = reason
            modules.records[module].status = .evaluated
            try rejectPromise(promise.offset, reason)
        }
        return promise
    }

    private func innerEvaluate(_ module: Int, _ stack: inout [Int], _ index: inout Int) throws(Thrown) {
        guard modules.records[module].info != nil else {
            // Synthetic modules have nothing to run.
            modules.records[module].status = .evaluated
            modules.records[module].cycleRoot = module
            return
        }
        switch modules.records[module].status {
        case .evaluatingAsync, .evaluated:
            if let error = modules.records[module].error { throw throwValue(error) }
            return
        case .evaluating: return
        default: break
        }
        guard !nativeStack.isExhausted else { throw stackOverflow() }
        try charge(16)
        modules.records[module].status = .evaluating
        modules.records[module].depthIndex = index
        modules.records[module].depthAncestor = index
        modules.records[module].pendingDependencies = 0
        index += 1
        stack.append(module)
        for request in modules.records[module].requested {
            try innerEvaluate(request, &stack, &index)
            var required = request
            if modules.records[required].info == nil { continue }
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
        if modules.records[module].pendingDependencies > 0 || modules.records[module].hasTopLevelAwait {
            modules.records[module].asyncOrder = modules.nextAsyncOrder
            modules.nextAsyncOrder += 1
            if modules.records[module].pendingDependencies == 0 { try executeAsyncModule(module) }
        } else {
            try executeSyncModule(module)
        }
        if modules.records[module].depthAncestor == modules.records[module].depthIndex {
            while let done = stack.popLast() {
                modules.records[done].status = modules.records[done].asyncOrder == nil ? .evaluated : .evaluatingAsync
                modules.records[done].cycleRoot = module
                if done == module { break }
            }
        }
    }

    /// A body without await has ended when its call returns: the promise it gives is settled.
    private func executeSyncModule(_ module: Int) throws(Thrown) {
        let result = try call(modules.records[module].body, this: .undefined)
        guard isPromise(result) else { return }
        if field(result.offset, 0).int == PromiseState.rejected {
            setField(result.offset, 3, .true)
            noteRejectionHandled(result)
            throw throwValue(field(result.offset, 1))
        }
    }

    private func executeAsyncModule(_ module: Int) throws(Thrown) {
        guard let natives = modules.natives else { throw terminate(.corrupted) }
        let result = try call(modules.records[module].body, this: .undefined)
        guard isPromise(result) else { throw terminate(.corrupted) }
        let data = [Value(Int32(truncatingIfNeeded: module))]
        try performThen(
            result.offset, try makeNativeClosure(natives.fulfilled, data: data),
            try makeNativeClosure(natives.rejected, data: data), capability: nil)
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

    /// AsyncModuleExecutionFulfilled.
    private func asyncModuleFulfilled(_ module: Int) throws(Thrown) {
        if modules.records[module].status == .evaluated { return }
        modules.records[module].asyncDone = true
        modules.records[module].status = .evaluated
        if let promise = modules.records[module].capability { try resolvePromise(promise.offset, .undefined) }
        for ancestor in try gatherAncestors(module) {
            if modules.records[ancestor].status == .evaluated { continue }
            if modules.records[ancestor].hasTopLevelAwait {
                try executeAsyncModule(ancestor)
                continue
            }
            do throws(Thrown) {
                try executeSyncModule(ancestor)
            } catch {
                guard error == .exception else { throw error }
                try asyncModuleRejected(ancestor, takeException())
                continue
            }
            modules.records[ancestor].asyncDone = true
            modules.records[ancestor].status = .evaluated
            if let promise = modules.records[ancestor].capability { try resolvePromise(promise.offset, .undefined) }
        }
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
            let parts = try listFromDense(parts)
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
                try machine.asyncModuleFulfilled(try machine.moduleIndex(call))
                return .undefined
            },
            rejected: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.asyncModuleRejected(try machine.moduleIndex(call), call[0])
                return .undefined
            },
            loaded: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.finishImport(try machine.moduleIndex(call), machine.nativeData(call, 1))
                return .undefined
            },
            evaluated: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                let namespace = try machine.moduleNamespace(try machine.moduleIndex(call))
                try machine.resolvePromise(machine.nativeData(call, 1).offset, namespace)
                return .undefined
            },
            failed: registerNative("", length: 1) { (machine, call) throws(Thrown) in
                try machine.rejectPromise(machine.nativeData(call, 1).offset, call[0])
                return .undefined
            }
        )
    }

    /// The module that a closure of the engine is about.
    private func moduleIndex(_ call: NativeCall) throws(Thrown) -> Int {
        let index = Int(nativeData(call, 0).int)
        guard modules.records.indices.contains(index) else { throw terminate(.corrupted) }
        return index
    }

    private func finishImport(_ module: Int, _ promise: Value) throws(Thrown) {
        guard let natives = modules.natives else { throw terminate(.corrupted) }
        do throws(Thrown) {
            try linkModule(module)
            let evaluation = try evaluateModule(module)
            let data = [Value(Int32(truncatingIfNeeded: module)), promise]
            try performThen(
                evaluation.offset, try makeNativeClosure(natives.evaluated, data: data),
                try makeNativeClosure(natives.failed, data: data), capability: nil)
        } catch {
            guard error == .exception else { throw error }
            try rejectPromise(promise.offset, takeException())
        }
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
