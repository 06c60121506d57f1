import AdapterKit
import CardModel
import Testing
import WireFormat

@Suite("An issuer that speaks XML")
struct XMLAnswerTests {
    private static let manifest = """
        id: post-office
        version: 1
        name: {en: Post office vouchers, zh: 邮局代金券}
        operations: {inquire: {effect: read_only}, history: {effect: read_only}}
        settings:
          endpoint: {kind: url, default: "https://post.example"}
          offset: {kind: utc_offset, default: "+08:00"}
        canaries: [{name: never issued, key: 0000-0000-0000-0000, expect: not_found}]
        limits:
          rate_limit_headers: {remaining: X-Left, reset: X-Reset, reset_as: seconds}
        request:
          method: POST
          url: "{settings.endpoint}/soap"
          headers: {Content-Type: text/xml}
          xml:
            s:Envelope:
              "@xmlns:s": http://schemas.xmlsoap.org/soap/envelope/
              s:Body:
                Check:
                  Card: {"@serial": "{serial?}", "#text": "{key}"}
                  Want: [state, "{product}"]
                  Promised: {Value: "{face_value.minor?}"}
        response:
          format: xml
          issuer_code: /Answer/Result/@code
          issuer_text: /Answer/Result
          expires:
            {path: /Answer/Card/Until, as: datetime, offset: "{settings.offset}", never: [none]}
          value: {amount: /Answer/Card/Value, unit: major, currency: /Answer/Card/Value/@currency}
          history:
            list: /Answer/Card/Events/Event
            kind: /@kind
            time: {path: /At, as: datetime, offset: "{settings.offset}"}
            actor: /By
            amount: {amount: /Value, unit: major, currency: CNY}
            uses: [spent, topped_up]
          scrub: [/Answer/Holder, /Answer/Card/Events/Event/*/By, /Answer/Card/@holder]
          rules:
            - when: {xml: {/Answer/Card/State/0: {is: [fresh]}}}
              table:
                path: /Answer/Result/@code
                codes: {"00": ok_unused}
            - when: {xml: {/Answer/Card/State: {is: [gone, blocked]}}}
              table:
                path: /Answer/Card/State
                codes: {gone: used, blocked: revoked}
            - when: {status: [200, 404], xml: {/Answer/Result/@code: {is: "40"}}}
              state: not_found
        """

    private func adapter() throws -> any IssuerAdapter {
        try AdapterFactory(manifest: AdapterManifest(yaml: Self.manifest, file: "x.yaml"))
            .adapter(configuredBy: AdapterConfiguration(id: "post-office"))
    }

    private static let answer = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- made by hand --><Answer><Result code='00'>gut &amp; <![CDATA[<fein>]]></Result>
        <Holder><Name>Li Lei</Name></Holder>
        <Card holder="Han Meimei"><State>fresh</State><Until>2027-01-31 23:30:00</Until>
        <Value currency="CNY">50.00</Value><Events>
        <Event kind="sold"><At>2026-11-18 09:00:00</At><By>13800001234</By><Value>50</Value></Event>
        <Event kind="printed"><At>2026-11-17 09:00:00</At></Event>
        <Event><At>2026-11-16 09:00:00</At></Event></Events></Card></Answer>
        """

    private func ask(
        _ body: String,
        status: Int = 200,
        type: String = "text/xml; charset=utf-8",
        headers: [(name: String, value: String)] = []
    ) async throws -> (result: InquiryResult, request: OutboundRequest) {
        let issuer = ScriptedIssuer(
            answers: [SignerManifest.answer(body, type: type, headers: headers, status: status)]
        )
        let result = try await adapter().inquire(
            SignerManifest.inquiry(serial: "A\"<&1"),
            using: issuer
        )
        return (result, try #require(await issuer.requests.first))
    }

    @Test("is asked with elements, attributes and lists, escaped")
    func request() async throws {
        let sent = try await ask(Self.answer).request
        #expect(
            sent.bodyText == """
                <?xml version="1.0" encoding="UTF-8"?>
                <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Check>\
                <Card serial="A&quot;&lt;&amp;1">Zq7K-m4Xw-9TrB-2LcV</Card><Want>state</Want>\
                <Want>test</Want><Promised><Value>5000</Value></Promised></Check></s:Body>\
                </s:Envelope>
                """
        )
        #expect(sent.header("Content-Type") == "text/xml")
    }

    @Test("is read by pointers: attributes, texts, lists, times, money")
    func facts() async throws {
        let result = try await ask(Self.answer).result
        #expect(result.state == .okUnused)
        #expect(result.issuer.code == "00" && result.issuer.text == "gut & <fein>")
        #expect(result.expiresOn == CalendarDate(year: 2027, month: 1, day: 31))
        #expect(result.actualValue == Money(minorUnits: 5000, currency: "CNY"))
        #expect(
            result.history == [
                UsageEvent(at: Instant(rfc3339: "2026-11-17T01:00:00Z"), kind: "printed"),
                UsageEvent(
                    at: Instant(rfc3339: "2026-11-18T01:00:00Z"),
                    kind: "sold",
                    actorHint: "…1234",
                    amount: Money(minorUnits: 5000, currency: "CNY")
                ),
            ]
        )
    }

    @Test(
        "the first use in its history is the time of the use, unless something followed it",
        arguments: [
            ("gone", ["sold", "spent", "topped_up"], "2026-11-02T01:00:00Z"),
            ("gone", ["sold", "topped_up"], "2026-11-02T01:00:00Z"),
            ("gone", ["sold", "spent", "refunded", "spent"], nil),
            ("gone", ["sold"], nil),
            ("gone", [], nil),
            // Revoked is another event than the use that may have led to it.
            ("blocked", ["sold", "spent"], nil),
        ] as [(String, [String], String?)]
    )
    func firstUse(state: String, kinds: [String], at: String?) async throws {
        let events = kinds.enumerated().map { number, kind in
            #"<Event kind="\#(kind)"><At>2026-11-0\#(number + 1) 09:00:00</At></Event>"#
        }
        let body = """
            <Answer><Result code="00"/><Card><State>\(state)</State><Until>none</Until>
            <Events>\(events.joined())</Events></Card></Answer>
            """
        let result = try await ask(body).result
        #expect(result.state == (state == "gone" ? .used : .revoked))
        #expect(result.issuer.at?.rfc3339 == at)
        #expect(result.history.count == kinds.count)
    }

    @Test("a code without an end has no expiry, and one event is a list of one")
    func single() async throws {
        let body = """
            <Answer><Result code="00"/><Card><State>fresh</State><Until>none</Until>
            <Events><Event kind="sold"/></Events></Card></Answer>
            """
        let result = try await ask(body).result
        #expect(result.state == .okUnused && result.expiresOn == nil)
        #expect(result.history == [UsageEvent(at: nil, kind: "sold")])
    }

    @Test("people are taken out of what is kept")
    func people() async throws {
        let transcript = try #require(try await ask(Self.answer).result.transcripts.first)
        let kept = String(decoding: transcript.responseBytes, as: UTF8.self)
        for person in ["Li Lei", "Han Meimei", "13800001234"] { #expect(!kept.contains(person)) }
        #expect(kept.contains("<Until>2027-01-31 23:30:00</Until>"))
        #expect(kept.contains(#"<Card holder="[redacted]">"#))
    }

    @Test(
        "anything but well-formed XML decides nothing",
        arguments: [
            "<Answer><Result code=\"00\"></Answer>", "", "<Answer/><Answer/>", "{\"code\":\"00\"}",
            "<!DOCTYPE a [<!ENTITY b \"00\">]><Answer><Result code=\"&b;\"/></Answer>",
            "<Answer><Result code=\"00\" code=\"40\"/></Answer>", "<Answer a=\"<\"/>",
            String(repeating: "<a>", count: 5000),
        ]
    )
    func malformed(body: String) async throws {
        let result = try await ask(body).result
        #expect(result.state == .indeterminate && result.cause == .malformedAnswer)
        #expect(
            try await ask(Self.answer, type: "application/json").result.cause == .malformedAnswer)
    }

    @Test("a status may carry a verdict, and the allowance is passed on")
    func allowance() async throws {
        let result = try await ask(
            "<Answer><Result code=\"40\"/></Answer>",
            status: 404,
            headers: [(name: "x-left", value: "3"), (name: "X-Reset", value: "60")]
        ).result
        #expect(result.state == .notFound)
        #expect(result.allowance?.remaining == 3)
    }

    @Test("its canaries stand in its description, without showing the code")
    func canaries() throws {
        let canaries = try adapter().descriptor.canaries
        #expect(canaries.map(\.name) == ["never issued"])
        #expect(canaries.map(\.expected) == [.notFound])
        #expect(!"\(canaries)".contains("0000-0000"))
    }

    private static let fixtures = """
        adapter: post-office
        attacks: {good: fresh, unmapped: new, echo: unknown}
        cases:
          - name: fresh
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 200
                headers: {Content-Type: text/xml}
                body: '<Answer><Result code="00">good</Result><Card><State>fresh</State></Card></Answer>'
            expect: {state: ok_unused, issuer_code: "00", issuer_text: good}
          - name: new
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 200
                headers: {Content-Type: text/xml}
                body: '<Answer><Result code="77"/></Answer>'
            expect: {state: indeterminate, cause: unmapped, issuer_code: "77"}
          - name: unknown
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 404
                headers: {Content-Type: text/xml}
                body: '<Answer><Result code="40">no ECHO-GOES-HERE</Result></Answer>'
            expect: {state: not_found, issuer_code: "40"}
        """

    @Test("conforms: nothing bent decides, nothing echoed shows")
    func conforms() async throws {
        let manifest = Self.manifest.replacing(
            "Promised: {Value: \"{face_value.minor?}\"}", with: "")
        let findings = await AdapterConformance.run(
            try AdapterFactory(manifest: AdapterManifest(yaml: manifest, file: "x.yaml")),
            try ConformanceFixtures(yaml: Self.fixtures, file: "x/answers.yaml")
        )
        #expect(findings == [])
    }

    /// Takes what it cannot read for a used code.
    private struct Accuser: IssuerAdapter {
        let sound: any IssuerAdapter

        var descriptor: AdapterDescriptor { sound.descriptor }

        func inquire(
            _ inquiry: Inquiry,
            using transport: any HTTPTransport
        ) async throws(AdapterError) -> InquiryResult {
            let result = try await sound.inquire(inquiry, using: transport)
            guard result.state == .indeterminate else { return result }
            return InquiryResult(state: .used, transcripts: result.transcripts)
        }
    }

    @Test(
        "one that accuses when an element is missing, empty or another is caught",
        arguments: ["missing-members", "null-members", "mistyped-members"]
    )
    func accuser(name: String) async throws {
        let found = await AdapterConformance.run(
            Accuser(sound: try adapter()),
            try ConformanceFixtures(yaml: Self.fixtures, file: "x/answers.yaml"),
            cases: AdapterConformance.cases.filter { $0.name == name }
        )
        #expect(!found.isEmpty)
    }
}

@Suite("Provenance")
struct ProvenanceTests {
    private func ask(_ body: String) async throws -> InquiryResult {
        let adapter = try SignerManifest.adapter(
            request: "method: GET\nurl: \"{settings.endpoint}/orders/{issuer_reference}\"",
            response: "provenance: {list: /cards, key: /pin, serial: /number}"
        )
        let issuer = ScriptedIssuer(answers: [SignerManifest.answer(body)])
        let result = try await adapter.inquire(
            SignerManifest.inquiry(serial: "S-1"),
            using: issuer
        )
        let sent = try #require(await issuer.requests.first)
        #expect(sent.url.redacted == "https://issuer.example/orders/…")
        return result
    }

    @Test("the delivered code is among those that the issuer gave out")
    func issued() async throws {
        let result = try await ask(
            #"{"code":"00","cards":[{"number":"S-0","pin":"A"},{"number":"S1","pin":"Zq7Km4Xw9TrB2LcV"}]}"#
        )
        #expect(result.state == .okUnused)
    }

    @Test("another code than the issued one is a conflict, and is not kept")
    func other() async throws {
        for body in [
            #"{"code":"00","cards":[{"number":"S-1","pin":"OTHER-CODE-1234"}]}"#,
            #"{"code":"00","cards":[{"number":"S-2","pin":"Zq7K-m4Xw-9TrB-2LcV"}]}"#,
        ] {
            let result = try await ask(body)
            #expect(result.state == .conflict && result.certainty == .conflict)
            let kept = String(decoding: result.transcripts[0].responseBytes, as: UTF8.self)
            #expect(!kept.contains("OTHER-CODE"))
        }
    }

    @Test("an answer that names no code says nothing")
    func untold() async throws {
        for body in [#"{"code":"00","cards":[]}"#, #"{"code":"00"}"#] {
            #expect(try await ask(body).cause == .malformedAnswer)
        }
        #expect(try await ask(#"{"code":"40"}"#).state == .notFound)
    }
}
