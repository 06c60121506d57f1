import Testing

@testable import CardproofCLI

@Suite("What is wrong with a configuration")
struct ConfigurationFaultTests {
    private func faults(of yaml: String) throws -> [String] {
        let folder = try ScratchFolder()
        do {
            _ = try folder.loader(yaml).configuration()
            return []
        } catch let failure as CommandFailure {
            #expect(failure.exit == .usage)
            return failure.message.split(separator: "\n").dropFirst().map {
                String($0.replacing(folder.path + "/", with: "")).trimmingPrefix("  ")
            }.map { String($0) }
        }
    }

    @Test("all faults are told at once, each with its line")
    func allAtOnce() throws {
        let found = try faults(
            of: """
                listen: 127.0.0.1:0
                liston: 1
                data: 7
                products:
                  - id: a
                    issuer: b
                    adapter: no-such-adapter
                    policy: no-such-policy
                    colour: red
                  - issuer: c
                log:
                  origin: [1]
                """
        )
        let places = found.compactMap { $0.split(separator: " ").first.map { String($0) } }
        #expect(places == [2, 3, 7, 8, 9, 10, 12].map { "cardproof.yaml:\($0):" })
        #expect(found[0].contains("did you mean `listen`?"))
    }

    @Test(
        "what is no mapping is refused, by name",
        arguments: ["a: [", "\t- x", "", "[]", "7", "a: 1\na: 2", "\u{0}", "&a [*a]"]
    )
    func noMapping(yaml: String) throws {
        let found = try faults(of: yaml)
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.hasPrefix("cardproof.yaml") })
    }

    @Test("a file that is named and not there is a fault")
    func missingFile() {
        let loader = ConfigurationLoader(
            file: "/nonexistent/cardproof.yaml",
            flags: [:],
            environment: [:],
            workingDirectory: "/"
        )
        #expect(throws: CommandFailure.self) { _ = try loader.configuration() }
    }

    @Test("a product whose adapter lacks its settings says which")
    func adapterNotReady() throws {
        let found = try faults(
            of: "products: [{id: a, issuer: b, adapter: keygen}]"
        )
        #expect(found.count == 1)
        #expect(found.first?.contains("account") == true)
    }

    @Test("a secret among the plain settings is refused and not repeated")
    func secretInClear() throws {
        let found = try faults(
            of: """
                adapters:
                  ericsson-vsip:
                    settings: {endpoint: "http://127.0.0.1:1", username: u, password: synthetic}
                """
        )
        #expect(!found.isEmpty)
        #expect(!found.contains { $0.contains("synthetic") })
    }

    @Test(
        "a secret in place of its file is told once, by the setting, and not repeated",
        arguments: [
            "settings: {endpoint: \"http://127.0.0.1:1\", username: u, password_file: hunter2-9}",
            "settings: {endpoint: \"http://127.0.0.1:1\", username: u}\n"
                + "    secret_files: {password: hunter2-9}",
        ]
    )
    func secretInPlaceOfItsFile(adapter: String) throws {
        let found = try faults(of: "adapters:\n  ericsson-vsip:\n    \(adapter)\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("password") == true)
        #expect(found.first?.contains("names no file that can be read") == true)
        #expect(found.first?.contains("hunter2") == false)
    }

    @Test("the name of a secret is held against the known ones, also where its file is not there")
    func unknownSecret() throws {
        let found = try faults(
            of: "adapters: {ericsson-vsip: {secret_files: {pasword: hunter2-9}}}"
        )
        #expect(
            found.contains { $0.contains("`pasword`") && $0.contains("did you mean `password`") })
        #expect(!found.joined().contains("hunter2"))
    }

    @Test("a code in place of the file of known codes is not repeated")
    func codeInPlaceOfItsFile() throws {
        let found = try faults(
            of: "adapters: {offline: {canaries: {known_good_file: SYNTHETIC-1234}}}"
        )
        #expect(found.count == 1)
        #expect(found.first?.contains("canaries.known_good_file") == true)
        #expect(found.first?.contains("SYNTHETIC") == false)
    }

    @Test("a policy of the operator's own is told with the line of what is wrong")
    func policyFile() throws {
        let folder = try ScratchFolder()
        try folder.write(
            "policies/shop.yaml",
            "policy: shop\nversion: 1\nwindow:\n  days: 7\n  wrong: 1\n"
        )
        let loader = try folder.loader("policies_directory: policies\n")
        let failure = try #require(throws: CommandFailure.self) {
            _ = try loader.configuration()
        }
        #expect(failure.message.contains("policies/shop.yaml:5"))
    }

    @Test("one version of a policy stands in one file, whatever else lies between")
    func policyTwice() throws {
        let folder = try ScratchFolder()
        for (name, version, days) in [("a", 1, 15), ("b", 2, 15), ("c", 1, 30)] {
            try folder.write(
                "policies/\(name).yaml",
                "policy: shop\nversion: \(version)\nwindow:\n  length: P\(days)D\n"
            )
        }
        try folder.write("policies/w7.yaml", "policy: w7\nversion: 1\nwindow: {length: P9D}\n")
        let found = try faults(in: folder, "policies_directory: policies\nminimum_policy: none\n")
        #expect(found.count == 2, "\(found)")
        #expect(found.first?.contains("policies/c.yaml:2: the policy shop@1 is in ") == true)
        #expect(found.first?.contains("policies/a.yaml already: raise `version`") == true)
        #expect(found.last?.contains("w7@1 is in what ships with cardproof") == true)
    }

    @Test("a calendar that is not there is told beside what else is wrong with its policy")
    func policyCalendar() throws {
        let folder = try ScratchFolder()
        try folder.write(
            "policies/shop.yaml",
            "policy: shop\nversion: 0\nwindow: {length: P15D}\ncalendar: cn-2062\n"
        )
        let found = try faults(in: folder, "policies_directory: policies\n")
        #expect(found.count == 2, "\(found)")
        #expect(found.first?.contains("policies/shop.yaml:2: /version") == true)
        #expect(found.last?.contains("policies/shop.yaml:4: /calendar: there is no") == true)
        #expect(found.last?.contains("did you mean `cn-20") == true)
    }

    private func faults(in folder: ScratchFolder, _ configuration: String) throws -> [String] {
        let loader = try folder.loader(configuration)
        let failure = try #require(throws: CommandFailure.self) {
            _ = try loader.configuration()
        }
        return failure.message.split(separator: "\n").dropFirst().map(String.init)
    }
}
