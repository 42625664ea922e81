/// Completion scripts for shells, from the tables of commands and options.
enum ShellCompletion {
    static func script(for shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        default: nil
        }
    }

    private static var names: String { (Allowance.named.map(\.name) + ["modules=", "all"]).joined(separator: " ") }
    private static func words(_ command: Command) -> String {
        (command.options.map(\.rawValue) + ["--help"] + (command == .completion ? ["bash", "zsh", "fish"] : [])).joined(separator: " ")
    }

    private static var bash: String {
        var text = """
            # bash completion for terrarium
            _terrarium() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
                if [ "$previous" = --allow ]; then
                    COMPREPLY=($(compgen -W "\(names)" -- "$current")); return
                fi
                local options
                case $command in

            """
        for command in Command.allCases { text += "        \(command.rawValue)) options=\"\(words(command))\" ;;\n" }
        return text + """
                    *) options="\(Command.allCases.map(\.rawValue).joined(separator: " ")) \(words(.run)) --version" ;;
                esac
                COMPREPLY=($(compgen -W "$options" -- "$current") $(compgen -f -- "$current"))
            }
            complete -o filenames -F _terrarium terrarium

            """
    }

    private static var zsh: String {
        func quote(_ text: String) -> String {
            String(text.flatMap { "[]:'\\".contains($0) ? ($0 == "'" ? Array("'\\''") : Array("\\\($0)")) : [$0] })
        }
        var text = "#compdef terrarium\n\n_terrarium() {\n    local -a commands\n    commands=(\n"
        for command in Command.allCases { text += "        '\(command.rawValue):\(quote(command.summary))'\n" }
        text += """
                )
                if (( CURRENT == 2 )); then
                    _describe command commands
                    _files
                    return
                fi
                case $words[2] in

            """
        for command in Command.allCases {
            text += "        \(command.rawValue)) _arguments '*:file:_files'"
            for option in command.options {
                let action = option == .allow ? ":names:(\(names))" : option.value == "FILE" ? ":file:_files" : option.value.map { ":\($0):" } ?? ""
                text += " \\\n            '\(option.rawValue)[\(quote(option.help))]\(action)'"
            }
            text += " ;;\n"
        }
        return text + "        *) _files ;;\n    esac\n}\n\n_terrarium \"$@\"\n"
    }

    private static var fish: String {
        func quote(_ text: String) -> String { "'" + text.split(separator: "'").joined(separator: "\\'") + "'" }
        var text = "# fish completion for terrarium\n"
        for command in Command.allCases {
            text += "complete -c terrarium -n __fish_use_subcommand -a \(command.rawValue) -d \(quote(command.summary))\n"
            for option in command.options {
                let name = option.rawValue.hasPrefix("--") ? "-l \(option.rawValue.dropFirst(2))" : "-s \(option.rawValue.dropFirst())"
                let value = option == .allow ? " -x -a \(quote(names))" : option.value == "FILE" ? " -r -F" : option.value == nil ? "" : " -x"
                text += "complete -c terrarium -n '__fish_seen_subcommand_from \(command.rawValue)' \(name)\(value) -d \(quote(option.help))\n"
            }
        }
        return text + "complete -c terrarium -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n"
    }
}
