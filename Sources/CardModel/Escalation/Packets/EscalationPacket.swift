/// The papers for one channel (投诉材料包); M0-08, M0-20 to M0-25.
public struct EscalationPacket: Sendable, Hashable {
    public let channel: EscalationChannel
    public let facts: PacketFacts

    public init(for channel: EscalationChannel, facts: PacketFacts) {
        self.channel = channel
        self.facts = facts
    }

    /// Whether it can be filed. This is the only way to a ``ReadyPacket``.
    public var readiness: PacketReadiness {
        let missing = PacketField.required(by: channel.kind).filter {
            !$0.isPresent(in: facts, for: channel)
        }
        return missing.isEmpty ? .ready(ReadyPacket(complete: self)) : .missing(missing)
    }

    /// The packet as it stands, headed as a draft, with what is missing marked (M4-27).
    public func draftMarkdown(in language: Language) -> String {
        let missing: [PacketField] =
            switch readiness {
            case .ready: []
            case .missing(let fields): fields
            }
        return PacketWriter(packet: self, language: language).markdown(draftWithout: missing)
    }
}

public enum PacketReadiness: Sendable, Hashable {
    case ready(ReadyPacket)
    /// Never empty; ``PacketField/whatToDo(in:)`` says what to do about each.
    case missing([PacketField])
}

/// A packet with everything its channel asks for. It is prepared: a person files it (E4).
public struct ReadyPacket: Sendable, Hashable {
    public let packet: EscalationPacket

    fileprivate init(complete packet: EscalationPacket) {
        self.packet = packet
    }

    public var channel: EscalationChannel { packet.channel }

    /// The filing that begins with this packet, for the tracker.
    public var filing: OutsideFiling {
        OutsideFiling(preparedFor: channel, at: packet.facts.preparedAt)
    }

    public func markdown(in language: Language) -> String {
        PacketWriter(packet: packet, language: language).markdown(draftWithout: nil)
    }
}
