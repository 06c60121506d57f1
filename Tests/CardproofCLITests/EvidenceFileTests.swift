import CardModel
import Foundation
import Testing
import WireFormat

@testable import CardproofCLI

@Suite("What counts as evidence")
struct EvidenceFileTests {
    @Test(
        "what is no evidence at all is an error of usage",
        arguments: [("thing", "\u{89}PNG"), ("thing", ""), ("notes.txt", "hello\n")]
    )
    func noEvidence(name: String, text: String) throws {
        let folder = try ScratchFolder()
        let path = try folder.write(name, text)
        let failure = try #require(throws: CommandFailure.self) { _ = try EvidenceFile(path: path) }
        #expect(failure.exit == .usage)
        #expect(failure.message.contains(path))
    }

    @Test("an empty folder and a missing path are no evidence")
    func noFolder() throws {
        let folder = try ScratchFolder()
        #expect(throws: CommandFailure.self) { _ = try EvidenceFile(path: folder.path) }
        #expect(throws: CommandFailure.self) { _ = try EvidenceFile(path: folder.path + "/no") }
    }

    @Test(
        "a damaged piece of evidence is evidence that does not verify",
        arguments: [
            ("a.tlog-proof", "d2sp.org/tlog-proof@v1\n"), ("checkpoint", "garbage"),
            ("x", "c2sp.org/tlog-proof@v9\n"), ("x", "origin\n1\n\n\u{2014} name AAAA\n"),
        ]
    )
    func damaged(name: String, text: String) throws {
        let folder = try ScratchFolder()
        let path = try folder.write(name, text)
        #expect(throws: Never.self) { _ = try EvidenceFile(path: path) }
    }

    @Test("a damaged file does not hold, in both languages and as JSON")
    func doesNotHold() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.tlog-proof", "garbage")
        let verdict = try await EvidenceFile(path: path).verify(
            key: nil, policy: nil, authorities: nil, older: [])
        #expect(!verdict.holds)
        let english = VerificationText(report: verdict, language: .en).text(of: path)
        let chinese = VerificationText(report: verdict, language: .zhCN).text(of: path)
        #expect(english.contains("does not verify"))
        #expect(chinese.contains("未通过验证"))
        #expect(VerificationJSON.value(of: verdict, path: path)["holds"]?.boolValue == false)
    }
}
