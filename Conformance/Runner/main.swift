import Foundation

exit(ConformanceTool.main(Array(CommandLine.arguments.dropFirst())))
