import TerrariumEngine

/// DisposableStack and AsyncDisposableStack (ECMA-262 §27.3, §27.4). Fields: whether it is disposed, and an array of
/// pairs of a value and the method that disposes of it.
extension RealmBuilder {
    func buildDisposableStacks() throws(Thrown) {
        try disposableStack(
            "DisposableStack", CellKind.disposableStack, .disposableStackPrototype, .disposableStack,
            dispose: "dispose", symbol: "@@dispose")
        try disposableStack(
            "AsyncDisposableStack", CellKind.asyncDisposableStack, .asyncDisposableStackPrototype, .asyncDisposableStack,
            dispose: "disposeAsync", symbol: "@@asyncDispose")
    }

    private func disposableStack(
        _ name: String, _ kind: UInt8, _ which: Intrinsic, _ source: SelfHostedSource, dispose: String, symbol: String
    ) throws(Thrown) {
        let prototype = try object()
        setIntrinsic(which, prototype)
        try constructor(
            Builtin(name, 0) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Constructor \(name) requires 'new'") }
                let parent = try machine.prototypeFromConstructor(call.newTarget, which)
                return try machine.makeDisposableStack(kind, prototype: parent)
            }, prototype: prototype,
            methods: [
                Builtin("get disposed", 0) { (machine, call) throws(Thrown) in
                    machine.field(try machine.collection(call, kind, "get \(name).prototype.disposed"), 0)
                },
                Builtin("move", 0) { (machine, call) throws(Thrown) in
                    let old = try machine.collection(call, kind, "\(name).prototype.move")
                    guard machine.field(old, 0) == .false else {
                        throw machine.referenceError("Cannot move elements from a disposed stack!")
                    }
                    let fresh = try machine.makeDisposableStack(kind, prototype: machine.intrinsic(which).offset)
                    machine.setField(fresh.offset, 1, machine.field(old, 1))
                    machine.setField(old, 0, .true)
                    machine.setField(old, 1, .undefined)
                    return fresh
                },
            ])
        try install(source, on: prototype)
        try define(prototype, symbol, try machine.get(prototype, key(dispose)))
        try define(prototype, "@@toStringTag", try machine.makeString(name), attributes: Attribute.configurable)
    }
}

extension Machine {
    fileprivate func makeDisposableStack(_ kind: UInt8, prototype: UInt32) throws(Thrown) -> Value {
        let stack = try allocateObject(kind: kind, prototype: prototype, fields: 2)
        setField(stack, 0, .false)
        setField(stack, 1, try makeArray([]))
        return Value(object: stack)
    }
}

extension SelfHostedSource {
    private static func common(_ name: String, _ kind: UInt8) -> String {
        """
        function check(stack, name) { if (!$hasKind(stack, \(kind)))
          $typeError("Method \(name).prototype." + name + " called on incompatible receiver " + $describe(stack)); }
        function open(stack, name) { check(stack, name);
          if ($field(stack, 0)) $referenceError("Cannot add values to a disposed stack!");
          return $field(stack, 1); }
        function add(list, value, method) { $append(list, value); $append(list, method); }
        function adopt(value, f) { const list = open(this, "adopt");
          if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          add(list, undefined, () => $call(f, undefined, value));
          return value; }
        function defer(f) { const list = open(this, "defer");
          if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          add(list, undefined, f); }

        """
    }

    static let disposableStack = SelfHostedSource(
        name: "disposableStack",
        functions: [Function("adopt", 2), Function("defer", 1), Function("dispose", 0), Function("use", 1)],
        text: common("DisposableStack", CellKind.disposableStack) + """
            function use(value) { const list = open(this, "use");
              if (value === undefined || value === null) return value;
              if (!$isObject(value)) $typeError("Symbol.dispose is not a function");
              const method = $getMethod(value, $symbol(\(WellKnownSymbol.dispose.rawValue)));
              if (method === undefined) $typeError("Symbol.dispose is not a function");
              add(list, value, method);
              return value; }
            function dispose() { check(this, "dispose");
              if ($field(this, 0)) return;
              const list = $field(this, 1); let failed = false, reason;
              $setField(this, 0, true);
              $setField(this, 1, undefined);
              for (let k = list.length - 2; k >= 0; k -= 2) {
                try { $call(list[k + 1], list[k]); }
                catch (error) { reason = failed ? $suppressedError(error, reason) : error; failed = true; } }
              if (failed) throw reason; }
            """)

    static let asyncDisposableStack = SelfHostedSource(
        name: "asyncDisposableStack",
        functions: [Function("adopt", 2), Function("defer", 1), Function("disposeAsync", 0), Function("use", 1)],
        text: common("AsyncDisposableStack", CellKind.asyncDisposableStack) + """
            function use(value) { const list = open(this, "use");
              if (value === undefined || value === null) { add(list, undefined, undefined); return value; }
              if (!$isObject(value)) $typeError("Symbol.asyncDispose is not a function");
              let method = $getMethod(value, $symbol(\(WellKnownSymbol.asyncDispose.rawValue)));
              if (method === undefined) { const f = $getMethod(value, $symbol(\(WellKnownSymbol.dispose.rawValue)));
                if (f === undefined) $typeError("Symbol.asyncDispose is not a function");
                method = async () => { $call(f, value); }; }
              add(list, value, method);
              return value; }
            async function disposeAsync() { check(this, "disposeAsync");
              if ($field(this, 0)) return;
              const list = $field(this, 1); let failed = false, reason, needsAwait = false, hasAwaited = false;
              $setField(this, 0, true);
              $setField(this, 1, undefined);
              for (let k = list.length - 2; k >= 0; k -= 2) { const method = list[k + 1];
                if (method === undefined) { needsAwait = true; continue; }
                try { const result = $call(method, list[k]);
                  hasAwaited = true;
                  await result; }
                catch (error) { reason = failed ? $suppressedError(error, reason) : error; failed = true; } }
              if (needsAwait && !hasAwaited) await undefined;
              if (failed) throw reason; }
            """)
}
