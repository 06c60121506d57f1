import EvidenceLog
import Logging
import StatementKit

extension DeliveryGateway {
    /// The evidence bundle of a delivery; nil when the platform has no such delivery.
    ///
    /// The same state of the store gives the same bytes.
    public func bundle(_ request: BundleRequest, platform: Platform) async throws -> [UInt8]? {
        let reader = BundleReader(
            store: parts.store,
            log: log,
            content: { try await self.content(of: $0, platform: platform) },
            policies: policies,
            logPolicy: try policy(of: platform)
        )
        guard
            let material = try await reader.material(of: request.delivery, platform: platform)
        else { return nil }
        let omissions = material.omissions(isDrawn: parts.renderer != nil)
        let drawings = try await drawings(of: material, for: request.audience, omissions)
        var composition = BundleComposition(
            material,
            request: request,
            drawings: drawings,
            omissions: drawings.pdf == nil && parts.renderer != nil
                ? omissions + [.drawing] : omissions
        )
        return try composition.bundle().serialized
    }

    private func drawings(
        of material: BundleMaterial,
        for audience: BundleAudience,
        _ omissions: [BundleOmission]
    ) async throws -> BundleDrawings {
        let contents = StatementContents(
            material: material,
            summary: BundleSummary(material, audience: audience),
            brackets: material.brackets,
            omissions: omissions
        )
        let documents = try contents.documents()
        let drawn = await drawn(documents, code: contents.codeText)
        return BundleDrawings(
            page: StatementHTML.page(of: documents, qrSVG: drawn.pictures),
            pdf: drawn.pdf
        )
    }

    /// A page that cannot be drawn on paper costs the bundle its PDF, and nothing else.
    ///
    /// Not inlined: Swift 6.3's optimiser crashes on a typed `throws` inside an async function that
    /// throws anything.
    @inline(never)
    private func drawn(
        _ documents: [StatementDocument],
        code: String
    ) async -> (pdf: [UInt8]?, pictures: [String: [UInt8]]) {
        guard let renderer = parts.renderer else { return (nil, [:]) }
        do {
            let pdf = try await renderer.pdf(of: documents)
            let picture = try await renderer.qrSVG(of: code)
            return (pdf, [code: picture])
        } catch {
            parts.logger.warning("no PDF was drawn", metadata: ["reason": "\(error)"])
            return (nil, [:])
        }
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
