import CardModel
import Testing

@Suite("Clauses of shops, labelled")
struct ClauseCorpusTests {
    @Test("the rules know the development corpus: precision and recall ≥ 0.95 (M0-28, M2-30)")
    func development() throws {
        let corpus = try #require(try ClauseCorpus("development.tsv"))
        let score = try corpus.score()
        print("clauses, development: \(score)")
        #expect(corpus.entries.count { $0.isBad } >= 120)
        #expect(corpus.entries.count { !$0.isBad } >= 120)
        #expect(score.precision >= 0.95, "\(score.mistakes)")
        #expect(score.recall >= 0.95, "\(score.mistakes)")
        #expect(score.naming >= 0.9)
    }

    @Test("the rules hold for clauses that they were not made from: both ≥ 0.9")
    func heldOut() throws {
        guard let corpus = try ClauseCorpus("held-out.tsv") else { return }
        let score = try corpus.score()
        print("clauses, held out: \(score)")
        #expect(!corpus.entries.isEmpty)
        #expect(score.precision >= 0.9, "\(score.mistakes)")
        #expect(score.recall >= 0.9, "\(score.mistakes)")
    }

    @Test("every rule but the note has clauses in the corpus, and every id in it is a rule")
    func coverage() throws {
        let corpus = try #require(try ClauseCorpus("development.tsv"))
        let named = corpus.entries.reduce(into: Set()) { $0.formUnion($1.rules) }
        for rule in ClauseRule.allCases where rule.severity != .note {
            #expect(named.contains(rule.rawValue), "\(rule.rawValue) has no clause")
        }
        for name in named { #expect(ClauseRule(rawValue: name) != nil, "\(name) is no rule") }
    }
}
