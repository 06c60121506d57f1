import AdapterKit
import CardModel
import Testing
import WireFormat

@Suite("An adapter that is a manifest")
struct ManifestAdapterTests {
    @Test("asks as its manifest says")
    func request() async throws {
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer(TownLibrary.good)])
        _ = try await TownLibrary.adapter().inquire(
            TownLibrary.inquiry(serial: "00/7 é"),
            using: issuer
        )
        let sent = try #require(await issuer.requests.first)
        #expect(sent.method == "POST")
        #expect(
            sent.url.withUnredacted { $0 }
                == "https://library.example/api/v2/cards/00%2F7%C3%A9?shop=main&value=5000"
        )
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == #"{"pin":"Zq7K-m4Xw-9TrB-2LcV-8HsD","strict":true,"product":"book voucher"}"#
        )
        #expect(
            sent.headers.map { "\($0)" } == [
                "Accept: application/json", "Content-Type: application/json",
                "Authorization: ••••",
            ]
        )
        #expect(sent.headers.last?.value == "Bearer \(TownLibrary.token)")
        #expect(sent.timeout == .seconds(2) && sent.responseBytesLimit == 65_536)
    }

    @Test("leaves out what is optional and not there")
    func optionalPlaces() async throws {
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer(TownLibrary.good)])
        _ = try await TownLibrary.adapter().inquire(
            TownLibrary.inquiry(faceValue: nil),
            using: issuer
        )
        let sent = try #require(await issuer.requests.first)
        #expect(sent.url.withUnredacted { $0.hasSuffix("?shop=main") })
    }

    @Test("asks nobody when the delivery lacks what the issuer needs")
    func missingSerial() async throws {
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer(TownLibrary.good)])
        let adapter = try TownLibrary.adapter()
        let error = await #expect(throws: AdapterError.self) {
            try await adapter.inquire(TownLibrary.inquiry(serial: nil), using: issuer)
        }
        #expect(error?.code == .inquiry && error?.cause == .ourRequest)
        #expect(await issuer.requests.isEmpty)
    }

    @Test("keeps the issuer's own code and text, a leading zero included")
    func words() async throws {
        let result = try await TownLibrary.ask(TownLibrary.good)
        #expect(result.state == .okUnused && result.certainty == .authoritative)
        #expect(result.issuer == IssuerStatement(code: "0001", text: "fine"))
        #expect(result.expiresOn == CalendarDate(iso8601: "2027-01-31"))
        #expect(result.actualValue == Money(minorUnits: 5000, currency: "CNY"))
    }

    @Test("a number is not the text that looks like it")
    func numericCode() async throws {
        let result = try await TownLibrary.ask(#"{"code": 1, "card": {}}"#)
        #expect(result.state == .indeterminate && result.cause == .unmapped)
        #expect(result.issuer.code == "1")
    }

    @Test(
        "compares what a good code is worth with what was promised",
        arguments: [
            ("50.00", VerdictState.okUnused), ("50", .okUnused), ("80.5", .okUnused),
            ("49.99", .partiallyUsed), ("0.00", .used), ("0", .used),
            ("fifty", .okUnused), ("50.001", .okUnused), ("-1", .okUnused), ("1e1", .okUnused),
        ]
    )
    func value(balance: String, state: VerdictState) async throws {
        let body = TownLibrary.good.replacing("50.00", with: balance)
        let result = try await TownLibrary.ask(body)
        #expect(result.state == state)
        #expect(result.certainty == (state == .okUnused ? .authoritative : .derived))
    }

    @Test(
        "a good code is good on its last local day and expired after it",
        arguments: [("2026-11-20", VerdictState.okUnused), ("2026-11-19", .expired)]
    )
    func expiry(date: String, state: VerdictState) async throws {
        let body = TownLibrary.good.replacing("2027-01-31", with: date)
        #expect(try await TownLibrary.ask(body).state == state)
    }

    @Test("an answer about another serial is a conflict, about another spelling is none")
    func echo() async throws {
        let other = TownLibrary.good.replacing("007A", with: "008A")
        let result = try await TownLibrary.ask(other)
        #expect(result.state == .conflict && result.certainty == .conflict)
        #expect(result.issuer.code == "0001")
        let spelled = TownLibrary.good.replacing("007A", with: "0-0-7 A")
        #expect(try await TownLibrary.ask(spelled).state == .okUnused)
    }

    @Test("takes the time of first use from the answer, and invents none")
    func firstUse() async throws {
        let used = #"{"code": "0002", "card": {"used_at": 1763500000}}"#
        #expect(
            try await TownLibrary.ask(used).issuer.at
                == Instant(rfc3339: "2025-11-18T21:06:40Z")
        )
        for odd in [#""yesterday""#, "\(Int64.min)", "\(Int64.max)"] {
            let answer = #"{"code": "0002", "card": {"used_at": \#(odd)}}"#
            let result = try await TownLibrary.ask(answer)
            #expect(result.state == .used && result.issuer.at == nil, "\(odd)")
        }
    }

    @Test("the first rule that fits decides, and its status must be named")
    func rules() async throws {
        #expect(try await TownLibrary.ask(#"{"code": "0404"}"#, status: 404).state == .notFound)
        #expect(try await TownLibrary.ask(#"{"code": "0404"}"#).cause == .unmapped)
        let reserved = #"{"code": "0003", "card": {}}"#
        #expect(try await TownLibrary.ask(reserved).cause == .reserved)
        #expect(try await TownLibrary.ask(reserved, status: 404).cause == .unmapped)
    }

    @Test("a header can decide too")
    func headerRule() async throws {
        let answer = TownLibrary.answer(
            "{}",
            status: 400,
            headers: [(name: "x-reason", value: "bad-pin-3")]
        )
        let issuer = ScriptedIssuer(answers: [answer])
        let result = try await TownLibrary.adapter().inquire(TownLibrary.inquiry(), using: issuer)
        #expect(result.state == .notFound)
    }

    @Test("takes personal data out of what is kept, and withholds what cannot be searched")
    func personalData() async throws {
        let kept = try await TownLibrary.ask(TownLibrary.good).transcripts[0].responseBytes
        #expect(!String(decoding: kept, as: UTF8.self).contains("Li Lei"))
        #expect(String(decoding: kept, as: UTF8.self).contains("2027-01-31"))
        let cut = try await TownLibrary.ask(String(TownLibrary.good.dropLast(3))).transcripts[0]
        #expect(!String(decoding: cut.responseBytes, as: UTF8.self).contains("Li Lei"))
    }
}
