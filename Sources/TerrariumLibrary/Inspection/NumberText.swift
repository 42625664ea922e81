import TerrariumText

/// Number::toString for Swift strings.
enum NumberText {
    static func of(_ number: Double) -> [UInt8] { NumberFormatting.toString(number) }
}
