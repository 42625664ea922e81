import Terrarium

/// A game whose players are scripts. Each has a budget of fuel for a tick and may save some for later ticks; a script that
/// does not come to an end loses its turn, and goes on thinking in the next one. Between ticks there is no sandbox: what a
/// script remembers, a thought that is not finished included, is a snapshot, of a few pages for each of a thousand players.
public final class Game {
    public struct View: Codable {
        public var tick: Int
        public var position: Int
        public var budget: Int
    }

    final class Player {
        let name: String
        var memory: Snapshot
        var position = 0
        var saved = 0
        var lostTurns = 0
        var isOut = false

        init(_ name: String, _ source: String) throws(TerrariumError) {
            self.name = name
            let sandbox = try Sandbox(limits: Game.limits, capabilities: Game.capabilities)
            try sandbox.keep("move", try sandbox.evaluate(source, name: "\(name).js").get("move"))
            memory = try sandbox.snapshot()
        }
    }

    static let fuelPerTick = 20_000
    static let mostSaved = 60_000
    static let limits = Limits(heap: .mebibytes(4), deadline: .seconds(1))
    static var capabilities: [Capability] { [.random(seed: 1)] }
    private var players: [Player] = []

    public init() {}

    /// A player: a script that evaluates to an object with a method `move`.
    public func add(_ name: String, _ source: String) throws(TerrariumError) { players.append(try Player(name, source)) }

    /// Each player moves once.
    public func tick(_ number: Int) {
        for player in players where !player.isOut {
            do throws(TerrariumError) {
                try turn(of: player, number)
            } catch {
                player.isOut = true
            }
        }
    }

    private func turn(of player: Player, _ number: Int) throws(TerrariumError) {
        let budget = Game.fuelPerTick + player.saved
        let sandbox = try Sandbox(restoring: player.memory, limits: Game.limits, capabilities: Game.capabilities)
        let before = sandbox.bill.fuel
        let outcome: SliceOutcome
        if let thought = sandbox.pause {
            outcome = try thought.resume(fuel: budget)
        } else if let move = sandbox.kept("move") {
            outcome = try sandbox.run(calling: move, View(tick: number, position: player.position, budget: budget), fuel: budget)
        } else {
            return
        }
        if case .finished(let value) = outcome {
            player.position += max(-1, min(1, try value.decode(as: Int.self)))
        } else {
            player.lostTurns += 1
        }
        player.saved = max(0, min(Game.mostSaved, budget - Int(sandbox.bill.fuel - before)))
        // A pause that nobody holds ends.
        player.memory = try withExtendedLifetime(outcome) { () throws(TerrariumError) in try sandbox.snapshot() }
    }

    /// One line for each player.
    public var scores: [String] {
        players.map { "\($0.name): position \($0.position), lost \($0.lostTurns)\($0.isOut ? ", out" : "")" }
    }

    /// The example.
    public static func run(players: Int = 5, ticks: Int = 20) throws -> [String] {
        let game = Game()
        let scripts = [
            ("runner", "({ move: () => 1 })"),
            ("counter", "let n = 0; ({ move: () => ++n % 2 ? 1 : 0 })"),
            ("thinker", "({ move(view) { let t = 0; for (let i = 0; i < 40000; i++) t += i; return t > 0 ? 1 : 0 } })"),
            ("looper", "({ move() { for (;;); } })"),
            ("thrower", "({ move(view) { if (view.tick === 3) throw new Error('oops'); return 1 } })"),
        ]
        for number in 0..<players {
            let (name, source) = scripts[number % scripts.count]
            try game.add(name, source)
        }
        for number in 1...ticks { game.tick(number) }
        return game.scores
    }
}
