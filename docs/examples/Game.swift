import Terrarium

/// A game whose players are scripts. Each has a budget of fuel for a tick and may save some for later ticks; a script that
/// does not come to an end loses its turn, and goes on thinking in the next one.
public final class Game {
    public struct View: Codable {
        public var tick: Int
        public var position: Int
        public var budget: Int
    }

    final class Player {
        let name: String
        let sandbox: Sandbox
        let move: Value
        var position = 0
        var saved = 0
        var thought: Pause?
        var lostTurns = 0
        var isOut = false

        init(_ name: String, _ source: String) throws(TerrariumError) {
            self.name = name
            sandbox = try Sandbox(limits: Limits(heap: .mebibytes(4), deadline: .seconds(1)), capabilities: [.random(seed: 1)])
            move = try sandbox.evaluate(source, name: "\(name).js").get("move")
        }
    }

    static let fuelPerTick = 20_000
    static let mostSaved = 60_000
    private var players: [Player] = []

    public init() {}

    /// A player: a script that evaluates to an object with a method `move`.
    public func add(_ name: String, _ source: String) throws(TerrariumError) { players.append(try Player(name, source)) }

    /// Each player moves once.
    public func tick(_ number: Int) {
        for player in players where !player.isOut {
            let budget = Game.fuelPerTick + player.saved
            let before = player.sandbox.bill.fuel
            do throws(TerrariumError) {
                let outcome: SliceOutcome
                if let thought = player.thought {
                    outcome = try thought.resume(fuel: budget)
                } else {
                    let view = View(tick: number, position: player.position, budget: budget)
                    outcome = try player.sandbox.run(calling: player.move, view, fuel: budget)
                }
                switch outcome {
                case .finished(let value):
                    player.thought = nil
                    player.position += max(-1, min(1, try value.decode(as: Int.self)))
                case .paused(let pause):
                    player.thought = pause
                    player.lostTurns += 1
                }
            } catch {
                player.isOut = true
            }
            let used = Int(player.sandbox.bill.fuel - before)
            player.saved = max(0, min(Game.mostSaved, budget - used))
        }
    }

    /// One line for each player.
    public var scores: [String] {
        players.map { "\($0.name): position \($0.position), lost \($0.lostTurns)\($0.isOut ? ", out" : "")" }
    }

    /// The example.
    public static func run(ticks: Int = 20) throws -> [String] {
        let game = Game()
        try game.add("runner", "({ move: () => 1 })")
        try game.add("counter", "let n = 0; ({ move: () => ++n % 2 ? 1 : 0 })")
        try game.add("thinker", "({ move(view) { let t = 0; for (let i = 0; i < 40000; i++) t += i; return t > 0 ? 1 : 0 } })")
        try game.add("looper", "({ move() { for (;;); } })")
        try game.add("thrower", "({ move(view) { if (view.tick === 3) throw new Error('oops'); return 1 } })")
        for number in 1...ticks { game.tick(number) }
        return game.scores
    }
}
