import TerrariumEngine

/// What natives of the library go on with where guest code has to run in the middle of them; they are called again with
/// its results behind MARK (`Machine.resumed`). A part of `engineFunctions`, whose functions are used here.
extension SelfHostedSource {
    static let libraryFunctions = """

        const MARK = $intrinsic(\(Intrinsic.stepDone.rawValue)), MATCH = $symbol(\(WellKnownSymbol.match.rawValue));
        function converted(v, kind) {
          if (kind === 4) return $toBigInt(primitive(v, "number"));
          if (kind === 0 || v === undefined) return v;
          if (kind === 1) return +primitive(v, "number");
          return kind === 2 ? $toString(primitive(v, "string")) : primitive(v, "number"); }
        function convertAll(list, kinds) {
          for (let k = 0; kinds !== 0 && k < list.length; k++) { list[k] = converted(list[k], kinds & 7); kinds >>= 3; } }
        function callAgain(f, self, list, state) { $append(list, MARK); $append(list, state); return $apply(f, self, list); }
        function constructAgain(f, newTarget, list, state) {
          $append(list, MARK); $append(list, state); return $constructWith(f, list, newTarget); }
        function coerceAndCallAgain(f, self, list, kinds, state) { convertAll(list, kinds); return callAgain(f, self, list, state); }
        function coerceAndConstructAgain(f, newTarget, list, kinds, state) {
          convertAll(list, kinds); return constructAgain(f, newTarget, list, state); }
        function readAndCallAgain(f, self, list, object, key, kind, state) {
          $append(state, converted(object[key], kind)); return callAgain(f, self, list, state); }
        function readAndConstructAgain(f, newTarget, list, object, key, kind, state) {
          $append(state, converted(object[key], kind)); return constructAgain(f, newTarget, list, state); }
        function speciesOf(o, fallback) {
          const C = o.constructor;
          if (C === undefined) return fallback;
          if (!$isObject(C)) $typeError("The .constructor property is not an object");
          const species = C[SPECIES];
          if (species === undefined || species === null) return fallback;
          if (!$isConstructor(species)) $typeError("object.constructor[Symbol.species] is not a constructor");
          return species; }
        function speciesAndCallAgain(f, self, list, o, fallback, args, state) {
          const C = speciesOf(o, fallback);
          $append(state, $constructWith(C, args, C));
          return callAgain(f, self, list, state); }

        function methodOrCallAgain(f, self, list, key, isBinary) {
          const x = list[0], g = method(x, key);
          if (g === undefined) return callAgain(f, self, list, true);
          return isBinary ? $call(g, x, self, list.length > 1 ? list[1] : undefined) : $call(g, x, self); }
        function isRegExp(x) { const m = x[MATCH]; return m === undefined ? $hasKind(x, \(CellKind.regExp)) : !!m; }
        function invoke(x, key, v) { const f = x[key];
          if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
          return $call(f, x, v); }
        function requireGlobalAndCallAgain(f, self, list, name) {
          const x = list[0];
          if (isRegExp(x)) { const flags = x.flags;
            if (flags === undefined || flags === null || $stringIndexOf(toText(flags), "g") < 0)
              $typeError("String.prototype." + name + " called with a non-global RegExp argument"); }
          return callAgain(f, self, list, false); }
        function searchTextAndCall(f, self, list, name) {
          if (isRegExp(list[0])) $typeError("First argument to String.prototype." + name + " must not be a regular expression");
          convertAll(list, 10);
          return $apply(f, self, list); }
        function splitParts(f, self, list) {
          self = toText(self);
          let separator = list[0];
          const limit = +primitive(list[1], "number");
          if (separator !== undefined) separator = toText(separator);
          return $call(f, self, separator, limit); }
        function codePoints(f, list) { let text = "";
          for (let k = 0; k < list.length; k++) text += $call(f, undefined, +primitive(list[k], "number"));
          return text; }
        function requireModule(f, body, module, exports, require, key, folder) {
          let failed = true;
          try { $call(body, exports, exports, require, module, key, folder); failed = false; }
          finally { $call(f, undefined, key, MARK, failed); }
          module.loaded = true;
          return module.exports; }
        function textsAndCall(f, list) {
          for (let k = 0; k < list.length; k++) if ($isObject(list[k])) list[k] = toText(list[k]);
          return $apply(f, undefined, list); }
        function localeText() { return this.toString(); }

        function typedCreateWith(C, n) {
          const array = new C(n);
          if ($typedLength(array, "from") < n) $typeError("Derived TypedArray constructor created an array which was too small");
          return array; }
        function typedSpecies(o, n) {
          const array = typedCreateWith(speciesOf(o, $typedConstructor(o)), n);
          if ($typedIsBigInt(array) !== $typedIsBigInt(o)) $typeError("Content type of source and derived typed arrays differ");
          return array; }
        function typedOf(...list) {
          const array = typedCreateWith(this, list.length);
          for (let k = 0; k < list.length; k++) $set(array, k, list[k]);
          return array; }
        function typedConstructFrom(sample, list) { return typedConstruct(sample, list, method(list, ITERATOR)); }
        function typedStoreOn(array, index, x) { array[index] = element(x, $typedIsBigInt(array)); return true; }

        function lengthFrom(x) { return $toLength(+primitive(x, "number")); }
        function integerFrom(x) { return $toIntegerOrInfinity(+primitive(x, "number")); }
        function arrayNext() {
          const o = $field(this, 0), k = $field(this, 1), gives = $field(this, 2);
          if (k >= $lengthOf(o)) { $setField(this, 0, undefined); return { value: undefined, done: true }; }
          $setField(this, 1, k + 1);
          if (gives === 0) return { value: k, done: false };
          const value = o[k];
          return { value: gives === 1 ? value : [k, value], done: false }; }
        function arrayOf(...list) {
          const C = this, n = list.length, array = $isConstructor(C) ? new C(n) : [];
          for (let k = 0; k < n; k++) $createDataProperty(array, k, list[k]);
          array.length = n;
          return array; }
        function arrayText(name) { const join = this.join;
          return $isCallable(join) ? $call(join, this) : $call(tagged, this, name); }

        function regExpExecAt(rx, text) { return $regExpExec(rx, text, +primitive(rx.lastIndex, "number")); }
        function regExpFlags() {
          return (this.hasIndices ? "d" : "") + (this.global ? "g" : "") + (this.ignoreCase ? "i" : "") + (this.multiline ? "m" : "")
            + (this.dotAll ? "s" : "") + (this.unicode ? "u" : "") + (this.unicodeSets ? "v" : "") + (this.sticky ? "y" : ""); }
        function regExpText() { const source = toText(this.source); return "/" + source + "/" + toText(this.flags); }
        function partsOf(x, isPattern, flags) {
          let source = x;
          if (!$hasKind(x, \(CellKind.regExp))) {
            if (isPattern) { source = x.source; if (flags === undefined) flags = x.flags; }
            if (source !== undefined) source = toText(source); }
          if (flags !== undefined) flags = toText(flags);
          return [source, flags]; }
        function regExpParts(f, x, flags) {
          const isPattern = isRegExp(x);
          if (isPattern && flags === undefined && x.constructor === f) return x;
          return callAgain(f, undefined, partsOf(x, isPattern, flags), true); }
        function regExpConstructParts(f, newTarget, x, flags, isKnown) {
          const isPattern = $isObject(x) && isRegExp(x); let source = x;
          if (isPattern && !$hasKind(x, \(CellKind.regExp))) { source = x.source; if (flags === undefined) flags = x.flags; }
          const target = isKnown ? newTarget : $newTarget(newTarget, newTarget.prototype);
          return constructAgain(f, target, partsOf(source, false, flags), true); }

        function proxyApplied(proxy, self, list) {
          const handler = $field(proxy, 1), target = $field(proxy, 0), trap = handler.apply;
          if (trap === undefined || trap === null) return $apply(target, self, list);
          if (!$isCallable(trap)) notCallable(trap, "apply", handler);
          return $call(trap, handler, target, self, list); }
        function proxyConstructed(proxy, newTarget, list) {
          const handler = $field(proxy, 1), target = $field(proxy, 0), trap = handler.construct;
          if (trap === undefined || trap === null) return $constructWith(target, list, newTarget);
          if (!$isCallable(trap)) notCallable(trap, "construct", handler);
          return proxyConstruct(trap, handler, target, list, newTarget); }
        """
}

extension SelfHostedSource {
    /// A part of `objectGenerics`: what operations on proxies go on with.
    static let proxyFunctions = """

        function checkGet(target, key, value) { $checkGotten(key, ownOf(target, key), value); }
        function checkSet(target, key, value) { $checkAssigned(key, ownOf(target, key), value); }
        function checkHas(target, key) { const own = ownOf(target, key);
          if (own === undefined) return;
          if (!own.configurable) fault("has", "trap returned falsish for property '" + $describe(key) + "' which exists in the proxy target as non-configurable");
          if (!extensibility(target)) fault("has", "trap returned falsish for property '" + $describe(key) + "' but the proxy target is not extensible"); }
        function checkDelete(target, key) { const own = ownOf(target, key);
          if (own === undefined) return;
          if (!own.configurable) fault("deleteProperty", "trap returned truish for property '" + $describe(key) + "' which is non-configurable in the proxy target");
          if (!extensibility(target)) fault("deleteProperty", "trap returned truish for property '" + $describe(key) + "' but the proxy target is non-extensible"); }
        function dataProperty(value) { return { __proto__: null, value, writable: true, enumerable: true, configurable: true }; }
        function createOn(o, key, value) { return define(o, $toPropertyKey(key), dataProperty(value)); }
        function createOrThrow(o, key, value) { defineOrThrow(o, $toPropertyKey(key), dataProperty(value)); }
        function setThrough(o, key, value, receiver) {
          let own;
          for (; o !== null && own === undefined; o = $plainPrototype(o)) {
            if (isProxy(o)) return $setOn(o, key, value, receiver);
            own = $plainOwn(o, key); }
          if (own !== undefined) {
            if (!("value" in own)) {
              if (own.set === undefined) return false;
              $call(own.set, receiver, value);
              return true; }
            if (!own.writable) return false; }
          own = ownOf(receiver, key);
          if (own === undefined) return define(receiver, key, dataProperty(value));
          return "value" in own && own.writable ? define(receiver, key, { __proto__: null, value }) : false; }
        function setThroughStrictly(o, key, value, receiver) {
          if (!setThrough(o, key, value, receiver)) $cannotAssign(receiver, key); }

        function defineAccessor(o, key, f, isSetter) { key = $toPropertyKey(key);
          const d = { __proto__: null, enumerable: true, configurable: true };
          if (isSetter) d.set = f; else d.get = f;
          defineOrThrow(o, key, d); }
        function lookupAccessor(o, key, isSetter) { key = $toPropertyKey(key);
          for (; o !== null; o = prototypeOf(o)) { const d = ownOf(o, key);
            if (d !== undefined) return isSetter ? d.set : d.get; } }
        function setOwn(o, key, value) { if (ownOf(o, key) === undefined) createOrThrow(o, key, value); else o[key] = value; }
        function bindParts(f, self, list) {
          const prototype = prototypeOf(self);
          let length;
          if (ownOf(self, "length") !== undefined) length = self.length;
          const name = self.name;
          $append(list, $intrinsic(\(Intrinsic.stepDone.rawValue)));
          $append(list, [length, name, prototype]);
          return $apply(f, self, list); }
        """
}
