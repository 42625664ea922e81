import TerrariumEngine
import TerrariumText

/// Math (ECMA-262 §21.3).
extension RealmBuilder {
    func buildMath() throws(Thrown) {
        let math = try object()
        for (name, body) in RealmBuilder.unaryMath {
            try install(
                [Builtin(name, 1, price: RealmBuilder.plainMath.contains(name) ? 1 : Machine.usualPrice, coerces: "-n") { (machine, call) throws(Thrown) in
                    Value(number: body(try machine.toDouble(call[0])))
                }], on: math)
        }
        try install(RealmBuilder.mathFunctions, on: math)
        for (name, value) in [
            ("PI", Double.pi), ("E", 2.718281828459045), ("LN2", 0.6931471805599453), ("LN10", 2.302585092994046),
            ("LOG2E", 1.4426950408889634), ("LOG10E", 0.4342944819032518), ("SQRT2", 1.4142135623730951),
            ("SQRT1_2", 0.7071067811865476),
        ] { try define(math, name, Value(number: value), attributes: Attribute.none) }
        try define(math, "@@toStringTag", try machine.makeString("Math"), attributes: Attribute.configurable)
        try define(intrinsic(.global), "Math", Value(object: math))
        setIntrinsic(.math, math)
    }

    /// Those that are an instruction or two.
    private static let plainMath: Set<String> = ["floor", "ceil", "trunc", "abs", "sqrt"]

    static let unaryMath: [(String, @Sendable (Double) -> Double)] = [
        ("floor", { $0.rounded(.down) }), ("ceil", { $0.rounded(.up) }), ("trunc", { $0.rounded(.towardZero) }),
        ("abs", { abs($0) }), ("sqrt", { $0.squareRoot() }), ("sin", { JavaScriptMath.sin($0) }), ("cos", { JavaScriptMath.cos($0) }),
        ("tan", { JavaScriptMath.tan($0) }), ("asin", { JavaScriptMath.asin($0) }), ("acos", { JavaScriptMath.acos($0) }), ("atan", { JavaScriptMath.atan($0) }),
        ("sinh", { JavaScriptMath.sinh($0) }), ("cosh", { JavaScriptMath.cosh($0) }), ("tanh", { JavaScriptMath.tanh($0) }), ("asinh", { JavaScriptMath.asinh($0) }),
        ("acosh", { JavaScriptMath.acosh($0) }), ("atanh", { JavaScriptMath.atanh($0) }), ("exp", { JavaScriptMath.exp($0) }), ("expm1", { JavaScriptMath.expm1($0) }),
        ("log", { JavaScriptMath.log($0) }), ("log1p", { JavaScriptMath.log1p($0) }), ("log2", { JavaScriptMath.log2($0) }), ("log10", { JavaScriptMath.log10($0) }),
        ("cbrt", { JavaScriptMath.cbrt($0) }), ("fround", { Double(Float($0)) }),
        ("f16round", { HalfPrecision.toDouble(HalfPrecision.fromDouble($0)) }),
        ("sign", { $0.isNaN || $0 == 0 ? $0 : $0 < 0 ? -1 : 1 }),
        ("round", { x in
            if !x.isFinite || abs(x) >= 4_503_599_627_370_496 { return x }
            let down = x.rounded(.down)
            let result = x - down >= 0.5 ? down + 1 : down
            return result == 0 && x.sign == .minus ? -0.0 : result
        }),
    ]

    static let mathFunctions: [Builtin] = [
        Builtin("max", 2, price: 4, coerces: "-n*") { (machine, call) throws(Thrown) in
            var result = -Double.infinity
            for index in 0..<call.argumentCount {
                let value = try machine.toDouble(call[index])
                if value.isNaN || result.isNaN { result = .nan }
                else if value > result || (value == 0 && result == 0 && value.sign == .plus) { result = value }
            }
            return Value(number: result)
        },
        Builtin("min", 2, price: 4, coerces: "-n*") { (machine, call) throws(Thrown) in
            var result = Double.infinity
            for index in 0..<call.argumentCount {
                let value = try machine.toDouble(call[index])
                if value.isNaN || result.isNaN { result = .nan }
                else if value < result || (value == 0 && result == 0 && value.sign == .minus) { result = value }
            }
            return Value(number: result)
        },
        Builtin("pow", 2, coerces: "-nn") { (machine, call) throws(Thrown) in
            let base = try machine.toDouble(call[0])
            return Value(number: Machine.exponentiate(base, try machine.toDouble(call[1])))
        },
        Builtin("atan2", 2, coerces: "-nn") { (machine, call) throws(Thrown) in
            let y = try machine.toDouble(call[0])
            return Value(number: JavaScriptMath.atan2(y, try machine.toDouble(call[1])))
        },
        Builtin("hypot", 2, coerces: "-n*") { (machine, call) throws(Thrown) in
            try machine.charge(call.argumentCount &* 3)
            var values: [Double] = []
            for index in 0..<call.argumentCount { values.append(abs(try machine.toDouble(call[index]))) }
            return Value(number: JavaScriptMath.hypot(values))
        },
        Builtin("imul", 2, price: 4, coerces: "-nn") { (machine, call) throws(Thrown) in
            let x = try machine.toInt32(call[0])
            return Value(x &* (try machine.toInt32(call[1])))
        },
        Builtin("clz32", 1, coerces: "-n") { (machine, call) throws(Thrown) in
            Value(Int32(truncatingIfNeeded: try machine.toUint32(call[0]).leadingZeroBitCount))
        },
        Builtin("sumPrecise", 1) { (machine, call) throws(Thrown) in
            if call[0].isNullish { throw machine.notIterable(call[0]) }
            guard let dense = machine.denseIteration(call[0]) else {
                return try machine.goOn(call, engine: .sumPrecise, this: .undefined, [call[0]])
            }
            var sum = PreciseSum()
            var index = 0
            while index < dense.count {
                let item = machine.loadDense(dense, index)
                index &+= 1
                guard item.isNumber else { throw machine.typeError("\(machine.describe(item)) is not a number") }
                try machine.charge(8)
                sum.add(item.number)
            }
            return Value(number: sum.value)
        },
        Builtin("random", 0, price: 3) { (machine, _) throws(Thrown) in
            Value(double: machine.nextRandom())
        },
    ]
}
