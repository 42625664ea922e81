import Terrarium

CommandLineTool.main(Array(CommandLine.arguments.dropFirst()))
