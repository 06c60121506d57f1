import Testing
import WireFormat

@testable import IssuerSandbox

/// Values that were computed outside of this repository, from the vendors' recipes.
@Suite("Vectors of signatures and hidden fields")
struct VectorTests {
    private static let yeepayKey = "k1-test-merchant-key"

    @Test("YeePay: the HMAC of an order, over either charset")
    func yeepayOrder() throws {
        let values = [
            "ChargeCardDirect", "10000000001", "CP20260101000001", "50.00", "true", "recharge", "",
            "", "http://127.0.0.1:8080/cb/yeepay", "ref-1", "50.00", "10000000000000017",
            "200000000000000018", "SZX", "1", "u1", "2026-01-01 00:00:00",
        ]
        #expect(
            YeePaySignature.hmac(values, key: Self.yeepayKey) == "634a7dfd77e6998b1efe906004b327b1"
        )
        var chinese = values
        chinese[5] = "充值卡"
        let gbk = try #require(TextCharset.gbk.encode(chinese.joined()))
        #expect(
            YeePaySignature.hmac(chinese, key: Self.yeepayKey)
                == "985de5e21083d6f298bdda139004c567"
        )
        #expect(
            Digests.hmacMD5(gbk, key: Self.yeepayKey) == "3060c1cf2bf2e388b67779eeff9f7ff6"
        )
        let wire = try #require(TextCharset.gbk.encode("充值卡"))
        #expect(PercentCoding.encode(wire) == "%B3%E4%D6%B5%BF%A8")
        for hmac in ["985de5e21083d6f298bdda139004c567", "3060c1cf2bf2e388b67779eeff9f7ff6"] {
            let fields = zip(ChargeRequest.signedFields, chinese).map { ($0, $1) }
            let form = FormFields(fields + [("hmac", hmac)], in: .gbk)
            #expect(
                YeePaySignature.verifies(form, ChargeRequest.signedFields, key: Self.yeepayKey)
            )
        }
    }

    @Test("YeePay: the HMAC of an acknowledgement, a callback and a query")
    func yeepayAnswers() {
        let reply = YeePay.reply(
            "ChargeCardDirect",
            "1",
            order: "CP20260101000001",
            transaction: 7,
            text: "",
            key: Self.yeepayKey
        )
        #expect(
            String(decoding: reply.body, as: UTF8.self)
                .contains("hmac=5315d12afa7fc65b78e5cc110020212a")
        )
        let callback = [
            "ChargeCardDirect", "1", "10000000001", "CP20260101000001", "50.00", "SZX",
            "10000000000000017", "50.00", "50.00", "0", "ref-1", "0.00", "",
        ]
        #expect(
            YeePaySignature.hmac(callback, key: Self.yeepayKey)
                == "ad71a74656669ff284fd01d9e8716332"
        )
        #expect(
            YeePaySignature.hmac(
                ["ChargeCardQuery", "10000000001", "CP20260101000001"],
                key: Self.yeepayKey
            ) == "3b9cc132d56d20d2a51868e85eaea9df"
        )
    }

    @Test("Shenzhoufu: the hidden card and the MD5 of an order")
    func shenzhoufuOrder() throws {
        let key = try #require(Base64.decode("fNCrhSynUm4="))
        let des = try #require(DES(key: key))
        let hidden = "GACXuAD6j4LGQ0WXKj7IV78dEnIWRJaPxkNFlyo+yFf0jAjbdF6MNg=="
        let plain = Array("50@10000000000000017@200000000000000018".utf8)
        #expect(Base64.encode(des.encrypt(plain)) == hidden)
        #expect(des.decrypt(try #require(Base64.decode(hidden))) == plain)
        let game = "Dwwth7C+3yGFa1LfIf3lmggsdV4olqlWv1/R2wNU5gL4nd+UgoCZGA=="
        #expect(
            Base64.encode(des.encrypt(Array("4@50@1234567890123456@1234567890123456".utf8)))
                == game
        )
        let values = [
            "3", "151525", "5000", "20260101-151525-1", "http://127.0.0.1:8080/cb/szf", hidden,
            "ref1", "1",
        ]
        #expect(CardEntry.md5(values, key: "123456") == "359b4c60844c3419eb9ca6a61f6f8d1b")
    }

    @Test("Shenzhoufu: the MD5 of a notice in its three forms, one of them published")
    func shenzhoufuNotices() {
        let notice = ShenzhoufuNotice(
            merchant: "151525",
            order: "20260101-151525-1",
            payMoney: "5000",
            cardMoney: "50",
            payResult: "1",
            privateField: "ref1",
            payDetails: ""
        )
        let expected: [(ShenzhoufuNoticeMode, String)] = [
            (.withoutCardMoney, "b4bfcffa52f39adea8d92f7ec3d1e5e2"),
            (.piped, "d1635c47cfa8a72d522a119a422b75f4"),
            (.concatenated, "39d93f351cf6cd17d66cca1e237fae6c"),
        ]
        for (mode, md5) in expected { #expect(notice.md5(mode, key: "123456") == md5) }
        let published = ShenzhoufuNotice(
            merchant: "151525",
            order: "20130731-151525-274",
            payMoney: "3000",
            cardMoney: "50",
            payResult: "0",
            privateField: "eyJwYXlfaWQiOiIxMDcifQ",
            payDetails: ""
        )
        #expect(published.md5(.concatenated, key: "123456") == "21e477dd1d227ef16a3220959df1807e")
    }

    @Test("19pay: the hidden serial and password, and the verify string")
    func nineteenPay() throws {
        let des = try #require(DES(key: NineteenPay.desKey("123456789")))
        let serial = Hexadecimal.encode(des.encrypt(Array("000000000012".utf8)))
        let password = Hexadecimal.encode(des.encrypt(Array("00000008".utf8)))
        #expect(serial == "5f6a7d528e394f39eb640d21b8de885b")
        #expect(password == "549f04b47c7479d8feb959b7d4642fcb")
        let values = [
            "2.00", "1", "20260101", "CP1", "50.00", "RMB", serial, password, "CMJFK",
            "CMJFK00010001",
        ]
        #expect(
            NineteenPay.verifyString(values, key: "123456789")
                == "9107ef0ee6df1dbb64c5b57d5f8cb4f1"
        )
    }

    @Test(
        "CK象: the sign and the hidden body of an order and of a poll",
        arguments: [
            (
                #"{"cards":["X123123123123122"],"productMark":"iTunes","regionId":2,"regionName":"美国","autoType":0,"timestamp":1728629545}"#,
                "7377510e86e920a2382dae2c020df4d9",
                "149b8d09603de8775dde9e077ccea24ea7af3919380659fc306106e3d8b297b23837459b29e19be55f6562f676e00eed4db527df25e9966875ca990186dea5cff4bb9e35c7778f2e5f0c7b4e9fa430b300bdb616d0d679fb5b60eeafe51ab14c4fc2a83591b643f9b639ce08f803c96939019d6cb90ea401557ca5d59923bb57d067b3fd9f4404c348bbf393aa6686bd4f9863b0b988174d2f62398639badc2367e890be54909bf1"
            ),
            (
                #"{"cardNo":"X123123123123122","pinCode":"","productMark":"iTunes","timestamp":1728629546}"#,
                "7a2383c5c39e489d9c68ddf5f83a0375",
                "0124045cc53ebf7a6bdf6e75cd44579ea7af3919380659fc51e336372ce667fd3f95b2964ab0fdef536f8de81f08437057867f93916f5058dbe43ce6557237f84e2b6f22bfcd819d38389772f537fb372e86d6fb564d78e866bed53d0c569ef54ac3b81cb82bcac40b56bebd8d39f5a00edda92b80ad7ccdfcf31a928c5a6d1da3a8f4c7e9cb7cde"
            ),
        ]
    )
    func ckxiang(json: String, sign: String, data: String) throws {
        let secret = "abcdefgh12345678"
        var object = try #require(try JSONValue.parse(Array(json.utf8)).objectValue)
        #expect(CKXiang.signatures(object, secret: secret)[0] == sign)
        object["sign"] = .string(sign)
        let des = try #require(DES(key: Array(secret.utf8.prefix(8))))
        let hidden = des.encrypt(JSONValue.object(object).serialized())
        #expect(Hexadecimal.encode(hidden) == data)
    }

    @Test("LicenseSpring: the signature of a request")
    func licenseSpring() {
        #expect(
            LicenseSpring.signature(date: "Tue, 07 Jun 2014 20:51:35 GMT", sharedKey: "SK")
                == "ruppw9wOzYKSiAFGkd89UEQVNF0PCFhUC8QAg4qM6uo="
        )
    }

    /// FIPS 81's example, and the key of all zero bits.
    @Test("DES reproduces published blocks, and refuses what is not padded")
    func des() throws {
        let key = try #require(Hexadecimal.decode("0123456789abcdef"))
        let des = try #require(DES(key: key))
        let text = Array("Now is the time for all ".utf8)
        #expect(
            Hexadecimal.encode(des.encrypt(text)).hasPrefix(
                "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53"
            )
        )
        #expect(des.decrypt(des.encrypt(text)) == text)
        #expect(des.decrypt([]) == nil)
        #expect(des.decrypt([UInt8](repeating: 1, count: 8)) == nil)
        #expect(des.decrypt([1, 2, 3]) == nil)
        #expect(DES(key: [1, 2, 3]) == nil)
    }
}
