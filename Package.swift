// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode and strict memory safety.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .strictMemorySafety()]

let package = Package(
    name: "Terrarium",
    products: [
        .library(name: "Terrarium", targets: ["Terrarium"]),
        .executable(name: "terrarium", targets: ["TerrariumCLI"]),
        .executable(name: "conformance", targets: ["Conformance"]),
        .executable(name: "benchmarks", targets: ["Benchmarks"]),
        .executable(name: "fuzz", targets: ["Fuzzing"]),
    ],
    targets: [
        // The engine, bottom up. Arrows point one way.
        .target(name: "TerrariumCage", swiftSettings: settings),
        .target(name: "TerrariumText", dependencies: ["TerrariumCage"], swiftSettings: settings),
        .target(name: "TerrariumSyntax", dependencies: ["TerrariumText"], swiftSettings: settings),
        .target(name: "TerrariumRegExp", dependencies: ["TerrariumCage", "TerrariumText"], swiftSettings: settings),
        .target(
            name: "TerrariumEngine",
            dependencies: ["TerrariumCage", "TerrariumText", "TerrariumSyntax", "TerrariumRegExp"],
            swiftSettings: settings),
        .target(
            name: "TerrariumLibrary",
            dependencies: ["TerrariumCage", "TerrariumText", "TerrariumRegExp", "TerrariumEngine"],
            swiftSettings: settings),
        .target(
            name: "Terrarium",
            dependencies: ["TerrariumCage", "TerrariumText", "TerrariumSyntax", "TerrariumEngine", "TerrariumLibrary"],
            swiftSettings: settings),

        // Programs that the documentation shows; tests run them.
        .target(
            name: "Examples", dependencies: ["Terrarium"], path: "docs/examples", exclude: ["sum.js", "workflow"],
            swiftSettings: settings),
        .executableTarget(name: "workflow", dependencies: ["Examples"], path: "docs/examples/workflow", swiftSettings: settings),

        // What people run.
        .executableTarget(name: "TerrariumCLI", dependencies: ["Terrarium", "TerrariumCage", "TerrariumSyntax"], swiftSettings: settings),
        .executableTarget(
            name: "Conformance", dependencies: ["Terrarium", "TerrariumSyntax", "TerrariumCage"], path: "Conformance/Runner", swiftSettings: settings),
        .executableTarget(
            name: "Benchmarks", dependencies: ["Terrarium", "TerrariumCage", "TerrariumSyntax", "TerrariumEngine"], path: "Benchmarks/Runner",
            swiftSettings: settings),

        .executableTarget(
            name: "Fuzzing", dependencies: ["Terrarium", "TerrariumCage", "TerrariumSyntax"], path: "Fuzzing/Runner", swiftSettings: settings),

        .testTarget(name: "TerrariumCageTests", dependencies: ["TerrariumCage"], swiftSettings: settings),
        .testTarget(
            name: "TerrariumTextTests", dependencies: ["TerrariumText", "TerrariumCage"], swiftSettings: settings),
        .testTarget(name: "TerrariumSyntaxTests", dependencies: ["TerrariumSyntax"], swiftSettings: settings),
        .testTarget(
            name: "TerrariumRegExpTests", dependencies: ["TerrariumRegExp", "TerrariumCage", "TerrariumText"],
            swiftSettings: settings),
        .testTarget(
            name: "TerrariumEngineTests", dependencies: ["TerrariumEngine", "TerrariumLibrary", "TerrariumCage"],
            swiftSettings: settings),
        .testTarget(
            name: "TerrariumTests", dependencies: ["Terrarium", "TerrariumSyntax", "Examples", "workflow"], exclude: ["Scripts", "Messages"],
            swiftSettings: settings),
    ]
)
