import Testing

@testable import Gateway

@Suite("Texts that the history keeps")
struct TextLimitTests {
    @Test(
        "a text that grew ends at its limit, at a whole character",
        arguments: [
            (TextLimit.bytes(9), "abcdefghi", "abcdefghi"), (.bytes(9), "abcdefghij", "abcdefghi"),
            (.bytes(5), "卡密卡", "卡"), (.scalars(2), "卡密卡", "卡密"),
            (.scalars(2), "ae\u{301}\u{302}", "a"), (.bytes(0), "a", ""), (.bytes(3), "", ""),
        ])
    func beginning(limit: TextLimit, text: String, kept: String) {
        #expect(limit.beginning(of: text) == kept)
    }
}
