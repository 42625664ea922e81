#!/usr/bin/env python3
"""Writes the reference pages of limits and capabilities from the declarations of the library and their comments.

usage: Tools/reference-pages.py FOLDER      writes limits.md and capabilities.md there
"""
import pathlib, re, sys

root = pathlib.Path(__file__).resolve().parent.parent
sources = root / "Sources/Terrarium"
out = pathlib.Path(sys.argv[1])


def comment(lines, number):
    """The comment above a line, without its list of parameters."""
    above = []
    number -= 1
    while number >= 0 and lines[number].strip().startswith("///"):
        above.insert(0, lines[number].strip()[3:].strip())
        number -= 1
    text = []
    for line in above:
        if line.startswith("- "):
            break
        text.append(line)
    return " ".join(" ".join(text).split())


def cell(text):
    return text.replace("|", "\\|")


def value(text):
    """`.mebibytes(64)` as people write it."""
    match = re.fullmatch(r"\.(\w+)\((\d+)\)", text)
    units = {"kibibytes": "KiB", "mebibytes": "MiB", "gibibytes": "GiB", "seconds": "s", "milliseconds": "ms"}
    if match:
        return f"{match[2]} {units[match[1]]}"
    shifted = re.fullmatch(r"(\d+) << (\d+)", text)
    number = int(shifted[1]) << int(shifted[2]) if shifted else int(text.replace("_", ""))
    return f"{number:,}"


def arguments(text):
    return dict(re.findall(r"(\w+)(?:: [\w.]+ =|:) (\.\w+\(\d+\)|\d[\d_]*(?: << \d+)?)", text))


limits = (sources / "Limits.swift").read_text()
lines = limits.split("\n")
start = limits.index("public struct Limits")
usual = arguments(re.search(r"public init\((.*?)\) \{", limits[start:], re.S)[1])
untrusted = arguments(re.search(r"untrusted = Limits\((.*?)\)\n", limits, re.S)[1])
page = ["# Limits", "", "Made by `.ci/generate` from `Sources/Terrarium/Limits.swift`. How to choose them: [the guide](../guide/limits.md).", "",
        "| limit | what it is | `Limits()` | `.untrusted` |", "|---|---|---:|---:|"]
count = 0
for number, line in enumerate(lines):
    field = re.match(r"    public var (\w+): (?:Int|ByteCount|Duration)$", line)
    if field and field[1] in usual:
        page.append(f"| `{field[1]}` | {cell(comment(lines, number))} | {value(usual[field[1]])} | {value(untrusted[field[1]])} |")
        count += 1
if count != len(usual) or count != len(untrusted):
    sys.exit("a limit is missing: " + ", ".join(sorted(set(usual) ^ set(untrusted))))
page += ["", "Reaching one is the `TerrariumError` of the same name; `depth` is a `RangeError` for the guest first. On the command line: "
         "[`--fuel`, `--heap`, `--timeout`, `--depth`, `--output`](../command-line.md#run).", ""]
(out / "limits.md").write_text("\n".join(page))

page = ["# Capabilities", "", "Made by `.ci/generate` from `Sources/Terrarium`. What they are for, and how to write one: "
        "[the guide](../guide/capabilities.md).", "", "| capability | what it gives the guest |", "|---|---|"]
rows = []
for file in sorted(sources.glob("*.swift")):
    lines = file.read_text().split("\n")
    for number, line in enumerate(lines):
        match = re.match(r"    public static (?:var (\w+): Capability|func (\w+)\((.*)\) -> Capability)", line)
        if not match or match[2] == "all":
            continue
        name = match[1] or match[2]
        labels = [] if match[1] else re.findall(r"(?:^|, )(\w+)(?: (\w+))?: (?:@\w+ )*([\w(]+)", match[3])
        shown = ", ".join((f"{label}:" if label != "_" else inner) for label, inner, _ in labels)
        call = f".{name}" + (f"({shown})" if labels else "")
        rows.append((call, comment(lines, number)))
page += [f"| `{call}` | {cell(text)} |" for call, text in sorted(rows)] + ["", "Each that is not given is absent or inert.", ""]
(out / "capabilities.md").write_text("\n".join(page))
