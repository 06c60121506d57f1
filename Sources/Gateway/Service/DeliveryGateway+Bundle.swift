import EvidenceLog
import Logging
import StatementKit

extension DeliveryGateway {
    /// The evidence bundle of a delivery; nil when the platform has no such delivery.
    ///
    /// The same state of the store gives the same bytes.
    ///
    /// Its steps are functions that are not inlined: Swift 6.3.1's optimiser crashes where it
    /// splits an async function into which functions with typed errors were inlined.
    public func bundle(_ request: BundleRequest, platform: Platform) async throws -> [UInt8]? {
        // As it is now: its log may have ended since the request came.
        let platform = directory.platform(platform.number) ?? platform
        let material = try await material(of: request, platform)
        guard let material else { return nil }
        if request.revealsKeys {
            parts.logger.notice(
                "keys are revealed in a bundle",
                metadata: [
                    "delivery": .string(request.delivery.text),
                    "audience": .string(request.audience.rawValue),
                ]
            )
        }
        let statement = try statement(of: material, for: request.audience)
        let drawn = await drawn(statement)
        return try composed(material, request, statement, drawn)
    }

    @inline(never)
    private func material(
        of request: BundleRequest,
        _ platform: Platform
    ) async throws -> BundleMaterial? {
        try await bundleReader(platform).material(
            of: request.delivery, log: request.log, platform: platform)
    }

    /// - Parameter withFiles: false leaves the contents of attachments closed.
    func bundleReader(_ platform: Platform, withFiles: Bool = true) -> BundleReader {
        BundleReader(
            store: parts.store,
            log: log,
            content: {
                withFiles ? try await self.content(of: $0, platform: platform) : nil
            },
            policies: policies,
            logPolicy: { try self.policy(of: [$0]) }
        )
    }

    /// The statement in each language, and what the bundle lacks.
    private struct Statement: Sendable {
        let documents: [StatementDocument]
        let codeText: String
        let omissions: [BundleOmission]
    }

    @inline(never)
    private func statement(
        of material: BundleMaterial,
        for audience: BundleAudience
    ) throws -> Statement {
        let omissions = material.omissions(isDrawn: parts.renderer != nil)
        let contents = StatementContents(
            material: material,
            summary: BundleSummary(material, audience: audience),
            brackets: material.brackets,
            omissions: omissions
        )
        return Statement(
            documents: try contents.documents(),
            codeText: contents.codeText,
            omissions: omissions
        )
    }

    /// A page that cannot be drawn on paper costs the bundle its PDF, and nothing else.
    @inline(never)
    private func drawn(
        _ statement: Statement
    ) async -> (pdf: [UInt8]?, pictures: [String: [UInt8]]) {
        guard let renderer = parts.renderer else { return (nil, [:]) }
        do {
            let pdf = try await renderer.pdf(of: statement.documents)
            let picture = try await renderer.qrSVG(of: statement.codeText)
            return (pdf, [statement.codeText: picture])
        } catch {
            parts.logger.warning("no PDF was drawn", metadata: ["reason": "\(error)"])
            return (nil, [:])
        }
    }

    @inline(never)
    private func composed(
        _ material: BundleMaterial,
        _ request: BundleRequest,
        _ statement: Statement,
        _ drawn: (pdf: [UInt8]?, pictures: [String: [UInt8]])
    ) throws -> [UInt8] {
        let isPDFLost = drawn.pdf == nil && parts.renderer != nil
        var composition = BundleComposition(
            material,
            request: request,
            drawings: BundleDrawings(
                page: StatementHTML.page(of: statement.documents, qrSVG: drawn.pictures),
                pdf: drawn.pdf
            ),
            omissions: statement.omissions + (isPDFLost ? [.failedDrawing] : [])
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
