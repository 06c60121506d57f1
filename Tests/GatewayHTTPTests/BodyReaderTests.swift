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

    @Test("a misspelt member is told with what it may mean, under the object that has it")
    func unknown() throws {
        let found = try Self.problems(of: #"{"remark":"x","remarc":1,"text_sha256":2}"#)
        let problem = try #require(found.first)
        #expect(found.count == 1 && problem.reason == .unknown)
        let shown = problem.jsonValue(in: .en)
        #expect(shown["pointer"]?.stringValue == "")
        let text = "It holds members that are not known: `remarc` (did you mean `remark`?). "
        #expect(problem.detail.en == text + "Known are: remark.")
        #expect(problem.detail.zhCN == "含有不认识的名称：`remarc`（是否应为 `remark`？）。可用：remark。")
        let two = try #require(Self.problems(of: #"{"remrak":1,"Remark":2}"#).first)
        #expect(two.detail.en.contains("`remrak` (did you mean `remark`?), `Remark` (did"))
    }

    @Test(
        "a name that misspells none, and so may be a code or a token, is not repeated",
        arguments: [
            "110412000012345678", "ABCD-EFGH-JKLM", "cpt_3k9x1m7q2w", "卡密", "a b", "", "k\u{0}",
            "a1b2c3d4", String(repeating: "a", count: 25), "____", "12", "abcdefghijklmnop123",
            "known", "remark\u{0}",
        ]
    )
    func secret(name: String) throws {
        let object = JSONObject([.init(name: name, value: 1)])
        var reader = BodyReader(object)
        _ = reader.string("remark")
        let hidden = try #require(reader.finished.first)
        #expect(hidden.detail.en == "It holds a member that is not known. Known are: remark.")
        #expect(hidden.detail.zhCN == "含有不认识的名称。可用：remark。")
    }

    @Test("of many unknown members a few are told")
    func many() throws {
        let members = (0..<1_000).map { JSONObject.Member(name: "remar\($0)", value: 1) }
        var reader = BodyReader(JSONObject(members))
        _ = reader.string("remark")
        let told = try #require(reader.finished.first)
        #expect(told.detail.en.split(separator: "did you mean").count == 6)
    }

    @Test("an empty text is as good as none, but where it may not be")
    func empty() throws {
        let object = JSONObject([.init(name: "reason", value: "")])
        var lenient = BodyReader(object)
        #expect(lenient.string("reason") == nil && lenient.finished.isEmpty)
        var strict = BodyReader(object)
        #expect(strict.string("reason", mayBeEmpty: false) == nil)
        #expect(strict.finished.map(\.reason) == [.empty])
        var absent = BodyReader(JSONObject([]))
        #expect(absent.string("reason", mayBeEmpty: false) == nil && absent.finished.isEmpty)
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
