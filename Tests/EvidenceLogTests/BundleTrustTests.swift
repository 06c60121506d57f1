import EvidenceLog
import Testing
import WireFormat

/// What may stand where in a bundle, and whose keys and witnesses count.
struct BundleTrustTests {
    @Test("Each path of the format is read as what it was printed from")
    func paths() {
        let paths: [BundlePath] = [
            .manifest, .manifestNote, .checkpoint, .policy, .keysHistory, .authorities,
            .entry(.entries, index: 12, .proof), .entry(.duplicates, index: 0, .disclosures),
            .entry(.entries, index: 1, .itemRecord(3)), .entry(.entries, index: 1, .itemPath(0)),
            .entry(.entries, index: 1, .itemDisclosures(999)), .request(index: 5, number: 0),
            .reply(index: 5, number: 2), .attachment(index: 9, fileExtension: "png"),
            .succession(2), .policyText(sha256: String(repeating: "0f", count: 32)),
            .stamped(size: 70, .checkpoint),
            .stamped(size: 70, .consistency), .stamped(size: 1, .stampedText(authority: "t")),
            .stamped(size: 1, .place(authority: "t")),
            .stamped(size: 70, .response(authority: "tsa-1")),
            .stamped(size: 70, .certificates(authority: "tsa-1")),
            .stamped(size: 70, .revocationLists(authority: "tsa-1")),
            .entry(.entries, index: 999_999_999_999_999_999, .proof),
            .stamped(size: 70, .response(authority: "A_b-9")), .statement("summary.json"),
        ]
        for path in paths { #expect(BundlePath(path: path.path) == path) }
        for odd in ["time/+1.checkpoint", "entries/.tlog-proof", "entries"] {
            #expect(BundlePath(path: odd) == .statement(odd))
        }
    }

    /// The same names stand in Tests/BlackBox/test_bundle_verifiers.py, for the other verifiers.
    @Test(
        "A name in a folder of the format that has another spelling is none of its files",
        arguments: [
            "entries/01.tlog-proof", "entries/1.item--1.json", "entries/1.item-03.json",
            "entries/1000000000000000000.tlog-proof", "entries/a/1.tlog-proof",
            "time/1..tsr", "time/1.a.b.tsr", "time/1.tsr", "time/1.chain.pem",
            "transcript/1.00.req", "transcript/1.req", "transcript/1.0.REQ",
            "attachments/1.", "attachments/1.tar.gz", "attachments/1.a-b", "attachments/1",
            "listing/policy-00ff.json", "listing/policy-\(String(repeating: "0F", count: 32)).json",
            "listing/page.html", "trust/tsa.pem", "trust/policy.txt.old",
        ])
    func oddPaths(path: String) async throws {
        #expect(BundlePath(path: path) == .statement(path))
        let world = try BundleWorld(size: 5, entries: [2])
        let bundle = try EvidenceBundle(
            sealing: world.files() + [.init(path: path, bytes: [1])],
            signer: world.log.signer
        )
        let findings = await bundle.verify(logKey: world.log.signer.verifierKey).findings
        #expect(findings.map { "\($0.part)" } == ["file \(path)"])
    }

    @Test("A pinned policy that asks for more than the bundle's own says so")
    func pinnedQuorum() async throws {
        let world = try BundleWorld(size: 5, entries: [2])
        let key = world.log.signer.verifierKey
        let stranger = try CosignatureSigner(
            name: "witness.example/other",
            seed: [UInt8](repeating: 3, count: 32)
        )
        let policy = try LogPolicy(
            logs: [key],
            witnesses: [(name: "other", key: stranger.verifierKey)],
            threshold: 1
        )
        var files = try world.files()
        files.removeAll { $0.path == BundlePath.policy.path }
        let none = Array("log \(key.vkey)\nquorum none\n".utf8)
        files.append(.init(path: BundlePath.policy.path, bytes: none))
        let bundle = try EvidenceBundle(sealing: files, signer: world.log.signer)
        let own = await bundle.verify(logKey: key)
        #expect(own.holds && own.policySource == .evidence)
        #expect(own.omissions.contains(.witnessesNotAsked))
        let pinned = await bundle.verify(policy: policy)
        let finding = try #require(pinned.findings.first)
        #expect(finding.error.code == .quorumNotReached)
        #expect(finding.error.detail.contains("0 of 1 witnesses"))
        #expect(finding.error.detail.contains("the bundle's own policy asks for none"))
    }

    @Test("Files that hold keys of the policy hold those alone", arguments: ["log", "witnesses"])
    func keyFiles(name: String) async throws {
        let world = try BundleWorld(size: 5, entries: [2])
        let key = world.log.signer.verifierKey
        let own = name == "log" ? key : world.log.witness.verifierKey
        let other = try NoteSigner(name: key.name, seed: [UInt8](repeating: 1, count: 32))
        for (text, holds) in [
            ("\(own.vkey)\n", true), ("\(other.verifierKey.vkey)\n", false), (own.vkey, false),
            ("\(own.vkey)\n\(own.vkey)\n", false), ("", false),
        ] {
            let file = CanonicalArchive.File(path: "trust/\(name).vkey", bytes: Array(text.utf8))
            let bundle = try EvidenceBundle(
                sealing: world.files() + [file],
                signer: world.log.signer
            )
            #expect(await bundle.verify(logKey: key).holds == holds, "\(text)")
        }
    }
}
