import CardModel
import Gateway
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Bodies of the API") struct BodyReaderTests {
    private static func problems(of text: String) throws -> [FieldProblem] {
        var reader = BodyReader(try #require(JSONValue.parse(Array(text.utf8)).objectValue))
        _ = reader.string("remark")
        return reader.finished
    }

    @Test("a member that is not known is named in both languages, under the object that has it")
    func unknown() throws {
        let found = try Self.problems(of: #"{"remark":"x","remarc":1,"text_sha256":2}"#)
        let problem = try #require(found.first)
        #expect(found.count == 1 && problem.reason == .unknown)
        let shown = problem.jsonValue(in: .en)
        #expect(shown["pointer"]?.stringValue == "")
        let text = "It holds `remarc`, `text_sha256`, which is not known; known are: remark."
        #expect(problem.detail.en == text)
        #expect(problem.detail.zhCN.contains("`remarc`、`text_sha256`"))
    }

    @Test(
        "what may be a code or a token in place of a name is not repeated",
        arguments: [
            "110412000012345678", "ABCD-EFGH-JKLM", "cpt_3k9x1m7q2w", "卡密", "a b", "", "k\u{0}",
            "a1b2c3d4", String(repeating: "a", count: 25), "____", "12",
        ]
    )
    func secret(name: String) throws {
        var object = JSONObject([.init(name: name, value: 1)])
        let hidden = try #require(BodyReader(object).finished.first)
        #expect(hidden.detail.en == "It holds a member that is not known; known are: .")
        object["known_by_sight"] = 1
        let beside = try #require(BodyReader(object).finished.first)
        #expect(beside.detail.en.hasPrefix("It holds `known_by_sight`, which is not known"))
    }

    @Test("what is no amount is told once, with what one is")
    func amount() throws {
        for minorUnits in ["-1000", "0"] {
            let body =
                #"{"remedy":"refund_original","amount":"#
                + #"{"amount_minor":\#(minorUnits),"currency":"CNY"}}"#
            var reader = BodyReader(try #require(JSONValue.parse(Array(body.utf8)).objectValue))
            #expect(reader.redress() == nil)
            #expect(reader.finished.count == 1)
            let told = try #require(reader.finished.first)
            #expect(told.jsonValue(in: .en)["pointer"]?.stringValue == "/amount/amount_minor")
            #expect(told.detail.en == "An amount is a whole number of minor units above 0.")
        }
    }
}
