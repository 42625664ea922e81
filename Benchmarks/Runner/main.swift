import Foundation

exit(BenchmarkTool.main(Array(CommandLine.arguments.dropFirst())))
