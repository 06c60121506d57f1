public import CardModel

/// What a person asks a packet with. Who complains and about whom is written into the papers, and
/// kept nowhere.
public struct PacketRequest: Sendable {
    public var channel: EscalationChannel
    public var complainant: PacketComplainant?
    /// Whom the complaint is about, where the platform has no record of him.
    public var respondentName: String?
    public var paymentMethod: PaymentMethod
    /// The acts of this packet that the person decides on (claims.md E4).
    public var confirmed: [PersonConfirmation.Act]
    public var language: Language

    public init(
        channel: EscalationChannel,
        complainant: PacketComplainant? = nil,
        respondentName: String? = nil,
        paymentMethod: PaymentMethod = .unknown,
        confirmed: [PersonConfirmation.Act] = [],
        language: Language
    ) {
        self.channel = channel
        self.complainant = complainant
        self.respondentName = respondentName
        self.paymentMethod = paymentMethod
        self.confirmed = confirmed
        self.language = language
    }

    /// Characters of a name or an address.
    public static let longestText = 200
}
