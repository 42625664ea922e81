import TerrariumCage

/// The instruction set. One 64-bit word, fields from the low end:
///
///     op:8  x:8  a:16  b:16  c:16        i32, j32, k32 take the place of b and c
///
/// Registers of a frame: 0 callee, 1 link, 2 new.target, 3 this, 4… arguments, then locals and temporaries.
/// `k16` is an index into the constant pool of the code (in `c` unless noted), `i16` a signed immediate, `j16` a signed
/// distance in words (in `c`), `j32` in bytes, both from the end of the instruction.
/// Exactly 256 cases, so that decoding is a cast (see `decodeByte`).
public enum Opcode: UInt8, ByteEnum, CaseIterable, Sendable {

    /// Memory that nobody has written: ends the guest, as unassigned ones do. So nothing runs on where there is no code.
    case blank

    // MARK: Loads and moves

    /// `r[a] = int32(i)`
    case loadInt
    /// `r[a] = word at (address after this instruction + k), k in bytes and negative; constant 0 is the first word of the pool, the pool ends where the code starts`
    case loadConstant
    /// `r[a] = special value i (undefined, null, true, false, empty)`
    case loadSpecial
    /// `r[a] = r[b]`
    case move
    /// `r[a] = scope that the running function closed over`
    case loadEnvironment
    /// `a b c`: r[b] = scope that the running function closed over; r[a] = slot c of it
    case getEnvironmentSlot
    /// `r[a] = new.target of this frame, or undefined`
    case loadNewTarget
    /// `r[3] = sloppy-mode this: undefined and null become the global object, primitives are wrapped`
    case coerceThis
    /// `if r[a] is empty: throw ReferenceError (super() not called); x = 1: of the caller's realm`
    case checkThis

    // MARK: Arithmetic: r[a] = r[b] op r[c]

    /// `r[a] = r[b] + r[c]`
    case add
    /// `r[a] = r[b] - r[c]`
    case sub
    /// `r[a] = r[b] * r[c]`
    case mul
    /// `r[a] = r[b] / r[c]`
    case div
    /// `r[a] = r[b] % r[c]`
    case mod
    /// `r[a] = r[b] ** r[c]`
    case exp
    /// `r[a] = r[b] & r[c]`
    case bitAnd
    /// `r[a] = r[b] | r[c]`
    case bitOr
    /// `r[a] = r[b] ^ r[c]`
    case bitXor
    /// `r[a] = r[b] << r[c]`
    case shl
    /// `r[a] = r[b] >> r[c]`
    case sar
    /// `r[a] = r[b] >>> r[c]`
    case shr
    /// `r[a] = r[b] + i`
    case addI
    /// `r[a] = r[b] - i`
    case subI
    /// `r[a] = r[b] * i`
    case mulI
    /// `r[a] = r[b] / i`
    case divI
    /// `r[a] = r[b] % i`
    case modI
    /// `r[a] = r[b] & i`
    case bitAndI
    /// `r[a] = r[b] | i`
    case bitOrI
    /// `r[a] = r[b] ^ i`
    case bitXorI
    /// `r[a] = r[b] << i`
    case shlI
    /// `r[a] = r[b] >> i`
    case sarI
    /// `r[a] = r[b] >>> i`
    case shrI
    /// `r[a] = ToNumeric(r[b]) + 1`
    case inc
    /// `r[a] = ToNumeric(r[b]) - 1`
    case dec
    /// `r[a] = -r[b]`
    case neg
    /// `r[a] = ToNumber(r[b]) (unary plus)`
    case toNumber
    /// `r[a] = ToNumeric(r[b]) (postfix ++ and --)`
    case toNumeric
    /// `r[a] = ~r[b]`
    case bitNot
    /// `r[a] = !ToBoolean(r[b])`
    case not
    /// `r[a] = typeof r[b]`
    case typeOf
    /// `r[a] = ToString(r[b]) (template literals: a Symbol throws)`
    case toString
    /// `r[a] = ToPropertyKey(r[b])`
    case toPropertyKey
    /// `r[a] = ToObject(r[b])`
    case toObject
    /// `r[a] = concatenation of the c strings in r[b], r[b+1], …`
    case concat

    // MARK: Comparison: r[a] = boolean

    /// `r[a] = r[b] < r[c]`
    case lt
    /// `r[a] = r[b] <= r[c]`
    case le
    /// `r[a] = r[b] > r[c]`
    case gt
    /// `r[a] = r[b] >= r[c]`
    case ge
    /// `r[a] = r[b] == r[c]`
    case eq
    /// `r[a] = r[b] != r[c]`
    case ne
    /// `r[a] = r[b] === r[c]`
    case strictEq
    /// `r[a] = r[b] !== r[c]`
    case strictNe
    /// `r[a] = r[b] instanceof r[c]`
    case instanceOf
    /// `r[a] = r[b] in r[c]`
    case hasProperty

    // MARK: Jumps: forward only; j is in bytes from the end of the instruction

    /// `pc += j`
    case jump
    /// `if ToBoolean(r[a]): pc += j`
    case jumpTrue
    /// `if !ToBoolean(r[a]): pc += j`
    case jumpFalse
    /// `if r[a] is undefined or null: pc += j`
    case jumpNullish
    /// `if r[a] is neither undefined nor null: pc += j`
    case jumpNotNullish
    /// `if r[a] is undefined: pc += j`
    case jumpUndefined
    /// `if r[a] is not undefined: pc += j`
    case jumpNotUndefined
    /// `if r[a] is empty: pc += j`
    case jumpEmpty
    /// `r[a] an integer in 0..<c (int or double): continue at word r[a] of the c words that follow (each is a `jump`), otherwise behind them`
    case jumpTable
    /// `if r[a] < r[b]: pc += 8 * j; x = 1: operands are swapped, evaluate r[b] first`
    case jumpLt
    /// `if r[a] <= r[b]: pc += 8 * j; x = 1: operands are swapped, evaluate r[b] first`
    case jumpLe
    /// `if !(r[a] < r[b]): pc += 8 * j; x = 1: operands are swapped, evaluate r[b] first`
    case jumpNotLt
    /// `if !(r[a] <= r[b]): pc += 8 * j; x = 1: operands are swapped, evaluate r[b] first`
    case jumpNotLe
    /// `if r[a] == r[b]: pc += 8 * j`
    case jumpEq
    /// `if r[a] != r[b]: pc += 8 * j`
    case jumpNe
    /// `if r[a] === r[b]: pc += 8 * j`
    case jumpStrictEq
    /// `if r[a] !== r[b]: pc += 8 * j`
    case jumpStrictNe
    /// `if r[a] < i: pc += 8 * j`
    case jumpLtI
    /// `if r[a] <= i: pc += 8 * j`
    case jumpLeI
    /// `if r[a] > i: pc += 8 * j`
    case jumpGtI
    /// `if r[a] >= i: pc += 8 * j`
    case jumpGeI
    /// `if !(r[a] < i): pc += 8 * j`
    case jumpNotLtI
    /// `if !(r[a] <= i): pc += 8 * j`
    case jumpNotLeI
    /// `if !(r[a] > i): pc += 8 * j`
    case jumpNotGtI
    /// `if !(r[a] >= i): pc += 8 * j`
    case jumpNotGeI
    /// `if r[a] === i: pc += 8 * j`
    case jumpStrictEqI
    /// `if r[a] !== i: pc += 8 * j`
    case jumpStrictNeI

    // MARK: Back-edges: j is negative; each is a safepoint where fuel is checked

    /// `pc += j`
    case loop
    /// `if ToBoolean(r[a]): pc += j`
    case loopTrue
    /// `if !ToBoolean(r[a]): pc += j`
    case loopFalse
    /// `if r[a] < r[b]: pc += 8 * j; x = 1: operands are swapped, evaluate r[b] first`
    case loopLt
    /// `if r[a] <= r[b]: pc += 8 * j; x = 1: operands are swapped, evaluate r[b] first`
    case loopLe
    /// `if r[a] < i: pc += 8 * j`
    case loopLtI
    /// `if r[a] <= i: pc += 8 * j`
    case loopLeI
    /// `if r[a] > i: pc += 8 * j`
    case loopGtI
    /// `if r[a] >= i: pc += 8 * j`
    case loopGeI
    /// `if r[a] !== i: pc += 8 * j`
    case loopStrictNeI

    // MARK: Properties: key constants are atoms or symbols; two cache words follow where the length is 3

    /// `r[a] = r[b].k`
    case getProperty
    /// `r[a] = r[b].length`
    case getLength
    /// `r[a].k = r[b]; x = 1 strict`
    case setProperty
    /// `r[a] = r[b][r[c]]; x = 1 an object in r[c] is replaced by its property key`
    case getElement
    /// `r[a][r[b]] = r[c]; x = 1 strict`
    case setElement
    /// `r[a] = super[r[c]] with this r[b] (home object of the running function r[0])`
    case getSuper
    /// `super[r[b]] = r[c] with this r[a]; x = 1 strict`
    case setSuper
    /// `r[a] = delete r[b].k; x = 1 strict`
    case deleteProperty
    /// `r[a] = delete r[b][r[c]]; x = 1 strict`
    case deleteElement
    /// `CreateDataPropertyOrThrow(r[a], k, r[b])`
    case defineField
    /// `CreateDataPropertyOrThrow(r[a], ToPropertyKey(r[b]), r[c]); x = 1: also SetFunctionName(r[c], key)`
    case defineElement
    /// `define method r[c] on r[a] under key r[b] and set its home object and name; x bit 0 enumerable, bits 1-2: 0 method, 1 getter, 2 setter`
    case defineMethod
    /// `if r[b] is an object or null: prototype of r[a] = r[b] (__proto__: in a literal)`
    case setPrototype
    /// `copy own enumerable properties of r[b] to r[a], without the x keys in r[c], r[c+1], …; x = 255: without the elements of the array r[c]`
    case copyDataProperties
    /// `SetFunctionName(r[a], r[b]); x: 0 none, 1 get, 2 set`
    case setFunctionName
    /// `if r[a] is undefined or null: throw TypeError for destructuring; k: property name or string, or 0xFFFF`
    case requireObjectCoercible

    // MARK: Private names: r[c] holds a private symbol made by newPrivateName

    /// `r[a] = fresh private symbol with description k`
    case newPrivateName
    /// `r[a] = r[b].#c`
    case getPrivate
    /// `r[a].#b = r[c]`
    case setPrivate
    /// `PrivateFieldAdd(r[a], #r[b], r[c])`
    case definePrivateField
    /// `PrivateMethodOrAccessorAdd; x: 0 method, 1 getter, 2 setter`
    case definePrivateMethod
    /// `r[a] = #r[c] in r[b]; TypeError when r[b] is not an object`
    case hasPrivate

    // MARK: Globals

    /// `r[a] = global binding k; x = 1: undefined instead of a ReferenceError (typeof)`
    case getGlobal
    /// `global binding k = r[a]; x = 1 strict`
    case setGlobal
    /// `initialise the global lexical binding k with r[a]`
    case initializeGlobal
    /// `r[a] = delete k (sloppy)`
    case deleteGlobal
    /// `GlobalDeclarationInstantiation with the declaration list constant k`
    case declareGlobals

    // MARK: Scopes: heap records of captured variables

    /// `r[a] = new scope of c slots, all empty; parent r[b], x = 1: none`
    case pushScope
    /// `r[a] = copy of the scope r[b] (per-iteration bindings)`
    case copyScope
    /// `r[a] = slot c of the scope x hops above r[b]`
    case getScoped
    /// `slot c of the scope x hops above r[b] = r[a]`
    case setScoped
    /// `as getScoped; ReferenceError when empty; second word: name constant in its low 16 bits`
    case getScopedChecked
    /// `as setScoped; ReferenceError when empty; second word: name constant in its low 16 bits`
    case setScopedChecked
    /// `r[a] = parent of the scope r[b]`
    case parentScope
    /// `if r[a] is empty: ReferenceError, k accessed before initialization`
    case checkInitialized

    // MARK: Creation

    /// `r[a] = {} with room for i inline properties`
    case newObject
    /// `r[a] = object with the keys of constant k (a key list) and the values r[b], r[b+1], …; second word caches the shape`
    case newObjectShaped
    /// `r[a] = [r[b], …] of c elements`
    case newArray
    /// `append r[b] to the array r[a]; empty appends a hole`
    case arrayAppend
    /// `r[b] an array whose iteration is unmodified: append all to r[a] and pc += 8 * j`
    case arraySpreadFast
    /// `r[a] = function of code constant k closing over scope r[b]; x = 1: no scope; an arrow function takes the home object of the running function`
    case closure
    /// `r[a] = class constructor of code constant k, r[a+1] = its prototype object; scope r[b]; x bit 0: heritage in r[a], bit 1: no scope`
    case newClass
    /// `home object of function r[a] = r[b]`
    case setHomeObject
    /// `field initialiser of class constructor r[a] = function r[b]`
    case setClassFields
    /// `if class constructor r[b] has a field initialiser: call it with this r[a] in a frame at r[c]; it returns its this to r[a]`
    case initializeFields
    /// `r[a] = new RegExp from the site constant k, compiled once`
    case newRegExp
    /// `r[a] = template object of the site constant k, made once`
    case templateObject
    /// `first instruction; r[a] = unmapped arguments object; x bit 0: sloppy (callee is the function), bit 1: also r[b] = array of the arguments from number c`
    case createArguments
    /// `first instruction; r[a] = array of the arguments from number i`
    case createRest

    // MARK: Calls: frame at r[b]: callee, link, new.target, this, arguments from r[b+4]; the result goes to r[a]

    /// `r[a] = call r[b] with this undefined and c arguments`
    case call
    /// `r[a] = call r[b] with this r[b+3] and c arguments`
    case callThis
    /// `r[a] = new r[b] with c arguments`
    case construct
    /// `r[b] = active constructor, r[b+2] = new.target: r[a] = construct [[GetPrototypeOf]] of r[b] (x = 1: it is in r[b+1]; TypeError if not a constructor) with c arguments`
    case superConstruct
    /// `r[a] = call r[b] with this r[b+3] and the elements of the array r[b+4]`
    case callSpread
    /// `r[a] = new r[b] with the elements of the array r[b+4]`
    case constructSpread
    /// `as superConstruct with the elements of the array r[b+4]`
    case superConstructSpread
    /// `direct eval if r[b] is %eval%: the code sees the scopes of the eval context and runs with this r[b+3]; otherwise as call; x bit 0 strict caller, bit 1 arguments are the array r[b+4]; second word: a again, scope register in b, constant of the eval context in c`
    case callEval
    /// `return call r[b] with this r[b+3] and c arguments, reusing this frame`
    case tailCall
    /// `return r[a]`
    case `return`
    /// `return undefined`
    case returnUndefined
    /// `derived constructor: r[a] object: keep; undefined: r[a] = r[b] (this, checked); else TypeError`
    case checkConstructorResult

    // MARK: Exceptions

    /// `throw r[a]`
    case `throw`
    /// `throw an engine error: x = ErrorMessage selector, k its name constant or 0xFFFF`
    case throwError
    /// `if r[a] is not an object: TypeError; x selects the message (iterator result, …)`
    case requireObject
    /// `if r[a] is not callable: TypeError about r[b]; x selects the message`
    case requireCallable

    // MARK: Iteration: an iterator takes r[b] (iterator, or array when fast), r[b+1] (next, or empty when fast), r[b+2] (index, or done flag)

    /// `r[b] an array whose iteration is unmodified: set up r[a..a+2] for fast iteration and pc += 8 * j`
    case getIteratorFast
    /// `fast iterator at r[b] (r[b+1] empty), or r[b+1] the next method of a built-in iterator: element: r[a] = it, pc += 8 * x; exhausted: r[b+2] = int32.max so that it stays so, pc += 8 * c; not fast: continue behind`
    case iteratorStepFast
    /// `r[a], …, r[a+4] = enumerator of r[b] (undefined and null have no keys)`
    case forInPrepare
    /// `r[a] = next key of the enumerator at r[b]; none left: pc += 8 * j`
    case forInNext
    /// `r[a] = async iterator made from the sync iterator r[b], r[b+1]`
    case getAsyncIterator

    // MARK: Generators and async: frames move to the heap and back

    /// `suspend at the start: return a generator object (kind from the code) that holds this frame`
    case createGenerator
    /// `suspend with r[b] (x = 1: r[b] is the result object itself); on resumption r[a] = value, r[a+1] = mode (0 next, 1 throw, 2 return)`
    case yield
    /// `suspend until the promise of r[b] settles; r[a] = value, or throws the reason`
    case await
    /// `settle the promise of this async function and leave it: x = 0 resolve with r[a], 1 reject with r[a]`
    case asyncResult

    // MARK: Object environments: with objects and variables of sloppy direct evals live in slots of ordinary scopes

    /// `r[a] = object environment over r[b] has the binding k; x = 1: a with object (Symbol.unscopables counts), x = 0: variables of sloppy evals, false when r[b] is undefined; x = 2: the name is bound globally`
    case hasBinding

    // MARK: Modules

    /// `r[a] = imported binding behind slot c of the module environment x hops above r[b]; ReferenceError when empty; second word: name constant`
    case getModuleBinding
    /// `r[a] = import(r[b], r[c])`
    case importCall
    /// `r[a] = import.meta`
    case importMeta

    // MARK: Miscellaneous

    /// `nothing`
    case nop
    /// `debugger statement: a hook for the host`
    case debugger
    /// `r[a] = intrinsic number x of c arguments from r[b] (only in the engine's own JavaScript)`
    case intrinsic
    /// `using declarations: x 0 new capability in r[a]; 1 add resource r[b] (c = 1 async) to r[a]; 2 take the last resource of r[a]: r[b] = method (undefined: only await; empty: no resource left), r[b+3] = this, r[b-1] = whether to await; 3 r[a] = r[a] is empty ? r[b] : new SuppressedError(r[b], r[a]); 4 before r[b], the result of an async method of r[a], is awaited; 5 r[b] = whether the failed method of r[a] leaves something to await`
    case disposeResource
    /// `leave the interpreter with r[a] (below the frames that the host entered)`
    case halt

    // MARK: Quickened forms: written over the generic instruction by the interpreter, never by the compiler

    /// `shape of r[b] matches the cache: r[a] = inline slot`
    case getPropertyOwn
    /// `as getPropertyOwn, out-of-line slot`
    case getPropertyOwnSlots
    /// `shape matches and the prototype epoch is unchanged: r[a] = slot of the holder`
    case getPropertyPrototype
    /// `two own shapes`
    case getPropertyPolymorphic
    /// `shape matches: inline slot = r[b]`
    case setPropertyOwn
    /// `as setPropertyOwn, out-of-line slot`
    case setPropertyOwnSlots
    /// `shape matches and the epoch is unchanged: add inline slot, shape = the next`
    case setPropertyAdd
    /// `r[b] is an array`
    case getLengthArray
    /// `global object's shape matches`
    case getGlobalOwn
    /// `binding cell`
    case getGlobalLexical
    /// `global object's shape matches`
    case setGlobalOwn
    /// `binding cell`
    case setGlobalLexical
    /// `as setPropertyAdd`
    case defineFieldAdd

    // MARK: Additions

    /// `make r[a], the arguments object of this frame, mapped: argument i < parameter count is slot i of scope r[b]`
    case mapArguments

    /// `r[b] is a string and the prototype epoch is unchanged: r[a] = slot of the holder` (quickened)
    case getPropertyString
    /// `many shapes: r[a] = what the table of look-ups has for r[b]` (quickened)
    case getPropertyMegamorphic
    /// `r[b] is a typed array whose length is the realm's own getter's: shape and prototype epoch match` (quickened)
    case getLengthTyped

    /// `shape matches and the prototype epoch is unchanged: r[a] = call of the getter in the holder's slot` (quickened)
    case getPropertyGetter
    /// `shape matches and the prototype epoch is unchanged: call of the setter in the holder's slot with r[b]` (quickened)
    case setPropertySetter
    /// `many shapes: the table of look-ups says where r[a] has the property, or how it gets it` (quickened)
    case setPropertyMegamorphic
    /// `fast iterator at r[b] over dense elements: r[a] = array of those that are left, exhausted, pc += 8 * j; else continue behind`
    case takeRest
    /// `if r[a] === special value i: pc += 8 * j`
    case jumpIs
    /// `if r[a] !== special value i: pc += 8 * j`
    case jumpIsNot
    /// `if r[a] === special value i: pc += 8 * j, j negative: a safepoint`
    case loopIs
    /// `if r[a] !== special value i: pc += 8 * j, j negative: a safepoint`
    case loopIsNot

    /// `the code of the running function is not made yet: make it and go on at its entry` (the only instruction of its stand-in, never in a template)
    case makeCode

    // MARK: Two in one turn

    /// `r[a] = ToNumeric(r[a]) + 1`; the next instruction is a `loopLt` of r[a], which is done as well where that is quick
    case incLoopLt
    /// `r[a] = ToNumeric(r[a]) + 1`; the next instruction is a `loopLtI` of r[a], which is done as well where that is quick
    case incLoopLtI
    /// `r[a] = r[b]`; the next instruction is a `call`, which is done as well where that is quick
    case moveCall
    /// `r[a] = r[b]`; the next instruction is a `callThis`, which is done as well where that is quick
    case moveCallThis
    /// `r[a] = r[b]`; the next instruction is a `getProperty` of r[a], which is done as well where that is quick
    case moveGetProperty
    /// `r[a] = r[b]`; the next instruction is a `getElement` of r[a], which is done as well where that is quick
    case moveGetElement
    /// `r[a] = ToNumeric(r[a]) + 1`; a `getLength` and a `loopLt` of r[a] and that are next, and done as well where that is quick
    case incLengthLoop
    /// `r[a] = r[b] + r[c]`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case addReturn
    /// `r[a] = r[b] - r[c]`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case subReturn
    /// `r[a] = r[b] * r[c]`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case mulReturn
    /// `r[a] = r[b] + i`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case addIReturn
    /// `r[a] = r[b] - i`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case subIReturn
    /// `r[a] = r[b] * i`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case mulIReturn
    /// As `bitAndI`; the next instruction is a `return` of r[a], which is done as well where that is quick
    case bitAndIReturn

    // MARK: Unassigned: executing one ends the guest with an internal error

    case unassigned214
    case unassigned215
    case unassigned216
    case unassigned217
    case unassigned218
    case unassigned219
    case unassigned220
    case unassigned221
    case unassigned222
    case unassigned223
    case unassigned224
    case unassigned225
    case unassigned226
    case unassigned227
    case unassigned228
    case unassigned229
    case unassigned230
    case unassigned231
    case unassigned232
    case unassigned233
    case unassigned234
    case unassigned235
    case unassigned236
    case unassigned237
    case unassigned238
    case unassigned239
    case unassigned240
    case unassigned241
    case unassigned242
    case unassigned243
    case unassigned244
    case unassigned245
    case unassigned246
    case unassigned247
    case unassigned248
    case unassigned249
    case unassigned250
    case unassigned251
    case unassigned252
    case unassigned253
    case unassigned254
}
