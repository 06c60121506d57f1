import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

@testable import Adapters

/// Requests, signatures and encrypted fields of the aggregators, byte for byte.
@Suite("Vectors of the aggregators' protocols")
struct ProtocolVectorTests {
    private let vectors: JSONValue

    init() throws {
        let url = ShippedAdapters.root.appending(path: "Tests/Vectors/protocol-vectors.json")
        vectors = try JSONValue.parse(Array(try Data(contentsOf: url)))
    }

    private func text(_ pointer: String) throws -> String {
        try #require(vectors.value(atPointer: pointer)?.stringValue, "\(pointer)")
    }

    private func pairs(_ pointer: String) throws -> [(String, String)] {
        let list = try #require(vectors.value(atPointer: pointer)?.arrayValue)
        return list.map {
            ($0.arrayValue?[0].stringValue ?? "", $0.arrayValue?[1].stringValue ?? "")
        }
    }

    private func setup(
        _ id: String,
        _ settings: [String: String],
        _ secrets: [String: String]
    ) throws -> AdapterSetup {
        try AdapterSetup(
            descriptor: ShippedAdapters.factory(id).descriptor,
            configuration: AdapterConfiguration(
                id: id,
                settings: settings,
                secrets: secrets.mapValues { SecretValue($0) }
            )
        )
    }

    private func order(
        _ number: UInt64,
        _ serial: String,
        _ key: String,
        callback: String
    ) throws -> RedemptionOrder {
        let placed = try #require(Instant(rfc3339: "2026-01-01T00:00:00+08:00"))
        return RedemptionOrder(
            inquiry: Inquiry(
                code: CardCode(serial: SerialNumber(serial), key: CardKey(key)),
                product: "vector",
                faceValue: Money(minorUnits: 5000, currency: "CNY"),
                askedAt: placed,
                format: .generic
            ),
            number: number,
            placedAt: placed,
            callbackURL: callback
        )
    }

    /// Entries that tests elsewhere reproduce, and where.
    private static let reproducedElsewhere = [
        "fulu_sign": "AdapterKitTests/RequestSignatureTests.swift",
        "agiso": "AdapterKitTests/RequestSignatureTests.swift",
        "jd_game_card": "AdapterKitTests/RequestSignatureTests.swift",
        "licensespring": "AdapterKitTests/RequestSignatureTests.swift",
        "dujiao_next_callback": "GatewayTests/ShopTests.swift",
        "acg_faka": "GatewayTests/ShopTests.swift",
        "luhn": "CardModelTests/CheckDigitTests.swift",
    ]

    @Test("no vector is left that no test reproduces")
    func everyVector() throws {
        let names = try #require(vectors.objectValue).members.map(\.name)
        let tests = ShippedAdapters.root.appending(path: "Tests")
        for name in names {
            let path = Self.reproducedElsewhere[name] ?? "AdaptersTests/ProtocolVectorTests.swift"
            let file = try String(contentsOf: tests.appending(path: path), encoding: .utf8)
            let uses = file.matches(of: /"\/?([A-Za-z_0-9]+)(?:\/[^"]*)?"/).filter { $0.1 == name }
            #expect(!uses.isEmpty, "\(name) is not in \(path)")
        }
        #expect(Set(Self.reproducedElsewhere.keys).isSubset(of: names))
    }

    // MARK: YeePay

    private static let yeePaySettings = [
        "merchant_id": "10000000001", "card_type": "SZX", "merchant_note": "ref-1",
        "user_id": "u1", "user_registered_at": "2026-01-01 00:00:00",
    ]

    private func yeePay(_ more: [String: String] = [:]) throws -> AdapterSetup {
        try setup(
            "yeepay-card",
            Self.yeePaySettings.merging(more) { $1 },
            ["merchant_key": try text("/yeepay_request/key")]
        )
    }

    private func yeePayCharge(_ setup: AdapterSetup) throws -> [(name: String, value: String)] {
        let order = try order(
            20_260_101_000_001,
            "10000000000000017",
            "200000000000000018",
            callback: "http://127.0.0.1:8080/cb/yeepay"
        )
        return try YeePayCharge(order, YeePayAccount(setup), setup).fields
    }

    @Test("yeepay-card makes the whole request of the vector, in either character set")
    func yeePayRequest() throws {
        for charset in ["utf-8", "gbk"] {
            let setup = try yeePay(["hmac_charset": charset])
            let fields = try yeePayCharge(setup)
            let expected = try pairs("/yeepay_request/fields")
            #expect(fields.map(\.name) == expected.map(\.0))
            #expect(fields.map(\.value) == expected.map(\.1))
            #expect(fields.map(\.value).joined() == (try text("/yeepay_request/sign_string")))
            let hmac = try YeePayAccount(setup).hmac(fields.map(\.value))
            #expect(hmac == (try text("/yeepay_request/hmac")))
        }
    }

    @Test("a Chinese product name is signed in the configured bytes and sent in GBK")
    func yeePayChinese() throws {
        for (charset, name) in [("utf-8", "hmac_over_utf8"), ("gbk", "hmac_over_gbk")] {
            let setup = try yeePay(["hmac_charset": charset, "product_name": "充值卡"])
            let account = try YeePayAccount(setup)
            let fields = try yeePayCharge(setup)
            let hmac = try text("/yeepay_request_chinese_p5/\(name)")
            #expect(account.hmac(fields.map(\.value)) == hmac)
            let body = String(decoding: try YeePayForm(fields, account).body, as: UTF8.self)
            let wire = try text("/yeepay_request_chinese_p5/wire_p5_gbk_percent")
            #expect(body.contains("&p5_Pid=\(wire)&") && body.hasSuffix("&hmac=\(hmac)"))
        }
    }

    @Test("replies, callbacks and queries of YeePay carry the vectors' signatures")
    func yeePayReplies() throws {
        let account = try YeePayAccount(yeePay())
        for name in ["yeepay_submit_response", "yeepay_callback", "yeepay_query"] {
            let values = try pairs("/\(name)/fields").map(\.1)
            #expect(account.hmac(values) == (try text("/\(name)/hmac")), "\(name)")
        }
        let order = try order(20_260_101_000_001, "1", "1", callback: "http://x")
        let query = YeePayCardAdapter.queryFields(order, account)
        #expect(query.map(\.value) == (try pairs("/yeepay_query/fields").map(\.1)))
    }

    @Test("the vector's callback is read, about its order and about no other")
    func yeePayCallback() throws {
        let adapter = YeePayCardAdapter(
            descriptor: try ShippedAdapters.factory("yeepay-card").descriptor,
            setup: try yeePay()
        )
        let fields =
            try pairs("/yeepay_callback/fields") + [("hmac", try text("/yeepay_callback/hmac"))]
        let callback = IssuerCallback(
            method: "GET",
            rawQuery: RawForm(fields.map { ($0.0, Array($0.1.utf8)) }).encoded,
            headers: [],
            body: [],
            receivedAt: AggregatorWorld.placedAt
        )
        #expect(adapter.orderNumber(in: callback) == 20_260_101_000_001)
        let ours = try order(
            20_260_101_000_001,
            "10000000000000017",
            "200000000000000018",
            callback: "http://127.0.0.1:8080/cb/yeepay"
        )
        let reading = try adapter.read(callback, about: ours)
        #expect(reading.answer.disposition == .settled)
        #expect(reading.answer.result.state == .okActivatedByBuyer)
        #expect(reading.acknowledgement.body == Array("success".utf8))
        let other = try order(7, "10000000000000017", "200000000000000018", callback: "http://x")
        #expect(throws: CallbackRefusal.self) { try adapter.read(callback, about: other) }
    }

    // MARK: Shenzhoufu

    private func shenzhoufu(_ settings: [String: String]) throws -> AdapterSetup {
        try setup(
            "shenzhoufu",
            ["merchant_id": "151525", "private_field": "ref1"].merging(settings) { $1 },
            [
                "private_key": try text("/szf_request/privateKey"),
                "des_key": try text("/szf_request/desKey_b64"),
            ]
        )
    }

    @Test("shenzhoufu makes the vector's card field, order id and MD5")
    func shenzhoufuRequest() throws {
        let setup = try shenzhoufu(["card_type": "0"])
        let order = try order(
            1,
            "10000000000000017",
            "200000000000000018",
            callback: "http://127.0.0.1:8080/cb/szf"
        )
        let charge = try ShenzhoufuCharge(order, ShenzhoufuAccount(setup), setup)
        #expect(charge.cardInfo.withUnredacted { $0 } == (try text("/szf_request/cardInfo")))
        let expected = try pairs("/szf_request/sign_fields_in_order")
        #expect(charge.fields.prefix(8).map(\.name) == expected.map(\.0))
        #expect(charge.fields.prefix(8).map(\.value) == expected.map(\.1))
        let md5 = charge.fields.first { $0.name == "md5String" }?.value
        #expect(md5 == (try text("/szf_request/md5String")))
    }

    @Test("a game card carries its type inside the card field")
    func shenzhoufuGameCard() throws {
        let setup = try shenzhoufu(["card_type": "4"])
        let order = try order(1, "1234567890123456", "1234567890123456", callback: "http://x")
        let charge = try ShenzhoufuCharge(order, ShenzhoufuAccount(setup), setup)
        let expected = try text("/szf_gamecard_cardInfo/cardInfo")
        #expect(charge.cardInfo.withUnredacted { $0 } == expected)
    }

    @Test("notifications are signed in the three ways of the vectors, the published one among them")
    func shenzhoufuNotifications() throws {
        let cases = [
            ("1", "szf_notify", "mode1_no_cardMoney"), ("2", "szf_notify", "mode2_pipe"),
            ("3", "szf_notify", "variant_concat_with_cardMoney"),
            ("3", "szf_notify_published_test", "expected_md5String_in_source"),
        ]
        for (mode, name, digest) in cases {
            let account = try ShenzhoufuAccount(shenzhoufu(["notify_md5_mode": mode]))
            let values = try account.mode.fields.map { try text("/\(name)/fields/\($0)") }
            let computed = account.md5(values, separator: account.mode.separator)
            #expect(computed == (try text("/\(name)/\(digest)")), "\(name) \(mode)")
        }
    }

    // MARK: 19pay

    @Test("19pay makes the vector's encrypted card and verifystring")
    func nineteenPay() throws {
        let setup = try setup(
            "19pay",
            [
                "endpoint": "http://127.0.0.1", "merchant_id": "1", "card_type": "CMJFK",
                "card_channel": "CMJFK00010001",
            ],
            ["merchant_key": try text("/19pay/merchant_key")]
        )
        let order = try order(1, "000000000012", "00000008", callback: "http://x")
        let charge = try NineteenPayCharge(order, NineteenPayAccount(setup), setup)
        #expect(charge.encryptedSerial == (try text("/19pay/cardnum1(000000000012)")))
        #expect(charge.encryptedKey == (try text("/19pay/cardnum2(00000008)")))
        let signed = charge.fields.prefix(10).map { "\($0.name)=\($0.value)" }
        let sign = try text("/19pay/sign_string")
        #expect((signed + ["merchant_key=123456789"]).joined(separator: "&") == sign)
        let verify = charge.fields.first { $0.name == "verifystring" }?.value
        #expect(verify == (try text("/19pay/verifystring")))
    }

    // MARK: CK象

    private func ckxiang(_ seconds: Int64) throws -> (CKXiangAccount, CKXiangCard, Instant) {
        let setup = try setup(
            "ckxiang",
            [
                "endpoint": "http://127.0.0.1", "app_id": "a", "product_mark": "iTunes",
                "region_id": "2", "region_name": "美国", "auto_type": "0",
            ],
            ["app_secret": try text("/ckxiang_checkCard/appSecret")]
        )
        let asked = Instant(secondsSinceEpoch: seconds)
        let inquiry = Inquiry(
            code: CardCode(serial: nil, key: CardKey("X123123123123122")),
            product: "vector",
            askedAt: asked,
            format: .generic
        )
        return (try CKXiangAccount(setup), try CKXiangCard(inquiry, setup), asked)
    }

    @Test("ckxiang signs and encrypts a submission as the vector")
    func ckxiangSubmission() throws {
        let (account, card, asked) = try ckxiang(1_728_629_545)
        let fields = card.submission(at: asked)
        #expect(account.sign(fields) == (try text("/ckxiang_checkCard/sign")))
        #expect(try account.body(fields).data == (try text("/ckxiang_checkCard/data_hex")))
        let inner = try JSONValue.parse(Array(try text("/ckxiang_checkCard/inner_json").utf8))
        #expect(account.opened(try text("/ckxiang_checkCard/data_hex")) == inner)
    }

    @Test("ckxiang signs and encrypts a poll as the vector")
    func ckxiangPoll() throws {
        let (account, card, asked) = try ckxiang(1_728_629_546)
        let fields = card.poll(at: asked)
        #expect(account.sign(fields) == (try text("/ckxiang_checkCardResult/sign")))
        #expect(try account.body(fields).data == (try text("/ckxiang_checkCardResult/data_hex")))
    }
}
