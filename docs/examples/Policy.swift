import Terrarium

/// Decisions by a rule that somebody else wrote: Swift values in, Swift values out.
public struct Policy {
    public struct Request: Codable { public var user: String, roles: [String], amount: Double }
    public struct Decision: Codable, Equatable { public var allow: Bool, reason: String? }
    private let sandbox: Sandbox, rule: Value

    /// - Parameter source: a function from a request to a decision.
    public init(_ source: String) throws(TerrariumError) {
        sandbox = try Sandbox(limits: .untrusted)
        rule = try sandbox.evaluate("(\(source))", name: "rule.js")
    }

    public func decide(_ request: Request) throws(TerrariumError) -> Decision {
        try rule.call(request, as: Decision.self)
    }
}

extension Policy {
    /// The example.
    public static func run() throws -> [Decision] {
        let policy = try Policy(
            "({ roles, amount }) => roles.includes('manager') || amount < 100 ? { allow: true } : { allow: false, reason: `${amount} is too much` }")
        return [
            try policy.decide(Request(user: "ann", roles: ["manager"], amount: 5000)),
            try policy.decide(Request(user: "bob", roles: [], amount: 250.5)),
        ]
    }
}
