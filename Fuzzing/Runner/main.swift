import Foundation

exit(FuzzTool.main(Array(CommandLine.arguments.dropFirst())))
