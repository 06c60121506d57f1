import Testing

@testable import CardModel

/// What the suites of packets read of one.
enum ReadPacket {
    static func markdown(
        _ channel: EscalationChannel,
        _ language: Language,
        _ facts: PacketFacts
    ) throws -> String {
        guard case .ready(let packet) = EscalationPacket(for: channel, facts: facts).readiness
        else {
            Issue.record("\(channel) is not ready")
            return ""
        }
        return packet.markdown(in: language)
    }

    static func missing(_ channel: EscalationChannel, _ facts: PacketFacts) -> [PacketField] {
        switch EscalationPacket(for: channel, facts: facts).readiness {
        case .ready: []
        case .missing(let fields): fields
        }
    }
}
