import TerrariumEngine

/// The methods of Map and Set that call back into the guest (ECMA-262 §24.1, §24.2).
extension SelfHostedSource {
    /// The second half of the constructors.
    static let collectionFill = SelfHostedSource(
        name: "collectionFill",
        functions: [Function("", 3, "fillMap", constructs: true), Function("", 3, "fillSet", constructs: true)],
        text: """
            const MARK = $intrinsic(\(Intrinsic.stepDone.rawValue));
            function refuse(f, key, name) { $typeError("'" + $describe(f) + "' returned for property '" + key + "' of object '#<" + name + ">' is not a function"); }
            function fillMap(map, iterable, add) {
              if (add === MARK) { add = map.set;
                if (!$isCallable(add)) refuse(add, "set", $hasKind(map, \(CellKind.map)) ? "Map" : "WeakMap"); }
              for (const item of iterable) {
                if (!$isObject(item)) $typeError("Iterator value " + $describe(item) + " is not an entry object");
                $call(add, map, item[0], item[1]); }
              return map; }
            function fillSet(set, iterable, add) {
              if (add === MARK) { add = set.add;
                if (!$isCallable(add)) refuse(add, "add", $hasKind(set, \(CellKind.set)) ? "Set" : "WeakSet"); }
              for (const item of iterable) $call(add, set, item);
              return set; }
            """)

    static let mapCallbacks = SelfHostedSource(
        name: "mapCallbacks", functions: [Function("forEach", 1), Function("getOrInsertComputed", 2)],
        text: """
            function forEach(f, t) {
              if (!$hasKind(this, \(CellKind.map))) $typeError("Method Map.prototype.forEach called on incompatible receiver " + $describe(this));
              if (!$isCallable(f)) f();
              const cursor = $tableCursor(this);
              while ($tableNext(this, cursor)) $call(f, t, cursor[1], cursor[0], this); }
            function getOrInsertComputed(key, f) {
              if (!$hasKind(this, \(CellKind.map))) $typeError("Method Map.prototype.getOrInsertComputed called on incompatible receiver " + $describe(this));
              if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
              if ($tableHas(this, key)) return $tableGet(this, key);
              if (key === 0) key = 0;
              const value = f(key);
              $tableSet(this, key, value);
              return value; }
            """)

    static let weakMapCallbacks = SelfHostedSource(
        name: "weakMapCallbacks", functions: [Function("getOrInsertComputed", 2)],
        text: """
            function getOrInsertComputed(key, f) {
              if (!$hasKind(this, \(CellKind.weakMap))) $typeError("Method WeakMap.prototype.getOrInsertComputed called on incompatible receiver " + $describe(this));
              if (!$canBeHeldWeakly(key)) $typeError("Invalid value used as weak map key");
              if (!$isCallable(f)) $typeError($describe(f) + " is not a function");
              if ($tableHas(this, key)) return $tableGet(this, key);
              const value = f(key);
              $tableSet(this, key, value);
              return value; }
            """)

    static let setCallbacks = SelfHostedSource(
        name: "setCallbacks",
        functions: [
            Function("forEach", 1), Function("union", 1), Function("intersection", 1), Function("difference", 1),
            Function("symmetricDifference", 1), Function("isSubsetOf", 1), Function("isSupersetOf", 1),
            Function("isDisjointFrom", 1),
        ],
        text: """
            function check(set, name) { if (!$hasKind(set, \(CellKind.set)))
              $typeError("Method Set.prototype." + name + " called on incompatible receiver " + $describe(set)); }
            function forEach(f, t) {
              check(this, "forEach");
              if (!$isCallable(f)) f();
              const cursor = $tableCursor(this);
              while ($tableNext(this, cursor)) { const value = cursor[0]; $call(f, t, value, value, this); } }
            function record(object) {
              if (!$isObject(object)) $typeError("Set operation called on non-Set object");
              const number = $toNumber(object.size);
              if (number !== number) $typeError("The 'size' property must be a number");
              const size = $toIntegerOrInfinity(number);
              if (size < 0) $rangeError("'" + $describe(size) + "' is an invalid size");
              const has = object.has;
              if (!$isCallable(has)) $typeError("The 'has' property must be a function");
              const keys = object.keys;
              if (!$isCallable(keys)) $typeError("The 'keys' property must be a function");
              return { object, size, has, keys, iterator: undefined, next: undefined, value: undefined }; }
            function start(other) { const iterator = $call(other.keys, other.object);
              if (!$isObject(iterator)) $typeError("Result of the 'keys' method is not an object");
              other.iterator = iterator; other.next = iterator.next; }
            const DONE = $intrinsic(\(Intrinsic.stepDone.rawValue)), OTHER = $intrinsic(\(Intrinsic.stepOther.rawValue));
            function step(other) { const value = $step(other.iterator, other.next);
              if (value !== OTHER) { other.value = value; return value !== DONE; }
              const result = $call(other.next, other.iterator);
              if (!$isObject(result)) $typeError("Iterator result " + $describe(result) + " is not an object");
              if (result.done) return false;
              other.value = result.value;
              return true; }
            function close(other) { const f = $getMethod(other.iterator, "return");
              if (f !== undefined) { const result = $call(f, other.iterator);
                if (!$isObject(result)) $typeError($describe(result) + " is not an object"); } }
            function add(set, value) { if (value === 0) value = 0; $tableSet(set, value, value); }
            function union(x) {
              check(this, "union"); const other = record(x); start(other);
              const result = $copySet(this);
              while (step(other)) add(result, other.value);
              return result; }
            function intersection(x) {
              check(this, "intersection"); const other = record(x), result = $newTable(false);
              if ($tableSize(this) <= other.size) {
                const cursor = $tableCursor(this);
                while ($tableNext(this, cursor)) { const value = cursor[0];
                  if ($call(other.has, x, value)) $tableSet(result, value, value); }
              } else {
                start(other);
                while (step(other)) if ($tableHas(this, other.value)) add(result, other.value); }
              return result; }
            function difference(x) {
              check(this, "difference"); const other = record(x);
              if ($tableSize(this) <= other.size) {
                const result = $copySet(this), cursor = $tableCursor(result);
                while ($tableNext(result, cursor)) { const value = cursor[0];
                  if ($call(other.has, x, value)) $tableDelete(result, value); }
                return result; }
              start(other);
              const result = $copySet(this);
              while (step(other)) $tableDelete(result, other.value);
              return result; }
            function symmetricDifference(x) {
              check(this, "symmetricDifference"); const other = record(x); start(other);
              const result = $copySet(this);
              while (step(other)) { const value = other.value;
                if ($tableHas(this, value)) $tableDelete(result, value);
                else add(result, value); }
              return result; }
            function isSubsetOf(x) {
              check(this, "isSubsetOf"); const other = record(x);
              if ($tableSize(this) > other.size) return false;
              const cursor = $tableCursor(this);
              while ($tableNext(this, cursor)) if (!$call(other.has, x, cursor[0])) return false;
              return true; }
            function isSupersetOf(x) {
              check(this, "isSupersetOf"); const other = record(x);
              if ($tableSize(this) < other.size) return false;
              start(other);
              while (step(other)) if (!$tableHas(this, other.value)) { close(other); return false; }
              return true; }
            function isDisjointFrom(x) {
              check(this, "isDisjointFrom"); const other = record(x);
              if ($tableSize(this) <= other.size) {
                const cursor = $tableCursor(this);
                while ($tableNext(this, cursor)) if ($call(other.has, x, cursor[0])) return false;
                return true; }
              start(other);
              while (step(other)) if ($tableHas(this, other.value)) { close(other); return false; }
              return true; }
            """)

    /// Map.groupBy and Object.groupBy.
    static let grouping = SelfHostedSource(
        name: "grouping", functions: [Function("groupBy", 2, "byKey"), Function("groupBy", 2, "byPropertyKey")],
        text: """
            function check(items, f) {
              if (items === undefined || items === null) $typeError($describe(items) + " is not iterable");
              if (!$isCallable(f)) $typeError($describe(f) + " is not a function"); }
            function add(groups, key, value) {
              if ($tableHas(groups, key)) $append($tableGet(groups, key), value); else $tableSet(groups, key, [value]); }
            function byKey(items, f) {
              check(items, f);
              const groups = $newTable(true); let count = 0;
              for (const item of items) add(groups, f(item, count++), item);
              return groups; }
            function byPropertyKey(items, f) {
              check(items, f);
              const groups = $newTable(true); let count = 0;
              for (const item of items) add(groups, $toPropertyKey(f(item, count++)), item);
              const result = { __proto__: null }, cursor = $tableCursor(groups);
              while ($tableNext(groups, cursor)) $createDataProperty(result, cursor[0], cursor[1]);
              return result; }
            """)
}
