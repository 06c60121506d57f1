import Testing
import WireFormat

@testable import CardModel

/// A row of the liability table: written from the table, not from the code.
struct LiabilityRow: Sendable, CustomTestStringConvertible {
    let state: VerdictState
    var timing: Timing?
    var eventAt: Instant?
    var circumstance: Circumstance.Kind?
    var exclusion: Exclusion.Kind?
    var certainty = Certainty.authoritative
    var isShelfLifeShort = false
    let party: LiableParty

    var testDescription: String {
        "\(state.rawValue) \(timing?.rawValue ?? "") \(circumstance?.reason ?? "")"
            + " \(exclusion?.rawValue ?? "") → \(party.rawValue)"
    }

    static let delivered = Instant(secondsSinceEpoch: 1_795_248_000)
    static let before = delivered - .seconds(3_600)
    static let after = delivered + .seconds(3_600)
}

@Suite("Liability: the table of defaults")
struct LiabilityTests {
    private typealias Row = LiabilityRow

    static let rows: [LiabilityRow] = [
        Row(state: .okUnused, party: .none),
        Row(state: .okActivatedByBuyer, eventAt: LiabilityRow.after, party: .none),
        Row(state: .malformed, certainty: .local, party: .merchant),
        Row(state: .notFound, party: .merchant),
        Row(state: .notActivated, party: .merchant),
        Row(state: .notActivated, circumstance: .activationPending, party: .thirdParty),
        Row(state: .wrongProduct, party: .merchant),
        Row(state: .wrongRegion, party: .merchant),
        Row(state: .wrongVersion, party: .merchant),
        Row(state: .wrongProduct, exclusion: .disclosedLimit, party: .none),
        Row(state: .wrongRegion, exclusion: .disclosedLimit, party: .none),
        Row(state: .wrongVersion, exclusion: .disclosedLimit, party: .none),
        Row(state: .undervalued, party: .merchant),
        Row(
            state: .partiallyUsed,
            timing: .beforeDelivery,
            eventAt: LiabilityRow.before,
            party: .merchant
        ),
        Row(
            state: .partiallyUsed,
            timing: .afterDelivery,
            eventAt: LiabilityRow.after,
            party: .buyer
        ),
        Row(state: .partiallyUsed, timing: .unknown, party: .undetermined),
        Row(state: .used, timing: .beforeDelivery, eventAt: LiabilityRow.before, party: .merchant),
        Row(state: .used, timing: .afterDelivery, eventAt: LiabilityRow.after, party: .buyer),
        Row(
            state: .used,
            timing: .afterDelivery,
            eventAt: LiabilityRow.after,
            circumstance: .presumptionRebutted,
            party: .merchant
        ),
        Row(state: .used, timing: .unknown, party: .undetermined),
        Row(state: .expired, timing: .beforeDelivery, party: .merchant),
        Row(state: .expired, timing: .afterDelivery, party: .buyer),
        Row(state: .expired, timing: .afterDelivery, isShelfLifeShort: true, party: .merchant),
        Row(state: .expired, timing: .unknown, party: .undetermined),
        Row(state: .shortShelfLife, certainty: .derived, party: .merchant),
        Row(
            state: .revoked,
            timing: .beforeDelivery,
            eventAt: LiabilityRow.before,
            party: .merchant
        ),
        Row(state: .revoked, timing: .afterDelivery, eventAt: LiabilityRow.after, party: .merchant),
        Row(state: .revoked, timing: .unknown, party: .merchant),
        Row(state: .locked, party: .undetermined),
        Row(state: .duplicateDelivery, certainty: .derived, party: .merchant),
        Row(
            state: .duplicateDelivery,
            circumstance: .platformDispensedTwice,
            certainty: .derived,
            party: .platform
        ),
        Row(state: .duplicateStock, certainty: .derived, party: .merchant),
        Row(state: .oversold, certainty: .derived, party: .merchant),
        Row(state: .oversold, circumstance: .platformFault, certainty: .derived, party: .platform),
        Row(state: .notDelivered, certainty: .derived, party: .merchant),
        Row(
            state: .notDelivered,
            circumstance: .stuckOnPlatform(.seconds(86_400)),
            certainty: .derived,
            party: .platform
        ),
        Row(
            state: .notDelivered,
            circumstance: .stuckOnPlatform(.seconds(86_399)),
            certainty: .derived,
            party: .merchant
        ),
        Row(state: .shortDelivery, certainty: .derived, party: .merchant),
        Row(
            state: .shortDelivery,
            circumstance: .platformFault,
            certainty: .derived,
            party: .platform
        ),
        Row(state: .lateDelivery, certainty: .derived, party: .merchant),
        Row(
            state: .lateDelivery,
            circumstance: .platformFault,
            certainty: .derived,
            party: .platform
        ),
        Row(
            state: .lateDelivery,
            circumstance: .thirdPartyFault,
            certainty: .derived,
            party: .thirdParty
        ),
        Row(state: .extractionFailed, certainty: .derived, party: .platform),
        Row(state: .doubleCharged, certainty: .derived, party: .platform),
        Row(state: .termShortened, party: .merchant),
        Row(state: .termShortened, circumstance: .publisherChangedRule, party: .thirdParty),
        Row(state: .serviceInterrupted, party: .merchant),
        Row(state: .serviceInterrupted, circumstance: .publisherChangedRule, party: .thirdParty),
        Row(state: .accountMismatch, party: .merchant),
        Row(state: .accountMismatch, exclusion: .userLeak, party: .buyer),
        Row(state: .accountCompromised, party: .merchant),
        Row(state: .accountCompromised, exclusion: .userLeak, party: .buyer),
        Row(state: .temporarilyUnusable, party: .thirdParty),
        Row(state: .issuerDelay, party: .thirdParty),
        Row(state: .indeterminate, party: .none),
        Row(state: .unsupported, party: .none),
        Row(state: .conflict, certainty: .conflict, party: .undetermined),
    ]

    @Test("a row of the table decides", arguments: rows)
    func row(row: LiabilityRow) throws {
        #expect(try decide(row).party == row.party)
    }

    @Test("the table has a row for every state")
    func complete() {
        #expect(Set(Self.rows.map(\.state)) == Set(VerdictState.allCases))
    }

    @Test(
        "sources that conflict decide nothing, whatever the state",
        arguments: VerdictState.allCases
    )
    func conflict(state: VerdictState) throws {
        let row = LiabilityRow(
            state: state,
            timing: .beforeDelivery,
            eventAt: LiabilityRow.before,
            certainty: .conflict,
            party: .undetermined
        )
        #expect(try decide(row).party == .undetermined)
    }

    @Test("a party's own statement blames nobody", arguments: VerdictState.allCases)
    func statement(state: VerdictState) throws {
        let row = LiabilityRow(
            state: state,
            timing: .beforeDelivery,
            eventAt: LiabilityRow.before,
            certainty: .claimed,
            party: .none
        )
        #expect([.undetermined, .none].contains(try decide(row).party))
    }

    @Test("whatever is proven about the buyer, a code dead before delivery is not his fault")
    func exclusionsNeedCause() throws {
        for kind in Exclusion.Kind.allCases {
            let row = LiabilityRow(
                state: .used,
                timing: .beforeDelivery,
                eventAt: LiabilityRow.before,
                exclusion: kind,
                party: .merchant
            )
            #expect(try decide(row).party == .merchant)
            let unknown = LiabilityRow(state: .notFound, exclusion: kind, party: .merchant)
            #expect(try decide(unknown).party == .merchant)
        }
    }

    @Test("no exclusion exists without evidence (M1-05), and none for a no-refund clause (M1-36)")
    func evidence() {
        #expect(EvidenceReference("") == nil)
        #expect(EvidenceReference(" \n") == nil)
        #expect(EvidenceReference(String(repeating: "x", count: 257)) == nil)
        #expect(EvidenceReference("evt_1")?.text == "evt_1")
        #expect(Exclusion.Kind.allCases.allSatisfy { !$0.rawValue.contains("refund") })
    }

    private func decide(_ row: LiabilityRow) throws -> Liability {
        let evidence = try #require(EvidenceReference("evt_1"))
        var verdict = Verdict(state: row.state, timing: row.timing, certainty: row.certainty)
        verdict.issuer = row.eventAt.map { IssuerStatement(at: $0) }
        return Liability.decide(
            LiabilityFacts(
                verdict: verdict,
                custody: Custody(deliveredAt: LiabilityRow.delivered),
                isShelfLifeShort: row.isShelfLifeShort,
                circumstances: Set(
                    row.circumstance.map { [Circumstance($0, evidence: evidence)] } ?? []
                ),
                exclusions: Set(row.exclusion.map { [Exclusion($0, evidence: evidence)] } ?? [])
            )
        )
    }
}
