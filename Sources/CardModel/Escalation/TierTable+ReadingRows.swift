import WireFormat

extension TierParameters {
    /// `nil` after noting what is wrong; nothing to note where there is no section.
    init?(_ reader: ObjectReader?) {
        guard let reader else { return nil }
        let small = reader.required("small_amount") { reader.money($0) }
        let law = reader.required("law_amount") { reader.money($0) }
        let collective = reader.required("collective") { reader.object($0) }
        let count = collective.flatMap { section in
            section.required("count") { section.integer($0, in: 2...Self.mostCodes) }
        }
        let days = collective.flatMap { section in
            section.required("window") { section.days($0, in: 1...Self.mostDays) }
        }
        collective?.refuseOthers()
        reader.refuseOthers()
        guard let small, let law, let count, let days else { return nil }
        self.init(
            smallAmount: small,
            lawAmount: law,
            collectiveCount: count,
            collectiveDays: days
        )
    }

    /// A collective case that needs more codes than a batch has would never be one.
    static let mostCodes = 1_000_000

    /// Bad codes a year apart have nothing in common.
    static let mostDays = 366
}

extension TierRow {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let condition = TierCondition(reader.object("when"))
        let tier = reader.required("tier") { reader.choice($0, of: EscalationTier.self) }
        let jump = reader.choice("jump", of: JumpReason.self)
        let law = reader.required("law") { reader.identifiers($0) }
        let reason = reader.required("reason") { LocalisedText(reader.object($0)) }
        guard let id, let tier, let law, let reason else { return nil }
        self.init(id: id, when: condition, tier: tier, jump: jump, law: law, reason: reason)
    }
}

extension ChannelRow {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let condition = TierCondition(reader.object("when"))
        let channels = reader.required("channels") { reader.channelChoices($0) }
        guard let id, let channels else { return nil }
        self.init(id: id, when: condition, channels: channels)
    }
}

extension ProposalRow {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let condition = TierCondition(reader.object("when"))
        let tier = reader.required("tier") { reader.choice($0, of: EscalationTier.self) }
        let channels = reader.required("channels") { reader.channelChoices($0) }
        let reason = reader.required("reason") { LocalisedText(reader.object($0)) }
        guard let id, let tier, let channels, let reason else { return nil }
        self.init(id: id, when: condition, tier: tier, channels: channels, reason: reason)
    }
}

extension TierCondition {
    /// The condition that always holds where there is no `when`.
    init(_ reader: ObjectReader?) {
        self.init(
            tiers: reader?.choices("tier", of: EscalationTier.self).map(Set.init),
            problems: reader?.choices("problem", of: ProblemClass.self).map(Set.init),
            responsiveness: reader?.choices("responsiveness", of: Responsiveness.self)
                .map(Set.init),
            amounts: reader?.choices("amount", of: AmountClass.self).map(Set.init),
            next: reader?.choices("next", of: NextTier.self).map(Set.init),
            hasProgress: reader?.bool("progress"),
            disputes: reader?.choices("dispute", of: PaymentDispute.self).map(Set.init),
            isSystemic: reader?.bool("systemic"),
            isFraud: reader?.bool("fraud"),
            liable: reader?.choices("liable", of: LiableParty.self).map(Set.init)
        )
        reader?.refuseOthers()
    }
}

extension ExternalClock {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let channel = reader.required("channel") { reader.channel($0) }
        let start = reader.required("start") { reader.choice($0, of: Start.self) }
        let awaits = reader.required("awaits") {
            reader.choice($0, of: OutsideFiling.Status.self)
        }
        let length = reader.required("length") { reader.duration($0) }
        let isVerified = reader.required("verified") { reader.bool($0) }
        let note = reader.required("note") { LocalisedText(reader.object($0)) }
        guard let id, let channel, let start, let awaits, let length, let isVerified, let note
        else { return nil }
        self.init(
            id: id,
            channel: channel,
            start: start,
            awaits: awaits,
            length: length,
            isVerified: isVerified,
            note: note
        )
    }
}

extension LocalisedText {
    /// Both languages, or `nil` after noting which is missing.
    init?(_ reader: ObjectReader?) {
        guard let reader else { return nil }
        let chinese = reader.required("zh") { reader.string($0) }
        let english = reader.required("en") { reader.string($0) }
        reader.refuseOthers()
        guard let chinese, let english else { return nil }
        self.init(zhCN: chinese, en: english)
    }
}
