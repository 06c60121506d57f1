import Testing

@testable import CardModel

@Suite("ClauseLinter")
struct ClauseLinterTests {
    func rules(_ text: String) throws -> Set<ClauseRule> {
        Set(try ClauseLinter.findings(in: text).map(\.rule))
    }

    @Test("each rule finds its own example, and passes the better wording it offers (M0-28)")
    func examples() throws {
        for rule in ClauseRule.allCases {
            #expect(try rules(rule.example).contains(rule), "\(rule.rawValue): \(rule.example)")
            let better = try ClauseLinter.findings(in: rule.betterWording.zhCN)
            #expect(
                better.allSatisfy { $0.severity == .note },
                "\(rule.betterWording.zhCN): \(better.map(\.rule.rawValue))"
            )
        }
        for duty in DisclosureDuty.allCases {
            #expect(try rules(duty.betterWording.zhCN).isEmpty, "\(duty.betterWording.zhCN)")
        }
    }

    @Test(
        "the clauses of the requirements are found (M0-28, M1-03 to M1-06, M2-09, M3-18)",
        arguments: [
            ("不退不改", ClauseRule.blanketNoRefund), ("部分商品不支持售后", .unspecifiedGoodsExcluded),
            ("激活后非质量问题不退换", .undefinedQualityProblem), ("一经售出不退不换", .blanketNoRefund),
            ("显示已使用一律视为用户操作不当", .buyerBlamedByDefault), ("超过有效期的卡密不予处理", .expiryExcuse),
            ("本商品一次性验证质保，验证后质保结束", .oneTimeRuleUndisclosed),
        ]
    )
    func requirements(text: String, rule: ClauseRule) throws {
        #expect(try rules(text).contains(rule))
    }

    @Test(
        "a disguise changes nothing",
        arguments: [
            "概不退換", "概 不 退 换", "概.不.退.换", "概\u{200B}不\u{200B}退\u{FEFF}换", "概、不、退、换",
            "概*不*退*换", "概不退\u{FE0F}换", "概 不 退換", "【概不退换】", "慨不退换", "概／不／退／换",
            "概\n不\n退\n换", "概😀不😀退😀换",
        ]
    )
    func disguises(text: String) throws {
        #expect(try rules(text).contains(.blanketNoRefund))
    }

    @Test(
        "what is denied, forbidden to shops or quoted to be rejected is no finding",
        arguments: [
            "并非概不退换", "不会不负责", "商家不得概不退换", "平台禁止商家使用“一经售出，概不退换”等条款",
            "不得以任何理由拒绝退款", "本店不保留最终解释权", "我们不会因差评拉黑您", "能退款吗，售后怎么申请？",
            "如商家拒绝退款，请向平台举报", "“概不负责”属于霸王条款", "本店从不说不退不换",
        ]
    )
    func denials(text: String) throws {
        #expect(try rules(text).isEmpty)
    }

    @Test("a remedy for defects or evidence makes a refusal fair; a but takes it back (M1-36)")
    func exceptions() throws {
        #expect(try rules("售出不退，卡密无效除外").isEmpty)
        #expect(try rules("售出不退。但卡密无效的可以退款。").isEmpty)
        #expect(try rules("卡密已由买家兑换且有发行方记录的，不予退款").isEmpty)
        #expect(try rules("卡密无效可以退款，但激活后概不退款").contains(.blanketNoRefund))
        #expect(try rules("不支持七天无理由退货") == [.noReasonReturnExcluded])
        #expect(ClauseRule.noReasonReturnExcluded.severity == .note)
    }

    @Test(
        "a sentence that only dismisses the buyer is found by the catch-all rule (M2-30)",
        arguments: [
            "一分钱一分货，想要售后请去别家。", "补卡要排队，催也没用。", "坏率在所难免，大家互相体谅。",
            "补不补要等上家消息。", "玻璃心、急性子请勿下单。",
        ]
    )
    func dismissals(text: String) throws {
        #expect(try rules(text) == [.vagueOrUnfairAfterSale])
    }

    @Test(
        "what is said for the buyer outweighs it, and a denial turns it",
        arguments: [
            "一分钱一分货，但坏卡照样退款。", "补卡不排队，当天就补。", "价位再低，坏了都给换。", "不会让您去别家要售后。",
            "对不上面值的全额退款。", "安排不上退剩余天数。", "审核不通过全额退款。",
        ]
    )
    func promises(text: String) throws {
        #expect(try rules(text).isEmpty)
    }

    @Test("the catch-all rule stays silent where another rule names the clause")
    func catchAllIsLast() throws {
        #expect(try rules("亏本清仓，售出概不退换。") == [.blanketNoRefund])
    }

    @Test("what is granted before a but excuses nothing behind it")
    func butTakesBack() throws {
        #expect(try rules("您可以投诉，投诉之后不再给您任何售后。").contains(.complaintPenalised) == false)
        #expect(try rules("您可以投诉，但投诉之后不再给您任何售后。").contains(.complaintPenalised))
    }

    @Test("what is joined to a remedy does not turn it; a verb that fails does not either")
    func joinedAndFailed() throws {
        #expect(try rules("不接受取消和退款").contains(.blanketNoRefund))
        #expect(try rules("换不了就退款").isEmpty)
        #expect(try rules("付了款就退不了").contains(.blanketNoRefund))
        #expect(try rules("没发货的一天赔一块").isEmpty)
    }

    @Test("a standard that nobody can look up is vague, one on the order page is not")
    func standards() throws {
        #expect(try rules("质保天数以群里说的为准").contains(.vagueStandard))
        #expect(try rules("质保天数以订单页显示的为准").isEmpty)
    }

    @Test("a period shorter than 72 hours is too short for a buyer, not for the shop")
    func periods() throws {
        #expect(try rules("请在71小时内反馈，逾期不予受理").contains(.shortComplaintPeriod))
        #expect(try rules("请在72小时内反馈，逾期不予受理").isEmpty)
        #expect(try rules("请在收货后一刻钟内反馈，逾期概不受理").contains(.shortComplaintPeriod))
        #expect(try rules("客服十分钟内回复，24小时内处理").isEmpty)
    }

    @Test("a finding names the line, the column and the bytes of its clause")
    func positions() throws {
        let text = "正品保证\n质保15天，售出概不退换！"
        let finding = try #require(try ClauseLinter.findings(in: text).first)
        #expect((finding.line, finding.column) == (2, 7))
        #expect(finding.excerpt == "售出概不退换")
        #expect(Array(text.utf8)[finding.bytes].elementsEqual(finding.excerpt.utf8))
        #expect(finding.severity == .error)
    }

    @Test("lines end in LF, CR LF or CR")
    func lineBreaks() throws {
        for end in ["\n", "\r\n", "\r"] {
            let finding = try ClauseLinter.findings(in: "正品\(end)售出不退").first
            #expect(finding?.line == 2 && finding?.column == 1)
        }
    }

    @Test("one rule is named once in a sentence, and again in the next")
    func repetition() throws {
        let findings = try ClauseLinter.findings(in: "售出不退，概不退款。概不退换。")
        #expect(findings.map(\.rule) == [.blanketNoRefund, .blanketNoRefund])
    }

    @Test("a text longer than the limit is refused, one as long is read")
    func limit() throws {
        let clause = "概不退换"
        let filling = ClauseLinter.longestTextBytes - clause.utf8.count
        let text = String(repeating: "\n", count: filling) + clause
        #expect(try ClauseLinter.findings(in: text).map(\.rule) == [.blanketNoRefund])
        #expect(throws: ClauseTextTooLong(bytes: ClauseLinter.longestTextBytes + 1)) {
            try ClauseLinter.findings(in: text + "!")
        }
    }

    @Test("ids, requirements and texts are complete and distinct")
    func texts() {
        let rules = ClauseRule.allCases
        #expect(Set(rules.map(\.explanation)).count == rules.count)
        #expect(Set(rules.map(\.betterWording)).count == rules.count)
        for rule in rules {
            #expect(!rule.requirements.isEmpty)
            #expect(rule.rawValue.allSatisfy { $0.isLowercase || $0 == "_" })
        }
        #expect(ClauseConcept.allCases.count <= ConceptSet.capacity)
    }
}

@Suite("ListingDisclosure")
struct ListingDisclosureTests {
    @Test("what is known to be missing is undisclosed, what nobody looked at is not (M4-36, M4-37)")
    func undisclosed() {
        #expect(ListingDisclosure().undisclosed.isEmpty)
        let listing = ListingDisclosure(
            goodsTypeStated: false, returnRulesStated: true, oneTimeRuleStatedBeforeOrder: false
        )
        #expect(listing.undisclosed == [.goodsType, .oneTimeRule])
        #expect(DisclosureDuty.goodsType.requirements.contains("M4-37"))
    }

    @Test("a one-time rule is to be disclosed, in the text or before the order (M3-18)")
    func oneTime() throws {
        let text = "一次性验证质保，验证成功后质保即结束。"
        let told = "一次性验证质保在下单前弹窗告知并由买家勾选确认。"
        #expect(try ClauseLinter.findings(in: text).map(\.rule) == [.oneTimeRuleUndisclosed])
        #expect(try ClauseLinter.findings(in: told).isEmpty)
        let shown = ListingDisclosure(oneTimeRuleStatedBeforeOrder: true)
        #expect(try ClauseLinter.findings(in: text, listing: shown).isEmpty)
        let hidden = ListingDisclosure(oneTimeRuleStatedBeforeOrder: false)
        #expect(try !ClauseLinter.findings(in: text, listing: hidden).isEmpty)
    }
}
