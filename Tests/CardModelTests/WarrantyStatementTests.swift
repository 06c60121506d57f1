import Foundation
import Testing
import WireFormat

@testable import CardModel

/// `CARDPROOF_WRITE_STATEMENTS=1 swift test --filter WarrantyStatementTests` writes the files anew.
@Suite("The warranty statement")
struct WarrantyStatementTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors/warranty-statements")

    private static let shipped = WarrantyPolicy.presets + [WarrantyPolicy.platformMinimum]

    @Test(
        "of what ships reads as the files do, in both languages (M3-16)",
        arguments: shipped,
        Language.allCases
    )
    func files(policy: WarrantyPolicy, language: Language) throws {
        let file = Self.folder.appending(path: "\(policy.id).\(language.rawValue).txt")
        let written = policy.statement(in: language)
        if ProcessInfo.processInfo.environment["CARDPROOF_WRITE_STATEMENTS"] != nil {
            try written.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == written)
    }

    @Test("holds the sentence of the published flow, once both times are agreed (M2-11)")
    func publishedFlow() {
        var policy = WarrantyPolicy.sevenDays
        policy.serviceLevels.buyerEvidenceWithin = .hours(12)
        policy.serviceLevels.platformDecidesWithin = .hours(36)
        let sentence = "卡密失效需在 12 小时内提供凭证，平台将在 36 小时内处理。"
        #expect(policy.statement(in: .zhCN).contains(sentence))
        policy.serviceLevels.platformDecidesWithin = nil
        #expect(!policy.statement(in: .zhCN).contains("提供凭证"))
    }

    @Test("warns of a one-time verification and of nothing else so (M3-49)")
    func warning() {
        for policy in Self.shipped {
            let isOneTime = policy.window.mode == .oneTimeVerification
            #expect(policy.statement(in: .zhCN).contains("注意：") == isOneTime)
            #expect(policy.statement(in: .en).contains("Note: ") == isOneTime)
        }
    }

    @Test("says what a full policy promises beyond the presets")
    func full() throws {
        var policy = try WarrantyPolicy(jsonValue: WarrantyPolicyTests.full)
        policy.window.counting = .localDays
        let text = policy.statement(in: .en)
        for sentence in [
            "Period: 15 days from the first use, or from 30 days after the delivery where that"
                + " comes first, to the end of the last local day (Asia/Shanghai).",
            "Covered: code unknown to the issuer, used before delivery.",
            "Delivery within 1 minute of the payment.", "Region: cn.",
            "At delivery the code can be used for at least 90 days.",
            "Once charged, the balance is valid for at least 365 days.",
            "A late delivery is compensated with 10 % of the price.",
            "An unused code may be returned within 7 days without a reason.",
            "From 1000.00 CNY on, 3 arbiters decide together.",
            "The merchant states “一经售出不退换”; this does not limit the warranty.",
        ] {
            #expect(text.contains(sentence + "\n"), "\(sentence)")
        }
        #expect(!text.contains("the platform pays"))
    }

    @Test("of a product without a warranty says so, and covers nothing")
    func none() {
        let policy = WarrantyPolicy(id: "as-is", version: 1, window: .init(mode: .none, days: 0))
        #expect(policy.statement(in: .zhCN).contains("本商品不提供质保。\n"))
        #expect(!policy.statement(in: .zhCN).contains("质保范围"))
    }

    @Test("has a name for every state that can be covered, and for no other")
    func names() {
        for state in VerdictState.allCases {
            for language in Language.allCases {
                #expect((state.defectName(in: language) != nil) == state.isCoverable)
            }
        }
    }

    @Test("has one hash for one text")
    func hash() {
        let policy = WarrantyPolicy.sevenDays
        #expect(policy.statementHash(in: .zhCN).count == 32)
        #expect(policy.statementHash(in: .zhCN) != policy.statementHash(in: .en))
        #expect(policy.statementHash(in: .en) != WarrantyPolicy.thirtyDays.statementHash(in: .en))
    }

    @Test(
        "tells deadlines in hours up to two days, and longer ones in days",
        arguments: [
            ("PT2M", "2 分钟", "2 minutes"), ("PT1H", "1 小时", "1 hour"),
            ("P1D", "24 小时", "24 hours"), ("P2D", "48 小时", "48 hours"),
            ("P7D", "7 天", "7 days"), ("P2DT12H", "2 天 12 小时", "2 days 12 hours"),
            ("PT90M", "1 小时 30 分钟", "1 hour 30 minutes"), ("P3WD", "3 个工作日", "3 working days"),
            ("P1WD", "1 个工作日", "1 working day"), ("PT0S", "0 小时", "0 hours"),
            ("PT61S", "1 分钟 1 秒", "1 minute 1 second"),
        ]
    )
    func durations(spelling: String, zhCN: String, en: String) throws {
        let duration = try #require(PolicyDuration(spelling))
        #expect(duration.text(in: .zhCN) == zhCN && duration.text(in: .en) == en)
    }
}
