extension ClaimNotice {
    /// One sentence for whoever is told.
    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch self {
        case .claimOpened:
            LocalisedText(
                zhCN: "质保申诉已发起，证据已附上。",
                en: "A warranty claim has been opened; the evidence is attached."
            )
        case .evidenceDue:
            LocalisedText(
                zhCN: "请在期限内补充所列证据。",
                en: "Please send the missing evidence before the due time."
            )
        case .evidenceReminder:
            LocalisedText(
                zhCN: "补充证据的期限将到；逾期申诉将暂停，之后可以凭新证据重新开启。",
                en: "Evidence is due soon; without it the claim rests, and can be reopened later."
            )
        case .offerWaits:
            LocalisedText(
                zhCN: "对方提出了补救方案，请接受或拒绝；不回复不视为同意。",
                en: "A remedy is offered. Accept or refuse it; silence is not taken as consent."
            )
        case .reviewExtended:
            LocalisedText(
                zhCN: "审核需要更多时间，新的期限见申诉。",
                en: "The review takes longer; the claim shows the new due time."
            )
        case .progressDue, .followUpDue: progressText
        case .approvalNeeded, .personNeeded, .fundsShort, .riskFound, .collectiveCase,
            .abuseFlagged, .remedyDoneLate:
            platformText
        case .offPlatform:
            LocalisedText(
                zhCN: "该订单在平台外付款或交付：质保保证金不予冻结、不予赔付；申诉照常受理，证据照常保存。",
                en:
                    "The order was paid or handed over outside the platform: no deposit is held or "
                    + "pays. The claim goes on, and its evidence is kept as any other."
            )
        case .escalationReady:
            LocalisedText(
                zhCN: "平台内渠道没有进展，下一渠道的材料已准备好，由您决定是否提交。",
                en:
                    "The platform's own channel has not moved. The next channel's papers are "
                    + "ready; you decide whether to file them."
            )
        case .limitationNear:
            LocalisedText(
                zhCN: "诉讼时效将届满，届满日见申诉；如仍有争议，请在此之前起诉或申请仲裁。",
                en:
                    "The time to sue is nearly over; the claim shows its last day. If you still "
                    + "disagree, sue or apply for arbitration before it."
            )
        case .ruled:
            LocalisedText(
                zhCN: "责任认定已有结果，理由见申诉。",
                en: "There is a finding on liability; the claim gives its reasons."
            )
        case .closed:
            LocalisedText(
                zhCN: "申诉已结束，结果和依据见申诉。",
                en: "The claim is closed; it shows the result and why."
            )
        }
    }

    private var progressText: LocalisedText {
        self == .progressDue
            ? LocalisedText(
                zhCN: "正在等待第三方，须告知买家当前进展。",
                en: "A third party is waited for; the buyer is to be told how things stand."
            )
            : LocalisedText(
                zhCN: "请查看外部渠道的进展并登记结果。",
                en: "Please look at the outside filing and record what became of it."
            )
    }

    private var platformText: LocalisedText {
        switch self {
        case .approvalNeeded:
            LocalisedText(
                zhCN: "赔付金额超过上限，需要两人批准。",
                en: "The payment is above the cap; two people must approve it."
            )
        case .fundsShort:
            LocalisedText(
                zhCN: "保证金不足以赔付，已准备下一渠道。",
                en: "The deposit does not cover the payment; the next channel is prepared."
            )
        case .riskFound:
            LocalisedText(
                zhCN: "命中风险规则：保证金不会自动赔付，请人工核实；申诉照常进行。",
                en: "A risk rule was hit: the deposit pays nothing by itself until people agree. "
                    + "The claim goes on."
            )
        case .abuseFlagged:
            LocalisedText(
                zhCN: "一方举报对方的言论（威胁、辱骂、恶意评价等），请人工查看；申诉的期限和状态不变。",
                en:
                    "One side flags the other's words as abuse; please have a look. Clocks and "
                    + "state of the claim stay as they are."
            )
        case .remedyDoneLate:
            LocalisedText(
                zhCN: "已取消的补救又被报告完成，可能重复赔付；申诉不受影响，请人工核实并追回多付部分。",
                en:
                    "A remedy that had been cancelled is reported done: it may be paid twice. The "
                    + "claim stays as it is; please look into it, and recover what was too much."
            )
        case .collectiveCase:
            LocalisedText(
                zhCN: "同一来源的问题卡密已达到集体案件的数量；是否合并提交由人工决定。",
                en: "Enough bad codes of one source for one collective case; a person decides "
                    + "whether it is filed."
            )
        default:
            LocalisedText(
                zhCN: "需要平台人员处理。",
                en: "A person of the platform has to act."
            )
        }
    }
}
