import Testing

/// Imports run one way, downwards.
@Suite("Imports") struct ImportTests {
    /// For each module, the modules of this package right below it.
    static let below: [String: Set<String>] = [
        "WireFormat": [],
        "CardModel": ["WireFormat"],
        "EvidenceLog": ["WireFormat"],
        "StatementKit": ["WireFormat"],
        "AdapterKit": ["CardModel"],
        "Adapters": ["AdapterKit"],
        "Gateway": ["CardModel", "EvidenceLog", "AdapterKit", "StatementKit"],
        "Drivers": ["Gateway"],
        "GatewayHTTP": ["Gateway"],
        "IssuerSandbox": ["WireFormat"],
        "GatewayTesting": ["Gateway"],
        "CardproofCLI": ["GatewayHTTP", "Drivers", "Adapters", "IssuerSandbox"],
        "CardproofRender": ["StatementKit"],
        "CardproofBench": ["Drivers"],
    ]

    /// Outside modules that only the named modules may import. What is not named is free for all.
    static let reserved: [String: Set<String>] = [
        "GRDB": ["Drivers"], "Subprocess": ["Drivers"], "SQLite3": ["Drivers"],
        "Hummingbird": ["GatewayHTTP", "IssuerSandbox"],
        "HummingbirdCore": ["GatewayHTTP", "IssuerSandbox"],
        "NIOCore": ["GatewayHTTP", "IssuerSandbox"], "NIOPosix": ["GatewayHTTP", "IssuerSandbox"],
        "ArgumentParser": ["CardproofCLI"], "Configuration": ["CardproofCLI"],
        "Yams": ["AdapterKit", "CardproofCLI"],
        "FoundationNetworking": [],
        "CPangoCairo": ["CardproofRender"], "CQREncode": ["CardproofRender"],
        "CArchive": ["CardproofRender"], "CExpat": ["CardproofRender"],
    ]

    /// Modules that decide and prove, and so touch nothing of the world.
    static let pure: Set<String> = [
        "WireFormat", "CardModel", "EvidenceLog", "StatementKit", "AdapterKit",
    ]
    static let worldly: Set<String> = [
        "Glibc", "Musl", "Darwin", "Dispatch", "Logging", "Metrics", "ServiceLifecycle",
    ]

    static let files = SourceTree.swiftFiles()

    @Test("a module imports only modules below it")
    func direction() {
        for file in Self.files {
            let allowed = Self.reachable(from: file.module)
            for (line, name) in Self.imports(of: file) where Self.below[name] != nil {
                #expect(
                    allowed.contains(name),
                    "\(file.path):\(line) \(file.module) lies below \(name) and may not import it"
                )
            }
        }
    }

    @Test("what touches the world is imported only where it belongs")
    func outside() {
        for file in Self.files {
            for (line, name) in Self.imports(of: file) {
                if let users = Self.reserved[name] {
                    #expect(users.contains(file.module), "\(file.path):\(line) imports \(name)")
                }
                if Self.pure.contains(file.module) {
                    #expect(
                        !Self.worldly.contains(name),
                        "\(file.path):\(line) \(file.module) is pure and imports \(name)"
                    )
                }
            }
        }
    }

    /// Folders that only map a C library into Swift.
    static let libraries = SourceTree.folders(in: "Sources").filter { module in
        SourceTree.text("Sources/\(module)/module.modulemap") != nil
    }

    @Test("only Drivers imports a C library, and the renderer those that draw or read workbooks")
    func systemLibraries() {
        #expect(Self.libraries.contains("CCurl"))
        #expect(Self.libraries.contains("CPangoCairo"))
        for file in Self.files {
            for (line, name) in Self.imports(of: file) where Self.libraries.contains(name) {
                let users = Self.reserved[name] ?? ["Drivers"]
                #expect(users.contains(file.module), "\(file.path):\(line) imports \(name)")
            }
        }
    }

    @Test("the renderer touches nothing but its standard streams and its own libraries")
    func renderer() {
        let allowed: Set<String> = [
            "Glibc", "StatementKit", "WireFormat", "CPangoCairo", "CQREncode",
            "CArchive", "CExpat",
        ]
        let files = Self.files.filter { $0.module == "CardproofRender" }
        #expect(!files.isEmpty)
        for file in files {
            for (line, name) in Self.imports(of: file) {
                #expect(allowed.contains(name), "\(file.path):\(line) imports \(name)")
            }
        }
    }

    @Test("every module is known to these rules")
    func known() {
        for module in SourceTree.folders(in: "Sources") where !Self.libraries.contains(module) {
            #expect(Self.below[module] != nil, "Sources/\(module) has no place in the house")
        }
    }

    @Test("no type bears its module's name")
    func names() {
        for file in Self.files {
            for (number, line) in file.codeLines.enumerated() {
                for kind in ["struct", "class", "enum", "actor", "protocol"] {
                    let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
                    let pairs = zip(words, words.dropFirst())
                    #expect(
                        !pairs.contains { $0 == kind && $1 == file.module },
                        "\(file.path):\(number + 1)"
                    )
                }
            }
        }
    }

    static func reachable(from module: String) -> Set<String> {
        var found = below[module] ?? []
        var open = Array(found)
        while let next = open.popLast() {
            for name in below[next] ?? [] where found.insert(name).inserted { open.append(name) }
        }
        return found
    }

    /// The imported modules with their lines, counted from 1.
    static func imports(of file: SwiftFile) -> [(Int, String)] {
        file.codeLines.enumerated().compactMap { number, line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ accessLevels.contains($0) || $0.hasPrefix("@") })
            else { return nil }
            let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "typealias"]
            let named = kinds.contains(words[place + 1]) ? place + 2 : place + 1
            guard named < words.count else { return nil }
            return (number + 1, String(words[named].prefix { $0 != "." }))
        }
    }

    private static let accessLevels: Set<String> = [
        "public", "package", "internal", "private", "fileprivate",
    ]
}
