import Foundation
import WireFormat

@testable import CardModel

/// What the tests of merchants share.
enum MerchantFixture {
    /// 2026-11-20T08:00:00Z
    static let asOf = Instant(secondsSinceEpoch: 1_795_161_600)
    static let day = CalendarDate(of: asOf)
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func file(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appending(path: path)))
    }

    /// A claim that was answered and settled well within every limit, unless it is said otherwise.
    static func outcome(
        _ number: Int,
        merchant: String = "m-1",
        family: DefectFamily = .delivery,
        result: ClaimOutcome.Result = .remedied,
        liable: LiableParty = .merchant,
        openedBefore seconds: Int = 86_400,
        answeredAfter answered: Int? = 60,
        offeredAfter offered: Int? = 600,
        closedAfter closed: Int = 3_600,
        replaces: Int? = nil
    ) -> ClaimOutcome? {
        let opened = asOf - .seconds(seconds)
        return ClaimOutcome(
            number: number,
            merchant: merchant,
            family: family,
            result: result,
            liable: liable,
            openedAt: opened,
            firstResponseAt: answered.map { opened + .seconds($0) },
            proposalAt: offered.map { opened + .seconds($0) },
            closedAt: opened + .seconds(closed),
            replaces: replaces
        )
    }

    static func declared(
        _ deliveries: Int,
        _ qualification: QualificationStanding = .valid,
        humans: Bool = true
    ) -> GradeDeclaration {
        GradeDeclaration(
            deliveries: deliveries,
            qualification: qualification,
            hasHumanChannelAllHours: humans
        )
    }
}
