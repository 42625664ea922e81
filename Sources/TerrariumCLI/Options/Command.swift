/// What the executable can do. `--help`, shell completion and docs/command-line.md come from here.
enum Command: String, CaseIterable {
    case repl, run, snapshot, resume, check, disasm, profile, inspect, completion, help, version

    /// Words behind the name.
    var arguments: String {
        switch self {
        case .repl, .version: ""
        case .run, .disasm, .profile: "FILE|-|-e CODE"
        case .snapshot: "FILE|-|-e CODE -o OUT"
        case .resume: "FILE [-e CODE] [-o OUT]"
        case .check: "FILE…"
        case .inspect: "FILE"
        case .completion: "bash|zsh|fish"
        case .help: "[COMMAND]"
        }
    }

    var summary: String {
        switch self {
        case .repl: "a prompt to try things at; so does terrarium alone in a terminal"
        case .run: "run a script or module"
        case .snapshot: "run a script or module, and write the state that it leaves"
        case .resume: "go on with what snapshot wrote: paused, waiting, or at rest"
        case .check: "look for early errors in all files, and run nothing"
        case .disasm: "show the bytecode, with source lines beside it"
        case .profile: "run, and show fuel and heap by function and line"
        case .inspect: "show what --dump or snapshot wrote"
        case .completion: "print a completion script for a shell"
        case .help: "explain a command"
        case .version: "print the version"
        }
    }

    /// What else there is to know.
    var details: String {
        switch self {
        case .repl:
            """
            Keys are those of the usual line editors; .help at the prompt lists its commands. What is shown grey below the
            line is what the line would give: it runs in a copy of the session that is thrown away. The history is kept in
            $TERRARIUM_HISTORY or ~/.terrarium_history. Without a terminal, a script is read from standard input.
            """
        case .run:
            """
            terrarium -e CODE is terrarium run -e CODE; -p CODE prints the value too; terrarium FILE runs a file whose
            name has a dot or a slash. What the guest prints, with console.error too, goes to standard output; everything
            else goes to standard error. The process ends when no timer and no job is left. A script that ends in
            //# sourceMappingURL=FILE.map is shown in stack traces as that file beside it says.
            """
        case .snapshot:
            """
            The program is paused when its fuel is used up (status 10), at any instruction of a script, a module, a job or a
            timer's function. Timers are not waited for: they are part of the state, with the time that is left to them. What ends
            in an exception, or by another limit, is not written.
            """
        case .resume:
            """
            Limits and capabilities are those of this command line; --fuel is what the program may use from now on. With
            -e or -p, code runs in the state when the program is done. Timers are waited for. Being paused again is
            status 10, and -o writes the new state; FILE is left as it is unless it is OUT. A state belongs to one build of
            terrarium. One that somebody has tampered with can harm nothing but the guest that it becomes.
            """
        case .check:
            """
            Every file is looked at, and behind an error in a line of its own the search goes on. The status is 1 when
            there is an error anywhere.
            """
        case .disasm: "What the instructions do: docs/reference/instruction-set.md."
        case .profile:
            """
            The stack is looked at after every few units of fuel, not after some time: the same program gives the same
            figures on every run and machine. Heap is what was allocated, freed or not.
            """
        case .inspect:
            """
            How it ended, the bill, the stack with the variables of each function, what the heap holds by kind and by the
            variable that holds it, where memory was allocated, global variables. The file is read inside of a sandbox of its
            own: one that somebody has tampered with can do no harm.
            """
        case .completion:
            """
            bash: source <(terrarium completion bash)
            zsh:  terrarium completion zsh > ~/.zfunc/_terrarium
            fish: terrarium completion fish > ~/.config/fish/completions/terrarium.fish
            """
        case .help, .version: ""
        }
    }

    var examples: [String] {
        switch self {
        case .repl: ["terrarium", "terrarium repl --allow timers,clock --heap 64m"]
        case .run:
            [
                "terrarium run --fuel 5000000 --heap 16m --timeout 2s --stats docs/examples/sum.js",
                "terrarium run --allow timers,clock,modules=lib app.mjs",
                "terrarium -p '[1, 2, 3].map(x => x * x)'",
                "echo 'print(6 * 7)' | terrarium run -",
                "terrarium run --json --heap 8m --dump broken.dump job.js",
            ]
        case .snapshot:
            [
                "terrarium snapshot --fuel 1000000 job.js -o job.state",
                "terrarium snapshot library.js -o library.state",
            ]
        case .resume:
            [
                "terrarium resume --fuel 50000000 job.state",
                "terrarium resume --fuel 1000000 job.state -o job.state",
                "terrarium resume library.state -p 'greet(\"you\")'",
            ]
        case .check: ["terrarium check src/*.js", "terrarium check --json --module app.mjs"]
        case .disasm: ["terrarium disasm fib.js", "terrarium disasm -e 'x => x + 1'"]
        case .profile:
            ["terrarium profile app.js", "terrarium profile --svg flames.svg --speedscope app.speedscope.json app.js"]
        case .inspect: ["terrarium run --heap 8m --dump job.dump job.js", "terrarium inspect job.dump", "terrarium inspect job.state"]
        case .completion: ["source <(terrarium completion bash)"]
        case .help: ["terrarium help profile"]
        case .version: ["terrarium --version"]
        }
    }

    var options: [CommandOption] {
        let limits: [CommandOption] = [.fuel, .heap, .timeout, .depth, .output]
        return switch self {
        case .repl: limits + [.allow, .noColor]
        case .run: [.code, .print] + limits + [.allow, .module, .stats, .json, .dump]
        case .snapshot: [.state, .code] + limits + [.allow, .module, .stats, .json, .dump]
        case .resume: [.state, .code, .print] + limits + [.allow, .stats, .json, .dump]
        case .check: [.code, .module, .json]
        case .disasm: [.code, .module, .json]
        case .profile: [.code] + limits + [.allow, .module, .every, .top, .svg, .speedscope, .stats, .json]
        case .inspect, .version: [.json]
        case .completion, .help: []
        }
    }
}
