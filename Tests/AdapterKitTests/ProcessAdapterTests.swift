import AdapterKit
import CardModel
import Synchronization
import Testing
import WireFormat

/// A program that says its lines one after the other, whatever it hears.
private final class ScriptedProgram: ProcessTransport, AdapterProgram, ProgramDialogue {
    let number: UInt64 = 7
    private let lines: Mutex<[String]>
    private let messages = Mutex<[String]>([])

    init(_ lines: [String]) {
        self.lines = Mutex(lines)
    }

    /// What it was told, as lines.
    var heard: [String] { messages.withLock { $0 } }

    func program(_ description: ProgramDescription) -> any AdapterProgram { self }

    func open(_ scrubber: Scrubber) async throws(ProgramFailure) -> any ProgramDialogue { self }

    func exchange(_ message: ProgramMessage) async throws(ProgramFailure) -> JSONObject {
        messages.withLock { $0.append(String(decoding: message.line, as: UTF8.self)) }
        let line = lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let line else { throw ProgramFailure(.ended, "the script is over") }
        guard case .reply(_, let object) = try ProgramLine(line.utf8) else {
            throw ProgramFailure(.broken, "no reply")
        }
        return object
    }

    func close() {}
}

@Suite("What a program concludes is held to the rules of manifests")
struct ProcessAdapterTests {
    private static let manifest = """
        id: club
        version: 2
        name: {en: club, zh: 俱乐部}
        kind: process
        command: [python3, club.py]
        operations: {inquire: {effect: read_only}}
        settings:
          endpoint: {kind: url, required: true}
          token: {secret: true, required: true}
        """
    private static let http =
        #"{"id":7,"http":{"url":"https://club.example/v1/check","method":"POST","#
        + #""headers":{"X-Token":"mark-Token-5519-Zr41","X-Plain":"1"},"query":{"a b":"ü"},"#
        + #""form":{"pin":"Zq7K-m4Xw-9TrB-2LcV-8HsD"},"retry_safe":true,"label":"check"}}"#

    private func ask(
        _ lines: [String],
        _ answers: [OutboundResponse] = [TownLibrary.answer("{}")]
    ) async throws -> (result: InquiryResult, program: ScriptedProgram, issuer: ScriptedIssuer) {
        let program = ScriptedProgram(lines)
        let adapter = try AdapterFactory(
            program: AdapterManifest(yaml: Self.manifest, file: "club.yaml"),
            folder: "/nowhere",
            origin: .manifest(file: "club.yaml"),
            transport: program
        ).adapter(
            configuredBy: AdapterConfiguration(
                id: "club",
                settings: ["endpoint": "https://club.example/v1/"],
                secrets: ["token": SecretValue(TownLibrary.token)]
            )
        )
        let issuer = ScriptedIssuer(answers: answers)
        let result = try await adapter.inquire(TownLibrary.inquiry(), using: issuer)
        return (result, program, issuer)
    }

    private static func result(_ members: String) -> String {
        #"{"id":7,"result":{"# + members + "}}"
    }

    @Test("a request is sent as the program wrote it, and its secrets are marked")
    func request() async throws {
        let (result, program, issuer) = try await ask([
            Self.http, Self.result(#""state":"ok_unused","issuer_code":7"#),
        ])
        #expect(result.state == .okUnused && result.issuer.code == "7")
        let sent = try #require(await issuer.requests.first)
        #expect(sent.url.withUnredacted { $0 } == "https://club.example/v1/check?a%20b=%C3%BC")
        #expect(sent.body == Array("pin=Zq7K-m4Xw-9TrB-2LcV-8HsD".utf8))
        #expect(sent.headers.filter(\.isSecret).map(\.name) == ["X-Token"])
        let transcript = try #require(result.transcripts.first)
        #expect(transcript.label == "check")
        let kept = String(decoding: transcript.requestBytes, as: UTF8.self)
        #expect(!kept.contains("Zq7K") && !kept.contains("5519"))
        #expect(program.heard.first?.contains(#""key":"Zq7K-m4Xw-9TrB-2LcV-8HsD""#) == true)
        #expect(program.heard.last?.contains(#""json":{}"#) == true)
    }

    @Test("facts are read, bounded, and scrubbed")
    func facts() async throws {
        let events = (0..<60).map { #"{"at":"2026-11-19T10:00:00Z","kind":"use \#($0)"}"# }
        let (result, _, _) = try await ask([
            Self.http,
            Self.result(
                #""state":"partially_used","certainty":"derived","expires_on":"2027-01-31","#
                    + #""value":{"amount_minor":1200,"currency":"CNY"},"retry_after":5,"#
                    + #""issuer_text":"card zq7km4xw9trb2lcv8hsd is open","#
                    + #""issuer_at":"2026-11-19T10:00:00Z","history":[\#(events.joined(separator: ","))]"#
            ),
        ])
        #expect(result.state == .partiallyUsed && result.certainty == .derived)
        #expect(result.expiresOn?.iso8601 == "2027-01-31")
        #expect(result.actualValue == Money(minorUnits: 1200, currency: "CNY"))
        #expect(result.retryAfter == .seconds(5))
        #expect(result.issuer.text == "card [redacted] is open")
        #expect(result.history.count == InquiryResult.mostUsageEvents)
        #expect(result.history.last?.kind == "use 59")
    }

    @Test("a term, a balance, attributes and traces of use are read, and a term needs two ends")
    func promisedFacts() async throws {
        let (result, _, _) = try await ask([
            Self.http,
            Self.result(
                #""state":"used","balance_until":"2027-03-31","#
                    + #""term":{"starts_at":"2026-11-17T00:00:00Z","#
                    + #""ends_at":"2026-11-20T00:00:00Z"},"#
                    + #""attributes":{"region":"jp","note":"Zq7K-m4Xw-9TrB-2LcV-8HsD"},"#
                    + #""used_by_hint":"…8000","login_anomaly":"new device""#
            ),
        ])
        #expect(result.balanceUntil?.iso8601 == "2027-03-31")
        #expect(result.term?.wholeDays == 3)
        #expect(result.attributes.values == ["region": "jp"])
        #expect(result.usedByHint == "…8000" && result.loginAnomaly == "new device")
        for wrong in [
            #""term":{"starts_at":"2026-11-17T00:00:00Z"}"#,
            #""term":{"starts_at":"2026-11-17T00:00:00Z","ends_at":"2026-11-16T00:00:00Z"}"#,
            #""attributes":{"Region":"jp"}"#, #""attributes":["jp"]"#, #""balance_until":"soon""#,
        ] {
            await #expect(throws: AdapterError.self) {
                try await ask([Self.http, Self.result(#""state":"used","# + wrong)])
            }
        }
    }

    @Test("a program without HTTP reports what it exchanged, and is known as the one who says so")
    func messages() async throws {
        let (result, _, issuer) = try await ask([
            Self.result(
                #""state":"used","messages":[{"label":"ASK","request":"PIN Zq7Km4Xw9TrB2LcV8HsD","#
                    + #""response":"USED mark-Token-5519-Zr41"}]"#
            )
        ])
        #expect(result.state == .used)
        #expect(await issuer.requests.isEmpty)
        let transcript = try #require(result.transcripts.first)
        #expect(transcript.label == "program: ASK")
        #expect(transcript.requestBytes == Array("PIN [redacted]".utf8))
        #expect(transcript.responseBytes == Array("USED [redacted]".utf8))
    }

    @Test("what the issuer repeats is compared with what was asked")
    func echo() async throws {
        let another = try await ask([
            Self.http, Self.result(#""state":"used","echo":{"key":"AAAA-BBBB-CCCC"}"#),
        ]).result
        #expect(another.state == .indeterminate && another.cause == .malformedAnswer)
        let serial = try await ask([
            Self.http, Self.result(#""state":"ok_unused","echo":{"serial":"008-B"}"#),
        ]).result
        #expect(serial.state == .conflict && serial.certainty == .conflict)
        let same = try await ask([
            Self.http,
            Self.result(
                #""state":"ok_unused","echo":{"serial":"007A","key":"Zq7Km4Xw9TrB2LcV8HsD"}"#
            ),
        ]).result
        #expect(same.state == .okUnused)
    }

    @Test("an answer that can decide nothing does not reach the program")
    func screening() async throws {
        let used = Self.result(#""state":"used""#)
        let bent: [(OutboundResponse, IndeterminateCause)] = [
            (TownLibrary.answer("{}", status: 503), .issuerUnavailable),
            (TownLibrary.answer("{}", status: 429), .rateLimited),
            (TownLibrary.answer("{}", status: 302), .malformedAnswer),
            (TownLibrary.answer("{}", status: 401), .ourAccount),
            (TownLibrary.answer("{}", type: "text/html"), .malformedAnswer),
            (TownLibrary.answer(#"{"a":1,"a":2}"#), .malformedAnswer),
        ]
        for (answer, cause) in bent {
            let (result, program, _) = try await ask([Self.http, used], [answer])
            #expect(result.state == .indeterminate && result.cause == cause)
            #expect(program.heard.count == 1)
        }
    }

    @Test("a refusal that the program knows reaches it, and unknown words of one are our account's")
    func refusals() async throws {
        let open = Self.http.replacing(#""label":"check""#, with: #""statuses":[403]"#)
        let refused = TownLibrary.answer("{}", status: 403)
        let known = try await ask([open, Self.result(#""state":"revoked""#)], [refused]).result
        #expect(known.state == .revoked)
        let unknown = try await ask(
            [open, Self.result(#""state":"indeterminate","cause":"unmapped""#)],
            [refused]
        ).result
        #expect(unknown.cause == .ourAccount)
    }

    @Test(
        "what a program may not say is its own failure",
        arguments: [
            result(#""state":"used","cause":"unmapped""#),
            result(#""state":"indeterminate""#),
            result(#""state":"indeterminate","cause":"tired""#),
            result(
                #""state":"indeterminate","cause":"in_progress","continuation":"Zq7Km4Xw9TrB2LcV""#),
            result(#""state":"used","certainty":"sure""#),
            result(#""state":"used","value":{"amount_minor":1,"currency":"yuan"}"#),
            result(#""state":"used","issuer_at":"yesterday""#),
            result(#""state":"used","expires_on":"31.1.2027""#),
            result(#""state":"used","history":[{"kind":"x","who":"Li Lei"}]"#),
            result(#""state":"used","retry_after":-1"#),
            #"{"id":7,"http":{"url":"https://club.example.evil/v1"}}"#,
            #"{"id":7,"http":{"url":"https://club.example/v1/%2e%2E/admin"}}"#,
            #"{"id":7,"http":{"url":"https://club.example/v1/x","method":"TRACE"}}"#,
            #"{"id":7,"http":{"url":"https://club.example/v1/x","body":"a","json":1}}"#,
            #"{"id":7,"http":{"url":"https://club.example/v1/x","headers":{"A":"b\r\nC: d"}}}"#,
            #"{"id":7,"http":{"url":"https://club.example/v1/x","statuses":[500]}}"#,
            #"{"id":7,"http":{"url":"https://club.example/v1/x","timeout":100}}"#,
        ]
    )
    func faults(line: String) async throws {
        let error = await #expect(throws: AdapterError.self) {
            _ = try await ask([Self.http, line])
        }
        #expect(error?.cause == .adapterFailed && error?.code == .program)
        #expect(error?.transcripts.count == 1)
        #expect(error?.message.contains("Zq7K") == false)
    }
}
