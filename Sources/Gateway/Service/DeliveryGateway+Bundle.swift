import EvidenceLog

extension DeliveryGateway {
    /// The evidence bundle of a delivery; nil when the platform has no such delivery.
    ///
    /// The same state of the store gives the same bytes.
    public func bundle(_ request: BundleRequest, platform: Platform) async throws -> [UInt8]? {
        let reader = BundleReader(
            store: parts.store,
            log: log,
            content: { try await self.content(of: $0, platform: platform) },
            policies: policies
        )
        guard
            let material = try await reader.material(of: request.delivery, platform: platform)
        else { return nil }
        var composition = BundleComposition(
            material,
            audience: request.audience,
            revealsKeys: request.revealsKeys
        )
        return try composition.bundle().serialized
    }

    /// The delivery that a leaf of the log is about; nil for leaves about none, and past the end.
    public func delivery(ofEntry index: UInt64, platform: Platform) async throws -> DeliveryID? {
        let entry = try await parts.store.entries(of: platform.number, in: index..<index + 1).first
        guard let notice = entry?.notice else { return nil }
        return try await parts.store.notice(notice)?.delivery
    }

    /// The delivery whose order token this is, and its platform; nil when nobody made it.
    public func delivery(ofToken text: String) -> (delivery: DeliveryID, platform: Platform)? {
        guard let token = OrderToken(text), let platform = directory.platform(ofGenuine: token)
        else { return nil }
        return (token.delivery, platform)
    }

    /// The platform whose delivery this is; for the operator, who sees all of them.
    public func platform(ofDelivery id: DeliveryID) async throws -> Platform? {
        try await parts.store.delivery(id).flatMap { directory.platform($0.platform) }
    }
}
