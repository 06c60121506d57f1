/// # The room CardModel
///
/// The domain of cardproof as values and pure decisions: what a card code is and when two are the
/// same, what an issuer's answer means, who is liable for a defect, how long a warranty runs, and
/// what moves a claim. Nothing here reads a clock, a file or a network, and nothing is random:
/// whoever calls brings the instants and the facts. Belongs here: a rule that holds whatever the
/// store, the issuer or the surface. Does not belong here: an issuer's protocol (AdapterKit), the
/// log's bytes (EvidenceLog), a timer or a queue (Gateway).

/// A card code (卡密) as a shop hands it over: a key, mostly with a serial number.
///
/// Two codes are the same code when they are equal after ``CardFormat/normalise(_:)``; the type
/// itself is deliberately not `Equatable`, because a spelling is not an identity.
public struct CardCode: Sendable {
    /// The printed, mostly public number of the card; `nil` for cards that are a key alone.
    public var serial: SerialNumber?

    /// The secret that redeems the card.
    public var key: CardKey

    public init(serial: SerialNumber?, key: CardKey) {
        self.serial = serial
        self.key = key
    }
}
