/// Points to a piece of evidence that somebody brought: an event id, a leaf index, an incident.
///
/// It exists so that a fact held against somebody cannot be written down without its proof.
public struct EvidenceReference: Sendable, Hashable {
    public let text: String

    /// `nil` for a reference that is blank or longer than ``longest`` bytes.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.contains(where: { !$0.isWhitespace })
        else { return nil }
        self.text = text
    }

    /// The most bytes of a reference: ids and URLs of our own are far shorter.
    public static let longest = 256
}
