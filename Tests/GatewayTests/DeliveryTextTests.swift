import CardModel
import GatewayTesting
import Testing

@testable import Gateway

@Suite("The text a shop hands over")
struct DeliveryTextTests {
    private let cmcc = CardFormat.builtIn("cmcc") ?? .generic
    private static let serial = "10111281010000123"
    private static let key = "110412000012345678"

    private func codes(_ text: String, _ format: CardFormat? = nil) -> [[String]]? {
        guard case .codes(let codes) = DeliveryText.read(text, format: format ?? cmcc)
        else { return nil }
        return codes.map { [$0.serial?.text ?? "", $0.key.withUnredacted { $0 }] }
    }

    @Test(
        "every line grammar of the shops gives the same serial and key",
        arguments: [
            "\(serial)----\(key)", "\(serial):\(key)", "\(serial)|\(key)", "\(serial),\(key)",
            "\(serial)\t\(key)", "\(serial) \(key)", "\(serial)：\(key)", "\(serial)——\(key)",
            "卡号:\(serial) 密码:\(key)", "卡号：\(serial)，卡密：\(key)",
            "账号:\(serial)--密码:\(key)", "  \(serial)----\(key)  ",
            "\u{FEFF}\(serial)----\(key)", "\(serial)----\(key)<br>",
        ]
    )
    func grammars(line: String) {
        #expect(codes(line) == [[Self.serial, Self.key]])
    }

    @Test("a label inside another word is passed over, and the label itself still counts")
    func labelsInsideWords() {
        #expect(codes("充值账号:138 账号:abc1 密码:xyz9", .generic) == [["abc1", "xyz9"]])
        #expect(codes("MONKEY:1 key:AB12", .generic) == [["", "AB12"]])
        #expect(codes("MONKEY:1 key：AB12", .generic) == [["", "AB12"]])
    }

    @Test("lines end in LF, CRLF, CR or <br>, and blank lines count for nothing")
    func lineEnds() {
        let line = "\(Self.serial)----\(Self.key)"
        for end in ["\n", "\r\n", "\r", "<br>", "<br />", "\n\n"] {
            #expect(codes([line, line].joined(separator: end))?.count == 2)
        }
    }

    @Test("a bare key is one, dashes and all, and is never divided at a single dash")
    func bare() {
        #expect(codes("ABCD-EFGH-1234-5678", .generic) == [["", "ABCD-EFGH-1234-5678"]])
        #expect(codes(Self.key) == [["", Self.key]])
    }

    @Test("an account beside a password stays one opaque thing")
    func accounts() {
        let line = "someone1@example.org----pass-word-9"
        #expect(codes(line, .generic) == [["", line]])
    }

    @Test("what the buyer should read, and what he typed, is no code")
    func sentences() {
        for text in [
            "库存不足，请联系客服", "Your order is being prepared", "", "  \n ",
            "QQ: 12345\n备注: 尽快", "<html><body>sorry</body></html>",
        ] {
            guard case .noCode = DeliveryText.read(text, format: cmcc) else {
                Issue.record("\(text) was read as a code")
                continue
            }
        }
    }

    @Test(
        "a format without rules does not make codes of what a buyer typed",
        arguments: ["充值账号:13800000000", "QQ:12345", "MONKEY:AB12", "备注: 尽快 1 小时"]
    )
    func typed(text: String) {
        guard case .noCode = DeliveryText.read(text, format: .generic) else {
            Issue.record("\(text) was read as a code")
            return
        }
    }

    @Test("two divisions that fit are refused, with their line")
    func ambiguous() {
        let text = "A1B2C3D4\nA1B2,C3D4|E5F6"
        guard case .ambiguous(let line) = DeliveryText.read(text, format: .generic) else {
            Issue.record("an ambiguous line was read")
            return
        }
        #expect(line == 2)
    }

    @Test("one line that is no code spoils the whole text: a part of an order is no order")
    func partial() {
        let text = "\(Self.serial)----\(Self.key)\n以上为您的卡密"
        guard case .noCode(let line) = DeliveryText.read(text, format: cmcc) else {
            Issue.record("a part was read")
            return
        }
        #expect(line == 2)
    }

    @Test("more codes than a notice takes are refused")
    func tooMany() {
        let text = (0...DeliveryNotice.itemLimit).map { "KEY-\($0)-1" }.joined(separator: "\n")
        guard case .tooManyLines = DeliveryText.read(text, format: .generic) else {
            Issue.record("too many lines were read")
            return
        }
    }

    @Test("any text at all is read or refused, and crashes nothing")
    func rubbish() {
        let generator = SeededRandom(seed: 20_261_128)
        for _ in 0..<2_000 {
            let bytes = generator.bytes(Int(generator.bytes(1)[0] % 64))
            _ = DeliveryText.read(String(decoding: bytes, as: UTF8.self), format: .generic)
            _ = DeliveryText.read(String(decoding: bytes, as: UTF8.self), format: cmcc)
        }
    }
}
