/// `--help`, and the page of it in docs.
enum HelpText {
    static let number = "0.1.0"
    static let version = "terrarium \(number)"

    static let statuses = """
        exit status: 0 finished, 1 uncaught exception, unhandled rejection or syntax error, 2 usage error or unreadable
        file, 10 fuel, 11 heap, 12 deadline, 13 output, 130 interrupted
        """

    static var overview: String {
        var text = "Runs JavaScript that nobody has to trust, under limits.\n\n"
        let usages = [("terrarium", "a prompt; without a terminal, run standard input")]
            + Command.allCases.map { ("terrarium \(usage($0))", $0.summary) }
        text += "usage: " + table(usages).joined(separator: "\n       ") + "\n\n"
        text += "options of run:\n" + options(Command.run) + "\n"
        text += "terrarium COMMAND --help says more about a command.\n\n" + statuses + "\n"
        return text
    }

    static func of(_ command: Command) -> String {
        var text = "usage: terrarium \(usage(command))\n\n\(command.summary)\n"
        if !command.details.isEmpty { text += "\n\(command.details)\n" }
        if !command.options.isEmpty { text += "\noptions:\n" + options(command) }
        if command.options.contains(.allow) { text += "\nnames for --allow:\n" + allowances }
        text += "\nexamples:\n" + command.examples.map { "  \($0)\n" }.joined()
        if command == .run { text += "\n" + statuses + "\n" }
        return text
    }

    private static func usage(_ command: Command) -> String {
        command.rawValue + (command.arguments.isEmpty ? "" : " " + command.arguments)
    }

    private static func options(_ command: Command) -> String {
        let rows = command.options.map { ($0.rawValue + ($0.value.map { " " + $0 } ?? ""), $0.help) }
        return table(rows).map { "  \($0)\n" }.joined()
    }

    private static var allowances: String {
        let rows = Allowance.named.map { ($0.name, $0.help) } + [("modules=DIR", "imports of files below DIR; nothing outside is read")]
        return table(rows).map { "  \($0)\n" }.joined()
    }

    /// Two columns; the second is broken into lines.
    private static func table(_ rows: [(String, String)]) -> [String] {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        var lines: [String] = []
        for (name, help) in rows {
            var line = name + String(repeating: " ", count: width - name.count)
            var used = 0
            for word in help.split(separator: " ") {
                if used > 0, used + word.count > 84 {
                    lines.append(line)
                    line = String(repeating: " ", count: width)
                    used = 0
                }
                line += (used > 0 ? " " : "") + word
                used += word.count + 1
            }
            lines.append(line)
        }
        return lines
    }

    /// docs/command-line.md.
    static var page: String {
        var text = """
            # The command line

            Made by `.ci/generate` from the tables behind `--help`.

            | command | what it does |
            |---|---|

            """
        for command in Command.allCases { text += "| `terrarium \(cell(usage(command)))` | \(cell(command.summary)) |\n" }
        text += "\nWithout arguments: a prompt in a terminal ([repl.md](repl.md)), otherwise the script on standard input.\n"
        for command in Command.allCases where command != .version && command != .help {
            text += "\n## \(command.rawValue)\n\n`terrarium \(usage(command))`: \(command.summary).\n"
            if command == .completion {
                text += "\n```text\n\(command.details)\n```\n"
            } else if !command.details.isEmpty {
                text += "\n\(command.details)\n"
            }
            if !command.options.isEmpty {
                text += "\n| option | what it does |\n|---|---|\n"
                for option in command.options {
                    text += "| `\(option.rawValue)\(option.value.map { " " + $0 } ?? "")` | \(cell(option.help)) |\n"
                }
            }
            text += "\n```console\n" + command.examples.map { "$ \($0)\n" }.joined() + "```\n"
        }
        text += "\n## Capabilities\n\nA guest computes and prints; what else it may do is said with `--allow`.\n\n"
        text += "| name | what it allows |\n|---|---|\n"
        for (name, help) in Allowance.named { text += "| `\(name)` | \(cell(help)) |\n" }
        text += "| `modules=DIR` | imports of files below DIR; nothing outside is read |\n| `all` | all but modules |\n"
        text += """

            ## Exit status

            | status | meaning |
            |---|---|
            | 0 | finished |
            | 1 | uncaught exception, unhandled rejection or syntax error |
            | 2 | usage error or unreadable file |
            | 10, 11, 12, 13 | limit of fuel (paused, with `snapshot` and `resume`), heap, time (deadline), output |
            | 130 | interrupted |

            ## JSON

            `--json` prints one object. `run`: `value`, or `error` with `stack` (a list of `function`, `source`, `line`,
            `column`), or `ended` with the name of the limit; and `bill` with `fuel`, `heap`, `heapPeak`, `output` and
            `milliseconds`. `snapshot` and `resume`: as `run`, or `paused`, or `timers` with the number of those that wait.
            `check`: `files` and `errors` (`file`, `line`, `column`, `message`). `disasm`: `text`. `profile`: as `run`, with
            `functions` and `lines`. `inspect`: the dump itself: how it ended, `bill`, `stack` with `variables`, `heap` by kind,
            `holders`, `allocations`, `globals`. `version`: `version`.

            """
        return text
    }

    private static func cell(_ text: String) -> String { text.split(separator: "|").joined(separator: "\\|") }
}
