import TerrariumEngine

/// Functions of Object, Object.prototype and Reflect (ECMA-262 §20.1, §28.1) for any object. Their natives go on with these
/// where a proxy or an accessor is involved, so that guest code that runs inside has no Swift frame below it.
enum ObjectGeneric: String, CaseIterable {
    case getPrototypeOf, setPrototypeOf, defineProperty, defineProperties, getOwnPropertyDescriptor, getOwnPropertyDescriptors
    case getOwnPropertyNames, getOwnPropertySymbols, keys, values, entries, assign, freeze, seal, preventExtensions
    case isFrozen, isSealed, isExtensible, hasOwn, hasOwnProperty, isPrototypeOf, propertyIsEnumerable
    case fromEntries, assignRest
    case reflectApply, reflectDefineProperty, reflectDeleteProperty, reflectGet, reflectSet, reflectHas, reflectOwnKeys
    case reflectSetPrototypeOf, reflectPreventExtensions, reflectConstruct
    case defineAccessor, lookupAccessor, setOwn, bindParts

    var isReflect: Bool { name != rawValue }

    private static let all = Array(allCases)
    /// Its place in the realm's list.
    var number: UInt32 { UInt32(truncatingIfNeeded: ObjectGeneric.all.firstIndex(of: self) ?? 0) }

    /// As it is called by the guest.
    var name: String {
        switch self {
        case .reflectApply: "apply"
        case .reflectDefineProperty: "defineProperty"
        case .reflectDeleteProperty: "deleteProperty"
        case .reflectGet: "get"
        case .reflectSet: "set"
        case .reflectHas: "has"
        case .reflectOwnKeys: "ownKeys"
        case .reflectSetPrototypeOf: "setPrototypeOf"
        case .reflectPreventExtensions: "preventExtensions"
        case .reflectConstruct: "construct"
        default: rawValue
        }
    }
}

extension RealmBuilder {
    /// Functions that go on with their general form where that is needed.
    static func framed(_ builtins: [Builtin], isReflect: Bool = false) -> [Builtin] {
        // Some functions of Reflect are those of Object, with their own checks of the arguments.
        let shared: [String: ObjectGeneric] = [
            "getPrototypeOf": .getPrototypeOf, "getOwnPropertyDescriptor": .getOwnPropertyDescriptor, "isExtensible": .isExtensible,
        ]
        var generics: [String: ObjectGeneric] = isReflect ? shared : [:]
        for generic in ObjectGeneric.allCases where generic.isReflect == isReflect { generics[generic.name] = generic }
        return builtins.map { builtin in
            guard let generic = generics[builtin.name] else { return builtin }
            return Builtin(builtin.name, builtin.length, price: builtin.price) { (machine, call) throws(Thrown) in
                if try machine.needsFrames(generic, call) { return try machine.goOn(call, generic: generic) }
                if let again = try machine.coerce(call, builtin.coercions) { return again }
                return try builtin.body(machine, call)
            }
        }
    }
}

extension Machine {
    /// Whether a call may have to run guest code. Arguments that the native refuses are left to it.
    fileprivate func needsFrames(_ generic: ObjectGeneric, _ call: NativeCall) throws(Thrown) -> Bool {
        switch generic {
        case .hasOwnProperty, .propertyIsEnumerable: isProxy(call.this) || call[0].isObject
        case .assign: (0..<call.argumentCount).contains { isProxy(call[$0]) } && !call[0].isNullish
        case .hasOwn, .getOwnPropertyDescriptor: isProxy(call[0]) || call[0].isObject && call[1].isObject
        case .defineProperty, .reflectDefineProperty:
            if !call[0].isObject { false }
            else if isProxy(call[0]) || call[1].isObject || !isPlainDescriptor(call[2]) { true }
            else { try definesCoerced(call) }
        case .defineProperties: call[0].isObject && (isProxy(call[0]) || isProxy(call[1]))
        case .reflectGet, .reflectSet, .reflectDeleteProperty: call[0].isObject && (isProxy(call[0]) || call[1].isObject)
        case .reflectHas: try call[0].isObject ? call[1].isObject ? true : meetsProxy(call[0].offset) : false
        case .fromEntries: !call[0].isNullish
        case .reflectConstruct: isConstructor(call[0]) && (call.argumentCount < 3 || isConstructor(call[2]))
        case .reflectApply: false
        case .isPrototypeOf: try call[0].isObject ? meetsProxy(call[0].offset) : false
        default: isProxy(call[0])
        }
    }

    /// Goes on with a function for any object, with the callee's this and arguments.
    func goOn(_ call: NativeCall, generic: ObjectGeneric) throws(Thrown) -> Value {
        goOn(call, as: try function(of: generic))
    }

    /// As above with other arguments.
    func goOn(_ call: NativeCall, generic: ObjectGeneric, _ arguments: [Value]) throws(Thrown) -> Value {
        try goOn(call, try function(of: generic), this: .undefined, arguments)
    }

    private func function(of generic: ObjectGeneric) throws(Thrown) -> Value {
        var list = intrinsic(.objectGenerics)
        if list.isUndefined {
            list = try SelfHostedSource.objectGenerics.functions(self, currentRealm)
            setRealmValue(currentRealm, .objectGenerics, list)
        }
        return listValue(list, UInt32(truncatingIfNeeded: ObjectFunction.allCases.count) &+ generic.number)
    }

    /// Whether what is defined is an object that is coerced.
    private func definesCoerced(_ call: NativeCall) throws(Thrown) -> Bool {
        guard call[2].isObject else { return false }
        return try definitionCoerces(call[0], call[1], try valueWithoutGuestCode(call[2], key(.value)) ?? call[2])
    }

    /// CreateListFromArrayLike as far as it runs no guest code; nil when that has to be asked.
    func plainList(_ list: Value) throws(Thrown) -> [Value]? {
        guard list.isObject else { throw typeError("CreateListFromArrayLike called on non-object") }
        guard let lengthValue = try valueWithoutGuestCode(list, key(.length)), !lengthValue.isObject else { return nil }
        let length = try lengthOfArrayLike(list.offset)
        guard length < Machine.maximumArguments else { throw rangeError("Invalid array length") }
        if let dense = denseElements(list.offset, count: length) {
            try charge(length)
            return dense
        }
        var values: [Value] = []
        values.reserveCapacity(length)
        for index in 0..<UInt32(truncatingIfNeeded: length) {
            guard let value = try valueWithoutGuestCode(list, PropertyKey(index: index)) else { return nil }
            values.append(value)
        }
        try charge(length)
        return values
    }

    func isProxy(_ value: Value) -> Bool { value.isObject && kind(of: value.offset) == CellKind.proxy }
}

extension SelfHostedSource {
    static let objectGenerics = SelfHostedSource(
        name: "objectGenerics",
        functions: ObjectFunction.allCases.map { Function("\($0)", 0) } + ObjectGeneric.allCases.map { Function($0.name, 0, $0.rawValue) },
        text: """
            function handlerOf(p, name) { const handler = $field(p, 1);
              if (!$isObject(handler)) $typeError("Cannot perform '" + name + "' on a proxy that has been revoked");
              return handler; }
            function trapOf(handler, name) { const trap = handler[name];
              if (trap === undefined || trap === null) return undefined;
              if (!$isCallable(trap)) $typeError("'" + $describe(trap) + "' returned for property '" + name + "' of object '" + $describe(handler) + "' is not a function");
              return trap; }
            function fault(name, text) { $typeError("'" + name + "' on proxy: " + text); }
            function isProxy(o) { return $hasKind(o, \(CellKind.proxy)); }

            function allKeys(o) { o = $withoutTraps(o, "ownKeys");
              while (isProxy(o)) {
                const handler = handlerOf(o, "ownKeys"), target = $field(o, 0), trap = trapOf(handler, "ownKeys");
                if (trap === undefined) { o = target; continue; }
                const result = $call(trap, handler, target);
                if (!$isObject(result)) $typeError("CreateListFromArrayLike called on non-object");
                const n = $lengthOf(result), keys = [], fixed = [], loose = [];
                for (let i = 0; i < n; i++) { const key = result[i];
                  if (typeof key !== "string" && typeof key !== "symbol") $typeError($describe(key) + " is not a valid property name");
                  $append(keys, key); }
                $checkUnique(keys);
                const extensible = extensibility(target), own = allKeys(target);
                for (let i = 0; i < own.length; i++) { const d = ownOf(target, own[i]);
                  if (d !== undefined && !d.configurable) $append(fixed, own[i]); else $append(loose, own[i]); }
                $checkKeys(keys, extensible, fixed, loose);
                return keys; }
              return $plainKeys(o); }
            function ownOf(o, key) { o = $withoutTraps(o, "getOwnPropertyDescriptor");
              while (isProxy(o)) { const name = "getOwnPropertyDescriptor";
                const handler = handlerOf(o, name), target = $field(o, 0), trap = trapOf(handler, name);
                if (trap === undefined) { o = target; continue; }
                const result = $call(trap, handler, target, key);
                if (result !== undefined && !$isObject(result)) fault(name, "trap returned neither object nor undefined for property '" + $describe(key) + "'");
                const own = ownOf(target, key);
                if (result === undefined) {
                  if (own === undefined) return undefined;
                  if (!own.configurable) fault(name, "trap returned undefined for property '" + $describe(key) + "' which is non-configurable in the proxy target");
                  if (!extensibility(target)) fault(name, "trap returned undefined for property '" + $describe(key) + "' which exists in the non-extensible proxy target");
                  return undefined; }
                const extensible = extensibility(target);
                return $checkOwn(key, extensible, descriptor(result), own); }
              return $plainOwn(o, key); }
            function define(o, key, d) { o = $withoutTraps(o, "defineProperty");
              while (isProxy(o)) {
                const handler = handlerOf(o, "defineProperty"), target = $field(o, 0), trap = trapOf(handler, "defineProperty");
                if (trap === undefined) { o = target; continue; }
                if (!$call(trap, handler, target, key, $descriptorObject(d))) return false;
                const own = ownOf(target, key);
                $checkDefine(key, extensibility(target), d, own);
                return true; }
              if (key === "length" && $isObject(d.value) && $hasKind(o, \(CellKind.array))) return setArrayLength(o, key, d);
              return $plainDefine(o, key, d); }
            function defineOrThrow(o, key, d) { if (!define(o, key, d)) $cannotDefine(o, key); }
            function prototypeOf(o) { o = $withoutTraps(o, "getPrototypeOf");
              while (isProxy(o)) {
                const handler = handlerOf(o, "getPrototypeOf"), target = $field(o, 0), trap = trapOf(handler, "getPrototypeOf");
                if (trap === undefined) { o = target; continue; }
                const result = $call(trap, handler, target);
                if (!$isObject(result) && result !== null) fault("getPrototypeOf", "trap returned neither object nor null");
                if (!extensibility(target) && prototypeOf(target) !== result)
                  fault("getPrototypeOf", "proxy target is non-extensible but the trap did not return its actual prototype");
                return result; }
              return $plainPrototype(o); }
            function changePrototype(o, p) { o = $withoutTraps(o, "setPrototypeOf");
              while (isProxy(o)) {
                const handler = handlerOf(o, "setPrototypeOf"), target = $field(o, 0), trap = trapOf(handler, "setPrototypeOf");
                if (trap === undefined) { o = target; continue; }
                if (!$call(trap, handler, target, p)) return false;
                if (!extensibility(target) && prototypeOf(target) !== p)
                  fault("setPrototypeOf", "trap returned truish for setting a new prototype on the non-extensible proxy target");
                return true; }
              return $plainSetPrototype(o, p); }
            function extensibility(o) { o = $withoutTraps(o, "isExtensible");
              while (isProxy(o)) {
                const handler = handlerOf(o, "isExtensible"), target = $field(o, 0), trap = trapOf(handler, "isExtensible");
                if (trap === undefined) { o = target; continue; }
                const result = !!$call(trap, handler, target);
                if (extensibility(target) !== result)
                  fault("isExtensible", "trap result does not reflect extensibility of proxy target (which is '" + !result + "')");
                return result; }
              return $plainIsExtensible(o); }
            function close(o) { o = $withoutTraps(o, "preventExtensions");
              while (isProxy(o)) {
                const handler = handlerOf(o, "preventExtensions"), target = $field(o, 0), trap = trapOf(handler, "preventExtensions");
                if (trap === undefined) { o = target; continue; }
                const result = !!$call(trap, handler, target);
                if (result && extensibility(target)) fault("preventExtensions", "trap returned truish but the proxy target is extensible");
                return result; }
              return $plainPreventExtensions(o); }
            function remove(o, key) { o = $withoutTraps(o, "deleteProperty");
              while (isProxy(o)) {
                const handler = handlerOf(o, "deleteProperty"), target = $field(o, 0), trap = trapOf(handler, "deleteProperty");
                if (trap === undefined) { o = target; continue; }
                if (!$call(trap, handler, target, key)) return false;
                const own = ownOf(target, key);
                if (own !== undefined) {
                  if (!own.configurable) fault("deleteProperty", "trap returned truish for property '" + $describe(key) + "' which is non-configurable in the proxy target");
                  if (!extensibility(target)) fault("deleteProperty", "trap returned truish for property '" + $describe(key) + "' but the proxy target is non-extensible"); }
                return true; }
              return $tryDelete(o, key); }
            function descriptor(a) {
              if (!$isObject(a)) $typeError("Property description must be an object: " + $describe(a));
              const d = { __proto__: null };
              if ("enumerable" in a) d.enumerable = !!a.enumerable;
              if ("configurable" in a) d.configurable = !!a.configurable;
              if ("value" in a) d.value = a.value;
              if ("writable" in a) d.writable = !!a.writable;
              if ("get" in a) { const f = a.get; if (f !== undefined && !$isCallable(f)) $typeError("Getter must be a function: " + $describe(f)); d.get = f; }
              if ("set" in a) { const f = a.set; if (f !== undefined && !$isCallable(f)) $typeError("Setter must be a function: " + $describe(f)); d.set = f; }
              if (("get" in d || "set" in d) && ("value" in d || "writable" in d))
                $typeError("Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, " + $describe(a));
              return d; }
            function enumerable(o, take) { const keys = allKeys(o), result = [];
              for (let i = 0; i < keys.length; i++) { const key = keys[i];
                if (typeof key === "string") { const d = ownOf(o, key); if (d !== undefined && d.enumerable) $append(result, take(o, key)); } }
              return result; }
            function restrict(o, freezes) {
              if (!close(o)) return false;
              const keys = allKeys(o);
              for (let i = 0; i < keys.length; i++) { const key = keys[i];
                const d = { __proto__: null, configurable: false };
                if (freezes) { const own = ownOf(o, key); if (own === undefined) continue; if ("value" in own) d.writable = false; }
                defineOrThrow(o, key, d); }
              return true; }
            function isRestricted(o, frozen) {
              if (extensibility(o)) return false;
              const keys = allKeys(o);
              for (let i = 0; i < keys.length; i++) { const d = ownOf(o, keys[i]);
                if (d !== undefined && (d.configurable || (frozen && "value" in d && d.writable))) return false; }
              return true; }
            function defineAll(o, list) { const from = $toObject(list), keys = allKeys(from), found = [];
              for (let i = 0; i < keys.length; i++) { const d = ownOf(from, keys[i]);
                if (d !== undefined && d.enumerable) { $append(found, keys[i]); $append(found, descriptor(from[keys[i]])); } }
              for (let i = 0; i < found.length; i += 2) defineOrThrow(o, found[i], found[i + 1]); }
            function checkPrototype(p) { if (!$isObject(p) && p !== null) $typeError("Object prototype may only be an Object or null: " + $describe(p)); }
            function checkObject(o, name) { if (!$isObject(o)) $typeError(name + " called on non-object"); }

            function getPrototypeOf(o) { return prototypeOf($toObject(o)); }
            function setPrototypeOf(o, p) { checkPrototype(p); if (!changePrototype(o, p)) $prototypeRefused(o, p); return o; }
            function defineProperty(o, key, a) { key = $toPropertyKey(key); defineOrThrow(o, key, descriptor(a)); return o; }
            function defineProperties(o, list) { defineAll(o, list); return o; }
            function getOwnPropertyDescriptor(o, key) { o = $toObject(o); return $descriptorObject(ownOf(o, $toPropertyKey(key))); }
            function getOwnPropertyDescriptors(o) { o = $toObject(o); const keys = allKeys(o), result = {};
              for (let i = 0; i < keys.length; i++) { const d = ownOf(o, keys[i]); if (d !== undefined) $createDataProperty(result, keys[i], $descriptorObject(d)); }
              return result; }
            function getOwnPropertyNames(o) { const keys = allKeys($toObject(o)), result = [];
              for (let i = 0; i < keys.length; i++) if (typeof keys[i] === "string") $append(result, keys[i]);
              return result; }
            function getOwnPropertySymbols(o) { const keys = allKeys($toObject(o)), result = [];
              for (let i = 0; i < keys.length; i++) if (typeof keys[i] === "symbol") $append(result, keys[i]);
              return result; }
            function keys(o) { return enumerable($toObject(o), (o, key) => key); }
            function values(o) { return enumerable($toObject(o), (o, key) => o[key]); }
            function entries(o) { return enumerable($toObject(o), (o, key) => [key, o[key]]); }
            function assign(target, ...sources) { const to = $toObject(target);
              for (let k = 0; k < sources.length; k++) { const source = sources[k];
                if (source === undefined || source === null) continue;
                const from = $toObject(source), keys = allKeys(from);
                for (let i = 0; i < keys.length; i++) { const d = ownOf(from, keys[i]);
                  if (d !== undefined && d.enumerable) to[keys[i]] = from[keys[i]]; } }
              return to; }
            function assignRest(to, from, keys, sources) {
              for (let i = 0; i < keys.length; i++) { const d = ownOf(from, keys[i]);
                if (d !== undefined && d.enumerable) to[keys[i]] = from[keys[i]]; }
              return $apply(assign, undefined, sources); }

            function forInKeys(o) { const names = [], seen = $newTable(false);
              for (; o !== null; o = prototypeOf(o)) { const keys = allKeys(o);
                for (let i = 0; i < keys.length; i++) { const key = keys[i];
                  if (typeof key !== "string" || $tableHas(seen, key)) continue;
                  const d = ownOf(o, key);
                  if (d === undefined) continue;
                  $tableSet(seen, key, key);
                  if (d.enumerable) $append(names, key); } }
              return $enumeration(names); }
            function copyProperties(to, from, keys, excluded) {
              const all = keys === undefined ? allKeys(from) : keys;
              for (let i = 0; i < all.length; i++) { const key = all[i]; let taken = false;
                if (keys === undefined) for (let j = 0; j < excluded.length && !taken; j++) taken = excluded[j] === key;
                if (taken) continue;
                const d = ownOf(from, key);
                if (d !== undefined && d.enumerable) $createDataProperty(to, key, from[key]); } }
            function instanceOf(v, C) { const f = C[$symbol(\(WellKnownSymbol.hasInstance.rawValue))];
              if (f !== undefined && f !== null) {
                if (!$isCallable(f)) $typeError($describeSite(f) + " is not a function");
                return !!$call(f, C, v); }
              if (!$isCallable(C)) $typeError("Right-hand side of 'instanceof' is not callable");
              return ordinaryInstance(C, v); }
            function ordinaryInstance(C, v) {
              if (!$isCallable(C)) return false;
              if ($hasKind(C, \(CellKind.boundFunction))) return v instanceof $field(C, 0);
              if (!$isObject(v)) return false;
              const prototype = C.prototype;
              if (!$isObject(prototype)) $typeError("Function has non-object prototype '" + $describe(prototype) + "' in instanceof check");
              for (v = prototypeOf(v); v !== null; v = prototypeOf(v)) if (v === prototype) return true;
              return false; }
            \(languageObjectFunctions)
            function setArrayLength(o, key, d) {
              // ArraySetLength coerces twice.
              const x = d.value, n = $toNumber(x) >>> 0;
              if (n !== $toNumber(x)) $rangeError("Invalid array length");
              d.value = n;
              return $plainDefine(o, key, d); }
            function freeze(o) { if (!restrict(o, true)) fault("preventExtensions", "trap returned falsish"); return o; }
            function seal(o) { if (!restrict(o, false)) fault("preventExtensions", "trap returned falsish"); return o; }
            function preventExtensions(o) { if (!close(o)) fault("preventExtensions", "trap returned falsish"); return o; }
            function isFrozen(o) { return isRestricted(o, true); }
            function isSealed(o) { return isRestricted(o, false); }
            function isExtensible(o) { return extensibility(o); }
            function hasOwn(o, key) { o = $toObject(o); return ownOf(o, $toPropertyKey(key)) !== undefined; }
            function hasOwnProperty(key) { key = $toPropertyKey(key); return ownOf($toObject(this), key) !== undefined; }
            function isPrototypeOf(v) { const o = $toObject(this);
              for (let p = prototypeOf(v); p !== null; p = prototypeOf(p)) if (p === o) return true;
              return false; }
            function propertyIsEnumerable(key) { key = $toPropertyKey(key); const d = ownOf($toObject(this), key); return d !== undefined && d.enumerable; }
            function fromEntries(list) { const result = {};
              for (const entry of list) {
                if (!$isObject(entry)) $typeError("Iterator value " + $describe(entry) + " is not an entry object");
                const key = entry[0], value = entry[1];
                const name = $toPropertyKey(key);
                $createDataProperty(result, name, value); }
              return result; }
            function listOf(list) {
              if (!$isObject(list)) $typeError("CreateListFromArrayLike called on non-object");
              const n = $lengthOf(list), values = [];
              if (n >= \(Machine.maximumArguments)) $rangeError("Invalid array length");
              for (let i = 0; i < n; i++) $append(values, list[i]);
              return values; }
            function reflectApply(f, self, list) { return $apply(f, self, listOf(list)); }
            function reflectConstruct(f, list, ...rest) { return $constructWith(f, listOf(list), rest.length === 0 ? f : rest[0]); }
            function reflectDefineProperty(o, key, a) { key = $toPropertyKey(key); return define(o, key, descriptor(a)); }
            function reflectDeleteProperty(o, key) { return remove(o, $toPropertyKey(key)); }
            function reflectGet(o, key, ...rest) { key = $toPropertyKey(key); return $getFrom(o, key, rest.length === 0 ? o : rest[0]); }
            function reflectSet(o, key, value, ...rest) { key = $toPropertyKey(key); return $setOn(o, key, value, rest.length === 0 ? o : rest[0]); }
            function reflectHas(o, key) { return $toPropertyKey(key) in o; }
            function reflectOwnKeys(o) { return allKeys(o); }
            function reflectSetPrototypeOf(o, p) { checkPrototype(p); return changePrototype(o, p); }
            function reflectPreventExtensions(o) { return close(o); }
            """ + proxyFunctions)
}
