import Testing

@testable import CardModel

/// The word lists of the tokens in which a claim is told.
@Suite("Words of a claim")
struct ClaimWordTests {
    private func expectWords<Token: CaseIterable & RawRepresentable<String>>(
        _ name: (Token) -> (Language) -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for language in Language.allCases {
            let words = Token.allCases.map { name($0)(language) }
            #expect(Set(words).count == words.count, sourceLocation: sourceLocation)
            let isClean = words.allSatisfy { !$0.isEmpty && !$0.contains("_") }
            #expect(isClean, "\(words)", sourceLocation: sourceLocation)
        }
    }

    @Test("every token has words of its own in both languages")
    func words() {
        expectWords(ClaimState.name)
        expectWords(ClaimActor.name)
        expectWords(ClaimTimer.name)
        expectWords(Certainty.name)
        expectWords(Timing.name)
        expectWords(DefectFamily.name)
        expectWords(Execution.Payer.name)
        expectWords(ReportChannel.name)
    }
}
