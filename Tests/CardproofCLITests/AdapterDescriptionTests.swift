import AdapterKit
import CardModel
import Testing

@testable import CardproofCLI

@Suite("adapter list and describe")
struct AdapterDescriptionTests {
    private static func listings() throws -> [AdapterRegistry.Listing] {
        // The folder is gone as soon as nobody holds it.
        let folder = try ScratchFolder()
        return try withExtendedLifetime(folder) {
            try folder.loader("adapters: {}").configuration().registry.listings
        }
    }

    private func text(_ id: String, _ language: Language) throws -> String {
        let listing = try #require(try Self.listings().first { $0.id == id })
        return AdapterDescriptionText(listing: listing, language: language).text
    }

    /// Columns stand two spaces apart; quoted is what an issuer says word for word.
    private static func phrases(_ text: String) -> [String] {
        text.split(separator: "\n").flatMap { line in
            line.replacing(/“[^”]*”/, with: "“”").split(separator: #/  +/#).map(String.init)
        }
    }

    private static func isChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains {
            (0x2E80...0x9FFF).contains($0.value) || (0xFF00...0xFFEF).contains($0.value)
        }
    }

    /// Two plain words in a row are prose; beside Chinese, a product's name may have two.
    private static func isEnglishProse(_ phrase: String) -> Bool {
        isChinese(phrase)
            ? phrase.contains(/([A-Za-z][a-z']+ ){2}[A-Za-z][a-z']+/)
            : phrase.contains(/[A-Za-z][a-z']+[ ,;]+[A-Za-z][a-z']+/)
    }

    @Test("each adapter that ships speaks one language at a time")
    func languages() throws {
        let listings = try Self.listings()
        #expect(listings.count >= 19)
        for listing in listings {
            let chinese = AdapterDescriptionText(listing: listing, language: .zhCN)
            let english = AdapterDescriptionText(listing: listing, language: .en)
            let ids = "(\(listing.id), \(listing.descriptor.label), "
            for phrase in Self.phrases(chinese.text) + [chinese.effect, chinese.status]
            where !phrase.hasPrefix(ids) {
                #expect(!Self.isEnglishProse(phrase), "\(listing.id): \(phrase)")
            }
            #expect(Self.isChinese(chinese.effect) && Self.isChinese(chinese.status))
            for line in (english.text + "\n" + english.effect).split(separator: "\n") {
                #expect(!Self.isChinese(String(line)), "\(listing.id): \(line)")
            }
        }
    }

    @Test("what counts as prose")
    func prose() {
        for phrase in ["any other r1_Code", "SUCCESS, the delivered code", "超时 for an answer 秒"] {
            #expect(Self.isEnglishProse(phrase), "\(phrase)")
        }
        for phrase in ["errcode=201", "N 10016, 10076", "NOT_FOUND", "HTTP Basic 用户名"] {
            #expect(!Self.isEnglishProse(phrase), "\(phrase)")
        }
    }

    @Test("an answer stands in the table once, and no manifest's pointer does")
    func answersOnce() throws {
        for listing in try Self.listings() {
            for language in Language.allCases {
                let answers = listing.descriptor.answers.map { $0.words[language] }
                #expect(Set(answers).count == answers.count, "\(listing.id)")
                let words = answers.flatMap { $0.split(whereSeparator: { " ，".contains($0) }) }
                #expect(words.allSatisfy { !$0.hasPrefix("/") }, "\(listing.id)")
            }
        }
    }

    @Test("what asking does to the code is said in words, also where the code is spent")
    func effects() throws {
        for listing in try Self.listings() {
            let effect = AdapterDescriptionText(listing: listing, language: .en).effect
            let spends = listing.descriptor.operations[.redeem] != nil
            #expect(effect.contains("spends the code") == spends, "\(listing.id): \(effect)")
            #expect(!effect.contains("_"))
        }
        let thirdParty = try #require(try Self.listings().first { $0.id == "ckxiang" })
        #expect(
            AdapterDescriptionText(listing: thirdParty, language: .zhCN).effect.contains("第三方"))
    }

    @Test("a code is not handed in again, and a query that decides nothing is not promised")
    func redeeming() throws {
        for id in ["19pay", "ericsson-ucip", "shenzhoufu", "yeepay-card"] {
            let english = try text(id, .en)
            #expect(english.contains("not handed in again") && !english.contains("asked again"))
            #expect(!english.contains("by you"))
        }
        let yeepay = try text("yeepay-card", .en)
        #expect(!yeepay.contains("by asking about the order"))
        #expect(yeepay.contains("never decides about the card"))
        #expect(try text("shenzhoufu", .en).contains("by asking about the order"))
    }

    @Test("a merchant is not told what a buyer is told")
    func merchants() throws {
        let keygen = try text("keygen", .en)
        #expect(keygen.contains("late to check in") && !keygen.contains("maintenance."))
        #expect(keygen.contains("of its seats") && keygen.contains("VALID, one machine or more"))
        let causes = IndeterminateCause.known.map {
            AnswerMeaning(answer: "x", state: .indeterminate, cause: $0)
        }
        for language in Language.allCases {
            let sentences = causes.map { $0.merchantMeaning(in: language) }
            #expect(Set(sentences).count == causes.count)
        }
        let later = IndeterminateCause(rawValue: "of_a_later_version")
        let meaning = AnswerMeaning(answer: "x", state: .indeterminate, cause: later)
        #expect(meaning.merchantMeaning(in: .en) == "Nothing is concluded.")
        for state in VerdictState.allCases where state != .indeterminate {
            let meaning = AnswerMeaning(answer: "x", state: state)
            #expect(!meaning.merchantMeaning(in: .en).contains(/\byou\b/), "\(state)")
        }
    }

    @Test("durations and rates are numbers in the language's own words")
    func limits() throws {
        #expect(try text("keygen", .zhCN).contains("每秒 5 个，超时 10 秒"))
        #expect(try text("keygen", .en).contains("5 a second, 10 seconds for an answer"))
        #expect(try text("ckxiang", .en).contains("1 request at a time, 0.2 a second"))
    }

    @Test("a balance below what was sold is not told as good")
    func balances() throws {
        let lines = try text("adyen-giftcard", .en).split(separator: "\n")
        let states = { (words: String) in
            lines.filter { $0.contains(words) }.map { $0.contains(" used ") }
        }
        #expect(states("with a value of 0") == [true])
        #expect(lines.contains { $0.contains("less value") && $0.contains("partially_used") })
        let echoes = try text("keygen", .zhCN)
        #expect(echoes.contains("说的是另一张卡密"))
    }

    @Test("who is asked is not called the issuer, and nobody where nobody is asked")
    func witnesses() throws {
        for listing in try Self.listings() {
            for language in Language.allCases {
                let words = try text(listing.id, language)
                let isLocal = listing.descriptor.kind == .local
                #expect(words.contains(language("还有谁会看到", "Who else sees")) != isLocal)
                #expect(words.contains(language("限制：", "Limits:")) != isLocal)
                #expect(!words.contains("发卡方"), "\(listing.id)")
            }
        }
        #expect(try text("yeepay-card", .en).contains("only the service that is asked"))
    }

    @Test("a secret bears the name under which its file is configured")
    func secretNames() throws {
        let words = try text("adyen-giftcard", .en)
        #expect(words.contains(#/ api_key +required, in a file/#))
        #expect(!words.contains("api_key_file"))
    }

    @Test("a long default does not push every row to the side, and an address stays whole")
    func defaults() throws {
        let rows = try text("licensespring", .en).split(separator: "\n")
        #expect(rows.allSatisfy { $0.count < 250 })
        #expect(rows.contains { $0.contains("default MIICIjANBgkq") && $0.contains("…") })
        #expect(try text("shenzhoufu", .en).contains("serverconnszx/entry-noxml.aspx"))
    }

    @Test("codes of a list stand apart as the language does it")
    func lists() throws {
        #expect(try text("lmfwc", .zhCN).contains("401、403"))
        #expect(try text("lmfwc", .en).contains("401, 403"))
    }
}
