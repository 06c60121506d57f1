import Foundation
import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Aggregators that take a card's value")
struct AggregatorTests {
    private static let credentials = SandboxConfiguration.seededCredentials

    private func code(_ name: String) throws -> String {
        try #require(SandboxState.named(name)?.code(number: 5))
    }

    @Test("YeePay acknowledges, calls back with a signature, and answers a query")
    func yeepay() async throws {
        try await CallbackReceiver.running(answering: "success") { receiver in
            try await withSandbox(.seeded) { sandbox, client in
                let answer = try await client.charge(
                    "200000000000000018",
                    order: "CP1",
                    callback: receiver.url + "?shop=1"
                )
                #expect(answer.headers["content-type"] == "text/html; charset=GBK")
                #expect(answer.lines["r1_Code"] == "1" && answer.lines["r6_Order"] == "CP1")
                let signed = ["ChargeCardDirect", "1", "CP1", ""]
                #expect(
                    answer.lines["hmac"]
                        == YeePaySignature.hmac(signed, key: Self.credentials.yeepayKey)
                )
                let calls = try await receiver.calls(atLeast: 1)
                let call = try #require(calls.first)
                let query = try #require(call.query)
                #expect(call.method == "GET" && query["shop"] == "1")
                #expect(query["r1_Code"] == "1" && query["p8_cardStatus"] == "0")
                #expect(query.text("p9_MP", in: .gbk) == "备注")
                let values = query.fields.dropFirst().dropLast()
                    .map { TextCharset.gbk.decode($0.value) ?? "" }
                #expect(
                    query["hmac"]
                        == YeePaySignature.hmac(
                            Array(values),
                            key: Self.credentials.yeepayKey
                        )
                )
                #expect(try await client.queryCharge("CP1").lines["rb_PayStatus"] == "SUCCESS")
                #expect(try await client.queryCharge("CP2").lines["r1_Code"] == "50")
                #expect(sandbox.calls.value(atPointer: "/orders/yeepay-card/succeeded") == 1)
            }
        }
    }

    @Test("YeePay refuses what is wrong with a code of its own, and takes no card twice")
    func yeepayRefusals() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let good = "200000000000000018"
            let cases: [(String, [String: String])] = [
                ("66", ["p3_Amt": "50"]), ("8001", ["pa7_cardAmt": "fifty"]),
                ("112", ["pd_FrpId": "AMEX"]), ("8002", ["pa8_cardNo": "1,2"]),
                ("7", ["pa8_cardNo": "12"]), ("-1", ["p1_MerId": "7"]),
                (
                    "5",
                    [
                        "pa7_cardAmt": [String](repeating: "50.00", count: 11)
                            .joined(separator: ","),
                        "pa8_cardNo": [String](repeating: "12345", count: 11)
                            .joined(separator: ","),
                        "pa9_cardPwd": [String](repeating: "12345", count: 11)
                            .joined(separator: ","),
                    ]
                ),
            ]
            for (expected, changes) in cases {
                let answer = try await client.charge(good, order: "CP0", changes: changes)
                #expect(answer.lines["r1_Code"] == expected)
            }
            let forged = try await client.charge(good, order: "CP0", key: "other")
            #expect(forged.lines["r1_Code"] == "-1")
            #expect(sandbox.calls.value(atPointer: "/redemptions/requests") == 0)
            #expect(try await client.charge(good, order: "CP1").lines["r1_Code"] == "1")
            let sameOrder = try await client.charge("200000000000000019", order: "CP1")
            #expect(sameOrder.lines["r1_Code"] == "11")
            let sameCard = try await client.charge(good, order: "CP2")
            #expect(sameCard.lines["r1_Code"] == "2")
            #expect(TextCharset.gbk.decode(sameCard.body)?.contains("卡密已处理过") == true)
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 1)
            #expect(sandbox.calls.value(atPointer: "/redemptions/redeemed_twice") == 1)
        }
    }

    @Test("YeePay's callback words what is the matter with the card")
    func yeepayStates() async throws {
        try await CallbackReceiver.running(answering: "success") { receiver in
            try await withSandbox(.seeded) { sandbox, client in
                let cases = [
                    ("used", "2005"), ("expired", "3102"), ("damaged", "3003"), ("locked", "2013"),
                    ("not_activated", "3005"), ("not_found", "3001"), ("wrong_secret", "3006"),
                    ("busy", "2014"), ("disputed", "1"), ("good_half_value", "7"),
                ]
                for (place, (name, status)) in cases.enumerated() {
                    let card = try code(name)
                    _ = try await client.charge(card, order: name, callback: receiver.url)
                    let calls = try await receiver.calls(atLeast: place + 1)
                    let query = try #require(calls.last?.query)
                    #expect(query["p8_cardStatus"] == status, "\(name)")
                    #expect(query["r1_Code"] == "2", "\(name)")
                }
                let pending = try await client.charge(code("pending"), order: "pending")
                #expect(pending.lines["r1_Code"] == "1")
                #expect(try await client.queryCharge("pending").lines["r1_Code"] == "3")
                #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 1)
            }
        }
    }

    @Test("a scripted word is told as it stands, success words take the value")
    func scriptedWords() async throws {
        try await CallbackReceiver.running(answering: "success") { receiver in
            try await withSandbox(.seeded) { sandbox, client in
                let good = try #require(SandboxState.named("good"))
                for (place, word) in ["10000", "2", "1010"].enumerated() {
                    try sandbox.script([CodeScript(key: "card0\(word)", state: good, word: word)])
                    _ = try await client.charge(
                        "card0\(word)",
                        order: word,
                        callback: receiver.url
                    )
                    let calls = try await receiver.calls(atLeast: place + 1)
                    #expect(calls.last?.query?["p8_cardStatus"] == word)
                }
                #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 0)
            }
        }
    }

    @Test("Shenzhoufu accepts, gives notice in each of its three forms, and answers a query")
    func shenzhoufu() async throws {
        for mode in ShenzhoufuNoticeMode.allCases {
            var configuration = SandboxConfiguration.seeded
            configuration.shenzhoufuNotice = mode
            let prepared = configuration
            let id = "20260101-100001-7"
            try await CallbackReceiver.running(answering: "later", id) { receiver in
                try await withSandbox(prepared) { sandbox, client in
                    let answer = try await client.enter(
                        "200000000000000018",
                        serial: "7",
                        callback: receiver.url
                    )
                    #expect(answer.text == "200" && answer.headers["szfresponsecode"] == "200")
                    let calls = try await receiver.calls(atLeast: 2)
                    #expect(calls.count == 2, "repeated until the order's number comes back")
                    let form = try #require(calls.last?.form)
                    let notice = ShenzhoufuNotice(
                        merchant: "100001",
                        order: id,
                        payMoney: "5000",
                        cardMoney: "50",
                        payResult: "1",
                        privateField: "ref1",
                        payDetails: ""
                    )
                    let key = Self.credentials.shenzhoufuKey
                    #expect(form["md5String"] == notice.md5(mode, key: key))
                    #expect((form["cardMoney"] == nil) == (mode == .withoutCardMoney))
                    #expect(form["errcode"] == "200")
                    let query = try await client.queryEntries(id)
                    let record = try XMLReader.root(of: query.body)
                    let leaves = Dictionary(
                        record.children.map { ($0.name, $0.text) },
                        uniquingKeysWith: { first, _ in first }
                    )
                    #expect(leaves["queryResult"] == "S" && leaves["payResult"] == "1")
                    #expect(leaves["md5String"] == Digests.md5("S3100001\(id)15000\(key)"))
                    #expect(sandbox.calls.value(atPointer: "/callbacks/acknowledged") == 1)
                }
            }
        }
    }

    @Test("Shenzhoufu's certificate signature verifies under openssl, and covers the MD5 alone")
    func shenzhoufuCertificate() async throws {
        let id = "20260101-100001-7"
        try await CallbackReceiver.running(answering: id) { receiver in
            try await withSandbox(.seeded) { _, client in
                _ = try await client.enter("20000018", serial: "7", callback: receiver.url)
                let calls = try await receiver.calls(atLeast: 1)
                let form = try #require(calls.first?.form)
                let keys = try await client.send("GET", "/sandbox/keys").json
                let pem = try #require(keys.value(atPointer: "/rsa/pem")?.stringValue)
                let signature = try #require(form["signString"].flatMap { Base64.decode($0) })
                let md5 = try #require(form["md5String"])
                let certificate = try #require(
                    keys.value(atPointer: "/rsa/certificate_pem")?.stringValue
                )
                #expect(try OpenSSL.publicKey(ofCertificate: certificate) == pem)
                #expect(try OpenSSL.verifiesMD5(Array(md5.utf8), signature, pem: pem))
                #expect(try !OpenSSL.verifiesMD5(Array("0\(md5)".utf8), signature, pem: pem))
            }
        }
    }

    @Test("Shenzhoufu refuses what is wrong with a number of its own, and takes no card twice")
    func shenzhoufuRefusals() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let good = "200000000000000018"
            let cases: [(String, [String: String])] = [
                ("903", ["merId": "100002"]), ("917", ["version": "2"]),
                ("914", ["payMoney": "50.00"]), ("911", ["orderId": "1"]),
                ("910", ["returnUrl": "ftp://127.0.0.1/"]), ("109", ["cardInfo": "AAAA"]),
                ("902", ["cardInfo": ""]), ("916", ["cardTypeCombine": "3"]),
            ]
            for (expected, changes) in cases {
                let answer = try await client.enter(good, serial: "1", changes: changes)
                #expect(answer.text == expected)
            }
            let forged = try await client.enter(good, serial: "1", key: "other")
            #expect(forged.text == "101")
            let otherKey = [UInt8](repeating: 1, count: 8)
            #expect(
                ["109", "917"].contains(
                    try await client.enter(good, serial: "1", desKey: otherKey).text
                )
            )
            #expect(try await client.enter(good, serial: "1", face: "x").text == "915")
            #expect(sandbox.calls.value(atPointer: "/redemptions/requests") == 0)
            #expect(try await client.enter(good, serial: "1").text == "200")
            #expect(try await client.enter("20000019", serial: "1").text == "102")
            #expect(try await client.enter(good, serial: "2").text == "104")
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 1)
            #expect(try await client.queryEntries("20260101-100001-9").text.contains("F003"))
            let unsigned = try await client.queryEntries("20260101-100001-1", key: "other")
            #expect(unsigned.text.contains("F004"))
        }
    }

    @Test("CK象 waits, works, and then tells what is the matter")
    func ckxiang() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let card = "X123123123123122"
            #expect(try await client.checkCard(card).json["data"] == true)
            #expect(try await client.checkCard(card).json["data"] == true)
            var states: [JSONValue?] = []
            for _ in 0..<4 {
                states.append(try await client.pollCard(card).hidden["status"])
            }
            #expect(states == [0, 1, 2, 2])
            for (name, status) in [
                ("used", 4), ("not_found", 3), ("busy", 5), ("unknown_word", 9),
            ] {
                let card = try "X" + code(name)
                _ = try await client.checkCard(card)
                var last: JSONValue?
                for _ in 0..<3 { last = try await client.pollCard(card).hidden["status"] }
                #expect(last == .integer(Int64(status)), "\(name)")
            }
            let forged = try await client.checkCard(card, secret: "other")
            #expect(forged.json["code"] == 500 && forged.json["msg"] == "验签失败")
            #expect(try await client.pollCard("X000").json["code"] == 500)
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 0)
            #expect(sandbox.calls.value(atPointer: "/redemptions/requests") == 0)
        }
    }

    @Test("19pay accepts with P and gives notice, first of a failure where the code says so")
    func nineteenPay() async throws {
        try await CallbackReceiver.running(answering: "Y") { receiver in
            try await withSandbox(.seeded) { sandbox, client in
                let answer = try await client.submit(
                    "200000000000000018",
                    order: "CP1",
                    callback: receiver.url
                )
                let parts = answer.text.split(separator: "|", omittingEmptySubsequences: false)
                #expect(parts[11] == "P")
                let first = try await receiver.calls(atLeast: 1)
                let form = try #require(first.first?.form)
                #expect(form["result"] == "Y" && form["card_code1"] == "00000")
                let signed = form.fields.dropLast()
                    .map { "\($0.name)=\(TextCharset.gbk.decode($0.value) ?? "")" }
                let key = Self.credentials.nineteenPayKey
                #expect(
                    form["verifystring"]
                        == Digests.md5((signed + ["merchant_key=\(key)"]).joined(separator: "&"))
                )
                let flipping = try code("failure_then_success")
                _ = try await client.submit(flipping, order: "CP2", callback: receiver.url)
                let later = try await receiver.calls(atLeast: 3)
                #expect(later[1].form?["result"] == "N" && later[1].form?["card_code1"] == "81007")
                #expect(later[2].form?["result"] == "Y" && later[2].form?["card_code1"] == "00000")
                _ = try await client.submit(code("used"), order: "CP3", callback: receiver.url)
                let used = try await receiver.calls(atLeast: 4)
                #expect(used[3].form?["card_code1"] == "10082")
            }
        }
        try await withSandbox(.seeded) { sandbox, client in
            let forged = try await client.submit("200000000000000018", order: "1", key: "other")
            #expect(forged.text.contains("|F|"))
            let bad = try await client.submit("20000018", order: "1", changes: ["pc_id": "X"])
            #expect(bad.text.contains("|F|"))
            #expect(try await client.submit("20000018", order: "1").text.contains("|P|"))
            #expect(try await client.submit("20000018", order: "2").text.contains("|F|10082"))
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 1)
        }
    }
}

/// The system's openssl, as somebody else's judge.
enum OpenSSL {
    static func verifiesMD5(_ message: [UInt8], _ signature: [UInt8], pem: String) throws -> Bool {
        try run(
            ["dgst", "-md5", "-verify", "key.pem", "-signature", "signature", "message"],
            files: ["key.pem": Array(pem.utf8), "signature": signature, "message": message]
        ).status == 0
    }

    /// The key of a certificate that signs itself; empty when the signature does not hold.
    static func publicKey(ofCertificate pem: String) throws -> String {
        let files = ["certificate.pem": Array(pem.utf8)]
        let trust = ["-CAfile", "certificate.pem", "-check_ss_sig", "certificate.pem"]
        guard try run(["verify"] + trust, files: files).status == 0 else { return "" }
        let key = ["x509", "-in", "certificate.pem", "-noout", "-pubkey"]
        return try run(key, files: files).output.trimmingCharacters(in: .newlines)
    }

    private static func run(
        _ arguments: [String],
        files: [String: [UInt8]]
    ) throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.currentDirectoryURL = folder
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
