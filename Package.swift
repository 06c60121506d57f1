// swift-tools-version: 6.2
import PackageDescription

/// One folder an issuer or carrier. Resources and exclusions below follow from this array;
/// `AdapterCatalogue.swift` names the same folders, and a tidy test compares both with the disk.
let adapterFolders = [
    "19pay",
    "adyen-giftcard",
    "ckxiang",
    "cryptolens",
    "ericsson-ucip",
    "ericsson-vsip",
    "givex",
    "gumroad",
    "keygen",
    "lemonsqueezy",
    "licensespring",
    "lmfwc",
    "offline",
    "polar",
    "reloadly-giftcard",
    "runa",
    "shenzhoufu",
    "square-giftcard",
    "yeepay-card",
]

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // An async function stays on its caller's executor: a request on its connection's event loop.
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
// RSA, which some issuers sign their answers with.
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
// Time stamps: DER, and X.509 path validation at a fixed time.
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
// SQLite's own interface, as GRDB links it.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "cardproof",
    products: [
        .executable(name: "cardproof", targets: ["CardproofCLI"]),
        .executable(name: "cardproof-render", targets: ["CardproofRender"]),
        .executable(name: "cardproof-bench", targets: ["CardproofBench"]),
        .library(name: "EvidenceLog", targets: ["EvidenceLog"]),
        .library(name: "AdapterKit", targets: ["AdapterKit"]),
        // So that others can test against it, as docs/sandbox.md shows.
        .library(name: "IssuerSandbox", targets: ["IssuerSandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    ],
    targets: [
        // The bottom: encodings that the outside world fixes.
        .target(name: "WireFormat", swiftSettings: settings),
        // Pure: decisions and proofs. No I/O, no clock.
        .target(name: "CardModel", dependencies: ["WireFormat", crypto], swiftSettings: settings),
        .target(
            name: "EvidenceLog",
            dependencies: ["WireFormat", crypto, asn1, x509],
            swiftSettings: settings
        ),
        // Pages for people; what the gateway and the renderer both know.
        .target(name: "StatementKit", dependencies: ["WireFormat"], swiftSettings: settings),
        .target(
            name: "AdapterKit",
            dependencies: ["CardModel", "WireFormat", yams, crypto, cryptoExtras],
            swiftSettings: settings
        ),
        .target(
            name: "Adapters",
            dependencies: ["AdapterKit", "CardModel", "WireFormat", crypto],
            path: "Adapters",
            exclude: adapterFolders.flatMap { ["\($0)/README.md", "\($0)/fixtures"] },
            resources: adapterFolders.map { .embedInCode("\($0)/\($0).yaml") },
            swiftSettings: settings
        ),
        // The service and its ports.
        .target(
            name: "Gateway",
            dependencies: [
                "AdapterKit", "CardModel", "EvidenceLog", "StatementKit", "WireFormat", crypto,
                logging, metrics, lifecycle,
            ],
            resources: [
                .embedInCode("Evidence/Bundle/verify.sh"),
                .embedInCode("Evidence/Bundle/VERIFY.md"),
            ],
            swiftSettings: settings
        ),
        // Everything that touches the world.
        .systemLibrary(
            name: "CCurl",
            path: "Sources/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Sources/CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        // The few C lines that setting up a process needs.
        .systemLibrary(name: "CProcess", path: "Sources/CProcess"),
        .target(
            name: "Drivers",
            dependencies: [
                "Gateway", "AdapterKit", "CardModel", "EvidenceLog", "StatementKit", "WireFormat",
                "CCurl", "CZlib", "CProcess", crypto,
                logging, metrics, grdb, sqlite,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "GatewayHTTP",
            dependencies: [
                "Gateway", "AdapterKit", "CardModel", "EvidenceLog", "WireFormat", hummingbird,
                httpTypes, crypto, logging, metrics, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            resources: [
                .embedInCode("openapi.yaml"), .embedInCode("Pages/verify.html"),
                .embedInCode("Pages/verify.css"), .embedInCode("Pages/verify.js"),
                .embedInCode("Pages/verify-page.js"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "IssuerSandbox",
            dependencies: [
                "WireFormat", hummingbird, httpTypes, logging, lifecycle, crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "CardproofCLI",
            dependencies: [
                "GatewayHTTP", "Gateway", "Drivers", "Adapters", "AdapterKit", "IssuerSandbox",
                "CardModel", "EvidenceLog", "StatementKit", "WireFormat", crypto, cryptoExtras,
                logging, metrics, lifecycle, yams,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // The second executable; it alone needs these libraries, and reaches nothing of the first.
        .systemLibrary(
            name: "CPangoCairo",
            path: "Sources/CPangoCairo",
            pkgConfig: "pangocairo",
            providers: [.apt(["libpango1.0-dev", "libcairo2-dev"])]
        ),
        .systemLibrary(
            name: "CQREncode",
            path: "Sources/CQREncode",
            pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]
        ),
        // Workbooks are ZIP containers of XML.
        .systemLibrary(
            name: "CArchive",
            path: "Sources/CArchive",
            pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"])]
        ),
        .systemLibrary(
            name: "CExpat",
            path: "Sources/CExpat",
            pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]
        ),
        .executableTarget(
            name: "CardproofRender",
            dependencies: [
                "StatementKit", "WireFormat", "CPangoCairo", "CQREncode", "CArchive", "CExpat",
            ],
            swiftSettings: settings
        ),
        // For `make bench` alone: the store under a load that no HTTP stands before.
        .executableTarget(
            name: "CardproofBench",
            dependencies: ["Drivers", "Gateway", "EvidenceLog", "WireFormat"],
            swiftSettings: settings
        ),
        // For tests alone.
        .target(
            name: "GatewayTesting",
            dependencies: [
                "Gateway", "AdapterKit", "CardModel", "EvidenceLog", "WireFormat", crypto,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WireFormatTests",
            dependencies: ["WireFormat"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CardModelTests",
            dependencies: ["CardModel", "WireFormat", crypto],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StatementKitTests",
            dependencies: ["StatementKit", "WireFormat"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EvidenceLogTests",
            dependencies: ["EvidenceLog", "WireFormat", crypto],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IssuerSandboxTests",
            dependencies: [
                "IssuerSandbox", "WireFormat", httpTypes, logging, lifecycle, crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DriversTests",
            dependencies: [
                "Drivers", "Gateway", "AdapterKit", "CardModel", "StatementKit", "WireFormat",
                "CCurl", crypto, logging, metrics, grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AdapterKitTests",
            dependencies: ["AdapterKit", "CardModel", "WireFormat", crypto],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AdaptersTests",
            dependencies: [
                "Adapters", "AdapterKit", "CardModel", "Drivers", "WireFormat", crypto,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "GatewayTesting", "Drivers", "AdapterKit", "CardModel", "EvidenceLog",
                "WireFormat", crypto, logging, lifecycle, metrics, grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreConformanceTests",
            dependencies: [
                "Drivers", "Gateway", "GatewayTesting", "AdapterKit", "CardModel", "EvidenceLog",
                "WireFormat", crypto, logging,
                grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayHTTPTests",
            dependencies: [
                "GatewayHTTP", "Gateway", "GatewayTesting", "AdapterKit", "CardModel",
                "EvidenceLog", "WireFormat", hummingbird, httpTypes, crypto, logging, metrics,
                lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CardproofCLITests",
            dependencies: [
                "CardproofCLI", "AdapterKit", "CardModel", "Drivers", "Gateway", "WireFormat", grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CardproofRenderTests",
            dependencies: ["CardproofRender", "StatementKit", "WireFormat"],
            swiftSettings: settings
        ),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)

// `make test` builds without optimisation, but for what reads each JSON text and hashes each leaf,
// which the tests would wait for. Unsafe flags bar a package from being a dependency: not always.
if Context.environment["CARDPROOF_TEST_BUILD"] != nil {
    for target in package.targets where ["WireFormat", "EvidenceLog"].contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(["-O"]))
    }
}
