internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// CommonJS: `require`, `module`, `exports`.
final class CommonJS {
    let loader: ModuleLoader
    /// Handles of the module objects, by key.
    var modules: [String: Int] = [:]
    /// Keys of those whose bodies are being run.
    var running: Set<String> = []
    /// Number of the native behind every `require`.
    var native: UInt32 = 0

    init(_ loader: ModuleLoader) { self.loader = loader }
}

extension Capability {
    /// `require` of CommonJS modules, packages and JSON files, as bundles and npm packages use it. Each module has its own
    /// `require`, which is relative to it. The loader has to be a direct one.
    public static func require(_ loader: ModuleLoader) -> Capability {
        engine("require", globals: ["require"]) { (core, machine) throws(Thrown) in
            let modules = CommonJS(loader)
            core.commonJS = modules
            modules.native = machine.registerHost("require", length: 1) { (machine, given) throws(Thrown) in
                let core = try SandboxCore.of(machine)
                let resumed = machine.resumed(given)
                let call = resumed.call
                if let kept = resumed.kept {
                    core.endModule(machine.swiftString(call[0]), failed: kept == .true, machine)
                    return .undefined
                }
                let referrer = machine.nativeData(call, 0)
                guard call[0].isString else {
                    throw machine.typeError("The \"id\" argument must be of type string. Received \(machine.describe(call[0]))")
                }
                return try core.require(call, from: machine.swiftString(referrer), machine)
            }
            try core.place(try core.requireFunction(for: "", machine), at: "require", machine)
        }
    }
}

extension SandboxCore {
    fileprivate func requireFunction(for referrer: String, _ machine: Machine) throws(Thrown) -> Word {
        try machine.makeNativeClosure(commonJS?.native ?? 0, data: [try machine.makeString(referrer)])
    }

    /// The body of a module has been run. What failed may be tried again.
    fileprivate func endModule(_ key: String, failed: Bool, _ machine: Machine) {
        commonJS?.running.remove(key)
        if failed, let handle = commonJS?.modules.removeValue(forKey: key) { machine.releaseHandle(handle) }
    }

    /// Something has ended the program in the middle of these modules.
    func endModules(_ machine: Machine) {
        for key in commonJS?.running ?? [] { endModule(key, failed: true, machine) }
    }

    /// `module.exports` of a module, which runs the first time: in a frame, so the native goes on with that.
    fileprivate func require(_ call: NativeCall, from referrer: String, _ machine: Machine) throws(Thrown) -> Word {
        guard let commonJS else { throw machine.terminate(.corrupted) }
        let specifier = machine.swiftString(call[0])
        try machine.charge(192)
        let request = ModuleRequest(specifier: specifier, referrer: referrer)
        var found: ModuleSource?
        if case .direct(let find) = commonJS.loader.kind {
            do {
                found = try find(request)
            } catch {
                throw raise(error, machine)
            }
        }
        let key: String, text: String
        switch found {
        case .source(let source, let name), .json(let source, let name), .text(let source, let name):
            (key, text) = (name, source)
        case .compiled, nil:
            let from = referrer.isEmpty ? "" : "\nRequire stack:\n- \(referrer)"
            let error = try machine.makeError(.error, "Cannot find module '\(specifier)'\(from)")
            try machine.createDataPropertyOrThrow(error.offset, machine.key("code"), try machine.makeString("MODULE_NOT_FOUND"))
            throw machine.throwValue(error)
        }
        let exportsKey = machine.key("exports")
        if let known = commonJS.modules[key] {
            let module = machine.handleValue(known)
            if let exports = try machine.valueWithoutGuestCode(module, exportsKey) { return exports }
            return try machine.goOn(call, engine: .getElement, this: .undefined, [module, try machine.keyValue(exportsKey)])
        }
        let module = try machine.makeObject(), exports = try machine.makeObject()
        try machine.createDataPropertyOrThrow(module.offset, machine.key("id"), try machine.makeString(key))
        try machine.createDataPropertyOrThrow(module.offset, machine.key("filename"), try machine.makeString(key))
        try machine.createDataPropertyOrThrow(module.offset, machine.key("loaded"), .false)
        try machine.createDataPropertyOrThrow(module.offset, exportsKey, exports)
        let handle = machine.makeHandle(module)
        commonJS.modules[key] = handle
        do throws(Thrown) {
            if case .json = found {
                let units = Array(text.utf16)
                try machine.charge(units.count)
                var parser = JSONParser(machine: machine, text: try machine.flat(try machine.makeString(units: units)))
                try machine.put(module.offset, exportsKey, try parser.parse())
            } else if case .text = found {
                try machine.put(module.offset, exportsKey, try machine.makeString(text))
            } else {
                let function = try machine.run(try wrapper(text, key, machine), realm: realm)
                guard machine.isCallable(function) else { throw machine.syntaxError("Unexpected token in '\(key)'") }
                commonJS.running.insert(key)
                return try machine.goOn(
                    call, engine: .requireModule, this: .undefined,
                    [
                        call.callee, function, module, exports, try requireFunction(for: key, machine),
                        try machine.makeString(key), try machine.makeString(ModulePath.folder(of: key)),
                    ])
            }
        } catch {
            endModule(key, failed: true, machine)
            throw error
        }
        try machine.put(module.offset, machine.key("loaded"), .true)
        return try machine.get(module.offset, exportsKey)
    }

    /// The source as the body of a function; lines keep their numbers.
    private func wrapper(_ text: String, _ key: String, _ machine: Machine) throws(Thrown) -> ScriptTemplate {
        var units = Array(text.utf16)
        // A first line for shells is a comment.
        if units.starts(with: Array("#!".utf16)) { units.replaceSubrange(0..<2, with: Array("//".utf16)) }
        let source = Array("(function (exports, require, module, __filename, __dirname) { ".utf16) + units + Array("\n})".utf16)
        guard units.count <= limits.sourceLength else { throw machine.rangeError("Module '\(key)' is too long") }
        return try machine.compileGuest(SourceText(utf16: source, name: key), parse: .guest)
    }
}
