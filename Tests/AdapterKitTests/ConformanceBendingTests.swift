import AdapterKit
import CardModel
import Testing
import WireFormat

/// What is bent is what the protocol means by it; where there is no such thing, nothing is tried.
@Suite("What the conformance cases bend")
struct ConformanceBendingTests {
    /// Decides by a word that stands anywhere.
    private static let careless = AnswerReader { answer, _ in
        let text = String(decoding: answer.body, as: UTF8.self)
        return text.contains("fresh")
            ? InquiryResult(state: .okUnused) : .indeterminate(.malformedAnswer)
    }

    private static let document = "<Answer><State>fresh</State></Answer>"

    @Test("an element said twice is tried on XML that is no XML-RPC")
    func duplicatedElement() async throws {
        let name = "duplicated-member"
        let found = try await Self.careless.result(of: name, good: Self.document)
        #expect(found?.outcome == .failed(["gave `ok_unused`, not `indeterminate`"]))
        let strict = AnswerReader { answer, _ in
            let text = String(decoding: answer.body, as: UTF8.self)
            return text.ranges(of: "<State>").count == 1
                ? InquiryResult(state: .okUnused) : .indeterminate(.malformedAnswer)
        }
        #expect(try await strict.result(of: name, good: Self.document)?.outcome == .passed)
    }

    @Test(
        "a bare word has no members to say twice, to leave out, or to give another type",
        arguments: ["duplicated-member", "missing-members", "null-members", "mistyped-members"],
        ["fresh", "200", #""fresh""#]
    )
    func bareWord(name: String, body: String) async throws {
        let reader = AnswerReader { _, _ in InquiryResult(state: .okUnused) }
        let result = try await reader.result(of: name, good: body)
        #expect(result?.outcome == .notApplicable)
        #expect(result?.absence?.en.contains("neither") == false)
    }

    @Test(
        "a code that does not go out is not taken for one that goes out well",
        arguments: ["hostile-code", "verbatim-code"]
    )
    func unsentCode(name: String) async throws {
        var reader = Self.careless
        #expect(try await reader.result(of: name, good: "fresh")?.outcome == .passed)
        reader.sendsCode = false
        let result = try await reader.result(of: name, good: "fresh")
        #expect(result?.outcome == .notApplicable)
        #expect(result?.absence?.en.contains("no request shows the code") == true)
    }

    @Test("a number that is the serial by chance is left alone")
    func serialByChance() async throws {
        let name = "other-serial-echoed"
        let chance = #"{"state": "fresh", "left": 1000, "text": "1000 left"}"#
        let absent = try await Self.careless.result(of: name, good: chance)
        #expect(absent?.outcome == .notApplicable)
        for body in [
            #"{"state": "fresh", "serial": "1000"}"#, "<A><State>fresh</State><S>1000</S></A>",
            "state=fresh&serial=1000",
        ] {
            let found = try await Self.careless.result(of: name, good: body)
            #expect(found?.outcome == .failed(["gave `ok_unused`"]), "\(body)")
        }
    }

    /// Verifies `sign` over `data`, and leaves `sign_type` unsigned.
    private static func signer(_ isCareful: Bool) -> AnswerReader {
        var reader = AnswerReader { answer, _ in
            let body = try? JSONValue.parse(answer.body)
            let isSigned =
                body?["data"] == .string("fresh")
                && body?["sign"] == .string("5f1a0c9d3e7b2846")
            if !isSigned, isCareful { return .indeterminate(.badSignature) }
            return InquiryResult(state: .okUnused)
        }
        reader.descriptor.verifiesAnswers = true
        return reader
    }

    @Test(
        "a signature is found by its whole name", arguments: ["bad-signature", "missing-signature"]
    )
    func signatureName(name: String) async throws {
        let body = #"{"sign_type": "HMAC256", "data": "fresh", "sign": "5f1a0c9d3e7b2846"}"#
        let attacks = "good: good, signed: good, signature: sign"
        let sound = try await Self.signer(true).result(of: name, good: body, attacks: attacks)
        #expect(sound?.outcome == .passed, "\(String(describing: sound?.outcome))")
        let broken = try await Self.signer(false).result(of: name, good: body, attacks: attacks)
        #expect(broken?.outcome == .failed(["gave `ok_unused`, not `indeterminate`"]))
    }

    @Test(
        "a signature is found in a form and in an element as well",
        arguments: ["sign_type=x\nsign=5f1a0c9d3e7b2846", "<A><sign>5f1a0c9d3e7b2846</sign></A>"]
    )
    func signaturePlaces(body: String) async throws {
        var reader = AnswerReader { answer, _ in
            answer.body.elementsEqual(body.utf8)
                ? InquiryResult(state: .okUnused) : .indeterminate(.badSignature)
        }
        reader.descriptor.verifiesAnswers = true
        let escaped = body.replacing("\n", with: "\n\n          ")
        for name in ["bad-signature", "missing-signature"] {
            let result = try await reader.result(
                of: name,
                good: escaped,
                attacks: "good: good, signed: good, signature: sign"
            )
            #expect(result?.outcome == .passed, "\(name): \(String(describing: result?.outcome))")
        }
    }
}
