import Testing
import WireFormat

@Suite("The word that was meant") struct NearestWordTests {
    @Test(
        "a word is near when at most a third of the known one differs, or one letter",
        arguments: [
            ("merchnat", "merchant"), ("MERCHANT", "merchant"), ("mrchnt", "merchant"),
            ("b", "by"), ("bz", "by"), ("xy", "by"), ("merch", nil), ("", nil),
            ("18001234567", nil),
        ] as [(String, String?)]
    )
    func near(word: String, meant: String?) {
        #expect(NearestWord.to(word, among: ["merchant", "by"]) == meant)
        #expect(NearestWord.to(word, among: [String]()) == nil)
    }

    @Test("a word of Chinese is measured in characters")
    func chinese() {
        #expect(NearestWord.to("中国移动卡", among: ["中国联通卡", "中国移动款"]) == "中国移动款")
    }
}
