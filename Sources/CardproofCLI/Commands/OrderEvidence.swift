import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// What a buyer adds to the evidence of the order that he tested, and takes home of it. Whatever
/// cannot be had now costs him nothing of the answer that he paid a part of his budget for.
struct OrderEvidence {
    let client: GatewayClient
    let token: String
    /// What the self-test answered.
    let answer: JSONValue
    let language: Language

    /// Adds a picture of what the issuer shows (M1-16).
    ///
    /// - Returns: the log's entry that commits to it; nil when there was none, or it was not added.
    func add(_ picture: AttachmentFile?) async -> String? {
        guard let picture, let delivery else { return nil }
        do {
            let added = try await client.send(
                "POST",
                "/v1/deliveries/\(delivery.text)/attachments"
                    + "?slot=\(EvidenceSlot.comparison.rawValue)",
                headers: [
                    ("content-type", picture.mediaType.rawValue),
                    ("content-digest", "sha-256=:\(Base64.encode(picture.sha256)):"),
                ],
                secretHeaders: [("authorization", "Bearer \(token)")],
                body: picture.content,
                timeout: GatewayClient.transferTimeout
            )
            guard added.isSuccess else { throw added.failure }
            return try added.json["evidence"]?["index"]?.lexeme
        } catch {
            Terminal.say(
                language("截图没有加入证据：\(error)", "The screenshot was not added: \(error)")
            )
            return nil
        }
    }

    /// Saves the buyer's own bundle of the order, as it stands after the test.
    ///
    /// - Returns: where it was saved; nil when it was not wanted, or not saved.
    func saveBundle(at path: String?) async -> String? {
        guard let path, let delivery else { return nil }
        do {
            let bundle = try await client.send(
                "GET",
                "/v1/deliveries/\(delivery.text)/bundle",
                secretHeaders: [("authorization", "Bearer \(token)")],
                answerLimit: CanonicalArchive.largestByteCount,
                timeout: GatewayClient.transferTimeout
            )
            guard bundle.isSuccess else { throw bundle.failure }
            try ProtectedFile.replace(path, bundle.body)
            return path
        } catch {
            Terminal.say(
                language("证据包没有保存：\(error)", "The evidence bundle was not saved: \(error)")
            )
            return nil
        }
    }

    private var delivery: DeliveryID? {
        answer["delivery"]?.stringValue.flatMap { DeliveryID($0) }
    }
}
