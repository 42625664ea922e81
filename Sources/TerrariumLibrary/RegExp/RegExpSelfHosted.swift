import TerrariumEngine

/// The methods of RegExp.prototype that may call guest code (ECMA-262 §22.2.6, §22.2.9). Unmodified regular expressions
/// take one operation of the engine.
extension SelfHostedSource {
    static let regExpMethods = SelfHostedSource(
        name: "regExpMethods",
        functions: [
            Function("@@match", 1, "_match"), Function("@@matchAll", 1, "_matchAll"),
            Function("@@replace", 2, "_replace"), Function("@@search", 1, "_search"), Function("@@split", 2, "_split"),
        ],
        text: execution + collected + """
            function receiver(x, name) { if (!$isObject(x)) $typeError("Method RegExp.prototype." + name + " called on incompatible receiver " + $describe(x)); }
            function _match(string) { receiver(this, "@@match");
              const s = $toString(string);
              if ($regExpIsPristine(this)) { let r = $regExpMatch(this, s, undefined);
                while ($regExpIsLeft(r)) r = $regExpMatch(this, s, r);
                return r; }
              const flags = $toString(this.flags);
              if ($stringIndexOf(flags, "g") < 0) return execute(this, s);
              const unicode = $stringIndexOf(flags, "u") >= 0 || $stringIndexOf(flags, "v") >= 0;
              this.lastIndex = 0;
              const all = []; let count = 0, result;
              while ((result = execute(this, s)) !== null) {
                const text = $toString(result[0]);
                $append(all, text); count++;
                if (text === "") this.lastIndex = $advanceStringIndex(s, $toLength(this.lastIndex), unicode); }
              return count === 0 ? null : all; }
            function _matchAll(string) { receiver(this, "@@matchAll");
              const s = $toString(string);
              const constructor = $speciesConstructor(this, \(Intrinsic.regExp.rawValue));
              const flags = $toString(this.flags);
              const matcher = new constructor(this, flags);
              matcher.lastIndex = $toLength(this.lastIndex);
              const unicode = $stringIndexOf(flags, "u") >= 0 || $stringIndexOf(flags, "v") >= 0;
              return $regExpStringIterator(matcher, s, $stringIndexOf(flags, "g") >= 0, unicode); }
            function _replace(string, replacement) { receiver(this, "@@replace");
              const s = $toString(string), length = s.length;
              const isFunction = $isCallable(replacement);
              if (!isFunction) { replacement = $toString(replacement);
                if ($regExpIsPristine(this)) { let r = $regExpReplace(this, s, replacement, undefined);
                  while ($regExpIsLeft(r)) r = $regExpReplace(this, s, replacement, r);
                  return r; } }
              else if ($regExpIsPristine(this)) { const groups = $regExpGroups(this), found = $regExpCollect(this, s, undefined);
                if (found !== undefined) return collected(this, s, replacement, found, groups); }
              const flags = $toString(this.flags);
              const global = $stringIndexOf(flags, "g") >= 0;
              const unicode = $stringIndexOf(flags, "u") >= 0 || $stringIndexOf(flags, "v") >= 0;
              if (global) this.lastIndex = 0;
              const results = []; let result;
              while ((result = execute(this, s)) !== null) {
                $append(results, result);
                if (!global) break;
                if ($toString(result[0]) === "") this.lastIndex = $advanceStringIndex(s, $toLength(this.lastIndex), unicode); }
              let text = "", next = 0;
              for (let k = 0; k < results.length; k++) {
                result = results[k];
                let captureCount = $lengthOf(result) - 1; if (captureCount < 0) captureCount = 0;
                const matched = $toString(result[0]);
                let position = $toIntegerOrInfinity(result.index);
                if (position < 0) position = 0; else if (position > length) position = length;
                const captures = [];
                for (let n = 1; n <= captureCount; n++) { const capture = result[n];
                  $append(captures, capture === undefined ? undefined : $toString(capture)); }
                let named = result.groups, part;
                if (isFunction) {
                  if (captureCount === 0 && named === undefined) part = $toString($call(replacement, undefined, matched, position, s));
                  else { const list = [matched];
                    for (let n = 0; n < captureCount; n++) $append(list, captures[n]);
                    $append(list, position); $append(list, s);
                    if (named !== undefined) $append(list, named);
                    part = $toString($apply(replacement, undefined, list)); }
                } else if (named === undefined) part = $getSubstitution(matched, s, position, captures, named, replacement);
                else { const parts = substitutions($toObject(named), replacement);
                  part = $getSubstitution(matched, s, position, captures, parts.named, parts.replacement); }
                if (position >= next) { text += $substring(s, next, position) + part; next = position + matched.length; } }
              return next >= length ? text : text + $substring(s, next, length); }
            function substitutions(groups, replacement) {
              const named = { __proto__: null }, n = replacement.length; let text = "", next = 0, count = 0, k = 0;
              while (k < n - 1) {
                if (replacement[k] !== "$") { k++; continue; }
                if (replacement[k + 1] !== "<") { k += 2; continue; }
                let end = k + 2;
                while (end < n && replacement[end] !== ">") end++;
                if (end === n) break;
                const name = "" + count++, value = groups[$substring(replacement, k + 2, end)];
                named[name] = value === undefined ? undefined : $toString(value);
                text += $substring(replacement, next, k + 2) + name;
                next = end; k = end + 1; }
              return { named, replacement: text + $substring(replacement, next, n) }; }
            function _search(string) { receiver(this, "@@search");
              const s = $toString(string);
              if ($regExpIsPristine(this)) { let r = $regExpSearch(this, s, undefined);
                while ($regExpIsLeft(r)) r = $regExpSearch(this, s, r);
                return r; }
              const previous = this.lastIndex;
              if (!$sameValue(previous, 0)) this.lastIndex = 0;
              const result = execute(this, s);
              if (!$sameValue(this.lastIndex, previous)) this.lastIndex = previous;
              return result === null ? -1 : result.index; }
            function _split(string, limit) { receiver(this, "@@split");
              const s = $toString(string);
              if ($regExpIsPristine(this) && $regExpSpeciesIsPristine(this) && (limit === undefined || typeof limit === "number")) {
                const most = limit === undefined ? 4294967295 : limit >>> 0;
                let r = $regExpSplit(this, s, most, undefined);
                while ($regExpIsLeft(r)) r = $regExpSplit(this, s, most, r);
                return r; }
              const constructor = $speciesConstructor(this, \(Intrinsic.regExp.rawValue));
              const flags = $toString(this.flags);
              const unicode = $stringIndexOf(flags, "u") >= 0 || $stringIndexOf(flags, "v") >= 0;
              const splitter = new constructor(this, $stringIndexOf(flags, "y") >= 0 ? flags : flags + "y");
              const parts = [];
              const most = limit === undefined ? 4294967295 : limit >>> 0;
              if (most === 0) return parts;
              const size = s.length;
              if (size === 0) { if (execute(splitter, s) === null) $append(parts, s); return parts; }
              let last = 0, index = 0;
              while (index < size) {
                splitter.lastIndex = index;
                const result = execute(splitter, s);
                if (result === null) { index = $advanceStringIndex(s, index, unicode); continue; }
                let end = $toLength(splitter.lastIndex); if (end > size) end = size;
                if (end === last) { index = $advanceStringIndex(s, index, unicode); continue; }
                $append(parts, $substring(s, last, index));
                if (parts.length === most) return parts;
                last = end;
                let count = $lengthOf(result) - 1; if (count < 0) count = 0;
                for (let k = 1; k <= count; k++) { $append(parts, result[k]); if (parts.length === most) return parts; }
                index = last; }
              $append(parts, $substring(s, last, size));
              return parts; }

            """)

    /// RegExp.prototype.test of what the native cannot do at once.
    static let regExpTest = SelfHostedSource(
        name: "regExpTest", functions: [Function("test", 1)],
        text: execution + """
            function test(string) {
              if (!$isObject(this)) $typeError("Method RegExp.prototype.test called on incompatible receiver " + $describe(this));
              return execute(this, $toString(string)) !== null; }

            """)

    /// Operations that were left go on; the order is that of `RegExpLater`.
    static let regExpLater = SelfHostedSource(
        name: "regExpLater",
        functions: [
            Function("exec", 1, "_exec"), Function("test", 1, "_test"), Function("@@match", 1, "_match"),
            Function("@@search", 1, "_search"), Function("@@replace", 2, "_replace"), Function("@@replace", 2, "_collected"),
            Function("@@split", 2, "_split"), Function("next", 0, "_next"),
        ],
        text: execution + collected + """
            function _exec(s, r) { return finish(this, s, r); }
            function _test(s, r) { return finish(this, s, r) !== null; }
            function _match(s, r) { do { r = $regExpMatch(this, s, r); } while ($regExpIsLeft(r)); return r; }
            function _search(s, r) { do { r = $regExpSearch(this, s, r); } while ($regExpIsLeft(r)); return r; }
            function _replace(s, replacement, r) {
              do { r = $regExpReplace(this, s, replacement, r); } while ($regExpIsLeft(r)); return r; }
            function _collected(s, replacement, found, groups) { return collected(this, s, replacement, found, groups); }
            function _split(s, most, r) { do { r = $regExpSplit(this, s, most, r); } while ($regExpIsLeft(r)); return r; }
            function _next() { const o = this;
              if (!$hasKind(o, \(CellKind.regExpStringIterator))) $typeError("next method called on incompatible receiver " + $describe(o));
              if ($field(o, 4)) return { value: undefined, done: true };
              const rx = $field(o, 0), s = $field(o, 1), left = $field(o, 5);
              let result;
              if (left === undefined) result = execute(rx, s);
              else { $setField(o, 5, undefined); result = finish(rx, s, left); }
              if (result === null) { $setField(o, 4, true); return { value: undefined, done: true }; }
              if (!$field(o, 2)) { $setField(o, 4, true); return { value: result, done: false }; }
              if ($toString(result[0]) === "") rx.lastIndex = $advanceStringIndex(s, $toLength(rx.lastIndex), $field(o, 3));
              return { value: result, done: false }; }

            """)

    /// `replace` with a function, from what `$regExpCollect` gives.
    private static let collected = """
        function collected(rx, s, replacement, found, groups) {
          while ($regExpIsLeft(found)) found = $regExpCollect(rx, s, found);
          const size = found.length, step = groups + 3;
          if (size === 0) return s;
          for (let k = 0; k < size; k += step) { const position = found[k], at = k + 2, matched = found[at]; let part;
            if (groups === 0) part = $call(replacement, undefined, matched, position, s);
            else if (groups === 1) part = $call(replacement, undefined, matched, found[k + 3], position, s);
            else if (groups === 2) part = $call(replacement, undefined, matched, found[k + 3], found[k + 4], position, s);
            else { const list = []; for (let n = 2; n < step; n++) $append(list, found[k + n]);
              $append(list, position); $append(list, s); part = $apply(replacement, undefined, list); }
            found[at] = $toString(part); }
          return $regExpJoin(s, found, step); }

        """

    /// RegExpExec; a match that is left goes on.
    private static let execution = """
        function execute(rx, s) { const exec = rx.exec;
          if ($isCallable(exec)) { const result = $call(exec, rx, s);
            if (result !== null && !$isObject(result)) $typeError($describe(result) + " is not an object or null");
            return result; }
          return finish(rx, s, undefined); }
        function finish(rx, s, r) { do { r = $regExpExec(rx, s, r); } while ($regExpIsLeft(r)); return r; }

        """
}
