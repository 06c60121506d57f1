import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// Holds a store against itself and against what was signed: every leaf, node and checkpoint
/// always; with `isDeep` every sealed record, and every row that a leaf speaks of.
///
/// A value that somebody edited on disk differs from what its leaf commits to, or does not open
/// under the key it is sealed with. Columns that no leaf speaks of (due times, counters, what is
/// still to be sent) can only be read: docs/log-audit.md lists them.
public struct DeepAudit: Sendable {
    /// Opens the secrets; need not have loaded anything.
    let directory: PlatformDirectory
    let catalogue: ProductCatalogue
    let isDeep: Bool
    /// The name of the one platform to look at; nil: all.
    let only: String?
    let old: [OldCheckpoint]
    private let sealedAttachment: @Sendable (AttachmentID) -> [UInt8]?

    /// - Parameter sealedAttachment: The sealed file of an attachment as it lies beside the store;
    ///   nil when there is none.
    public init(
        directory: PlatformDirectory,
        catalogue: ProductCatalogue,
        isDeep: Bool,
        platform: String?,
        old: [OldCheckpoint],
        sealedAttachment: @escaping @Sendable (AttachmentID) -> [UInt8]?
    ) {
        self.directory = directory
        self.catalogue = catalogue
        self.isDeep = isDeep
        only = platform
        self.old = old
        self.sealedAttachment = sealedAttachment
    }

    public func report(on inspection: some StoreInspection) -> AuditReport {
        var report = AuditReport(isDeep: isDeep)
        attempt(&report) { report throws(InspectionFailure) in
            if let damage = try inspection.damage() { report.add(damage) }
        }
        var opened: [Platform] = []
        attempt(&report) { report throws(InspectionFailure) in
            opened = try platforms(inspection, &report)
        }
        let audited = opened.filter { only == nil || $0.name == only }
        for platform in audited {
            report.extent.platforms += 1
            attempt(&report) { report throws(InspectionFailure) in
                try logs(of: platform, inspection, &report)
            }
        }
        attempt(&report) { report throws(InspectionFailure) in
            try noteForeignCheckpoints(opened, inspection, &report)
        }
        guard isDeep else { return report }
        attempt(&report) { report throws(InspectionFailure) in
            try rows(inspection, audited, &report)
        }
        return report
    }

    /// Damage of the driver's files ends one part of the audit, not the others.
    private func attempt(
        _ report: inout AuditReport,
        _ body: (inout AuditReport) throws(InspectionFailure) -> Void
    ) {
        do throws(InspectionFailure) { try body(&report) } catch { report.add(error) }
    }

    // MARK: Platforms

    private func platforms(
        _ inspection: some StoreInspection,
        _ report: inout AuditReport
    ) throws(InspectionFailure) -> [Platform] {
        let place = StorePlace("deployment_secrets", column: "sealed")
        if let sealed = try inspection.deploymentSecrets() {
            if directory.opened(deployment: sealed) == nil {
                report.add(.secrets, place, Self.doesNotOpen)
            }
        } else {
            report.add(.secrets, place, "is not there")
        }
        var platforms: [Platform] = []
        for inspected in try inspection.platforms() {
            guard let record = report.row(inspected, .platform) else { continue }
            guard let platform = directory.opened(record) else {
                report.add(
                    .platform,
                    StorePlace("platforms", key: record.name, column: "sealed_secrets"),
                    Self.doesNotOpen
                )
                continue
            }
            platforms.append(platform)
        }
        return platforms
    }

    private static let doesNotOpen =
        "does not open with this master key: it was damaged, or the key is another one"

    // MARK: Logs

    /// The trees of a platform's logs, and what leads from each to the next.
    private func logs(
        of platform: Platform,
        _ inspection: some StoreInspection,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        var succession = LogSuccession(of: platform)
        var nodeCount: UInt64 = 0
        var stated: StatedOutcomes?
        var incidentLeaves: [UInt64] = []
        for inspected in try inspection.logs(of: platform.number) {
            guard let log = report.row(inspected, .log) else { return }
            guard let key = succession.key(of: log, &report) else { return }
            report.extent.logs += 1
            var tree = try TreeAudit(
                inspection,
                platform: platform,
                log: log,
                key: key,
                old: old(of: log, key, &report)
            )
            try tree.run(&report)
            succession.follow(tree, &report)
            nodeCount += tree.nodeCount
            stated = tree.statedOutcomes ?? stated
            incidentLeaves += tree.incidentLeaves
        }
        succession.finish(&report)
        if isDeep {
            var outcomes = OutcomeAudit(inspection, platform: platform, stated: stated)
            try outcomes.run(&report)
            var incidents = IncidentAudit(inspection, platform: platform, leaves: incidentLeaves)
            try incidents.run(&report)
        }
        let stored = try inspection.nodeCount(of: platform.number)
        guard stored != nodeCount, !succession.isBroken else { return }
        report.add(
            .node, StorePlace("nodes", key: platform.name), "\(stored) rows instead of \(nodeCount)"
        )
    }

    /// Checkpoints from outside of a log; one that its key did not sign says nothing about it.
    private func old(
        of log: LogRecord,
        _ key: NoteVerifierKey,
        _ report: inout AuditReport
    ) -> [OldCheckpoint] {
        var genuine: [OldCheckpoint] = []
        for checkpoint in old where checkpoint.signed.checkpoint.origin == log.origin {
            do throws(EvidenceError) {
                _ = try checkpoint.signed.note.verified(by: [key])
                genuine.append(checkpoint)
            } catch {
                report.add(checkpoint, .notGenuine, stored: nil)
            }
        }
        return genuine
    }

    private func noteForeignCheckpoints(
        _ platforms: [Platform],
        _ inspection: some StoreInspection,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        var origins: Set<String> = []
        for platform in platforms {
            for case .row(let log) in try inspection.logs(of: platform.number) {
                origins.insert(log.origin)
            }
        }
        for checkpoint in old where !origins.contains(checkpoint.signed.checkpoint.origin) {
            report.add(checkpoint, .foreign, stored: nil)
        }
    }

    // MARK: Rows

    private func rows(
        _ inspection: some StoreInspection,
        _ platforms: [Platform],
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let pins = try policies(inspection, &report)
        let strays = try inspection.strays()
        while let stray = try strays() {
            guard let place = report.row(stray, .reference) else { continue }
            report.add(.reference, place, "names a row that is not there")
        }
        let loose = try inspection.loose()
        while let row = try loose() { _ = report.row(row, .row) }
        let byNumber = Dictionary(platforms.map { ($0.number, $0) }) { first, _ in first }
        try quarantine(inspection, byNumber, &report)
        try erasures(inspection, byNumber, &report)
        try batches(inspection, byNumber, &report)
        for platform in platforms {
            var book = BookAudit(inspection, platform: platform)
            try book.run(&report)
        }
        let fingerprinter = directory.opened(
            deployment: try inspection.deploymentSecrets() ?? []
        ).map { CardFingerprinter(pepper: $0.pepper) }
        let deliveries = try inspection.deliveries()
        while let inspected = try deliveries() {
            guard let delivery = report.row(inspected, .delivery) else { continue }
            guard let platform = byNumber[delivery.record.platform] else {
                if only == nil {
                    report.add(
                        .delivery,
                        StorePlace(
                            "deliveries", key: delivery.record.id.text, column: "platform"),
                        "is of no platform that can be opened"
                    )
                }
                continue
            }
            report.extent.deliveries += 1
            var audit = DeliveryAudit(
                delivery,
                platform: platform,
                policies: pins,
                catalogue: catalogue,
                fingerprinter: fingerprinter,
                sealedAttachment: sealedAttachment
            )
            audit.run(&report)
        }
    }

    /// The policies whose text hashes to their key.
    private func policies(
        _ inspection: some StoreInspection,
        _ report: inout AuditReport
    ) throws(InspectionFailure) -> [PolicyPin: WarrantyPolicy] {
        var pins: [PolicyPin: WarrantyPolicy] = [:]
        let policies = try inspection.policies()
        while let inspected = try policies() {
            guard let (hash, text) = report.row(inspected, .policy) else { continue }
            let place = StorePlace("policies", key: Hexadecimal.encode(hash), column: "text")
            guard Array(SHA256.hash(data: text)) == hash else {
                report.add(.policy, place, "does not hash to its key")
                continue
            }
            guard let value = try? JSONValue.parse(text),
                let policy = try? WarrantyPolicy(jsonValue: value)
            else {
                report.add(.policy, place, "is no policy")
                continue
            }
            pins[PolicyPin(id: policy.id, version: policy.version, hash: hash)] = policy
        }
        return pins
    }

    private func erasures(
        _ inspection: some StoreInspection,
        _ platforms: [PlatformNumber: Platform],
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let erasures = try inspection.erasures()
        while let inspected = try erasures() {
            guard let erasure = report.row(inspected, .erasure) else { continue }
            guard let platform = platforms[erasure.record.platform] else {
                if only == nil {
                    report.add(
                        .erasure,
                        StorePlace("erasures", key: erasure.record.delivery.text),
                        "is of no platform that can be opened"
                    )
                }
                continue
            }
            report.extent.erased += 1
            let index = erasure.record.leafIndex
            let leaf = try inspection.entry(of: platform.number, at: index)
            erasure.check(
                against: leaf.flatMap { report.row($0, .leaf) }, of: platform, &report)
        }
    }

    private func batches(
        _ inspection: some StoreInspection,
        _ platforms: [PlatformNumber: Platform],
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let batches = try inspection.batches()
        while let inspected = try batches() {
            guard let batch = report.row(inspected, .batch) else { continue }
            guard let platform = platforms[batch.platform] else {
                if only == nil {
                    report.add(
                        .batch, StorePlace("stock_batches", key: batch.id.text, column: "platform"),
                        "is of no platform that can be opened")
                }
                continue
            }
            var audit = BatchAudit(inspection, platform: platform, batch: batch)
            try audit.run(&report)
        }
    }

    private func quarantine(
        _ inspection: some StoreInspection,
        _ platforms: [PlatformNumber: Platform],
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let messages = try inspection.quarantine()
        while let inspected = try messages() {
            guard let message = report.row(inspected, .quarantine) else { continue }
            let place = StorePlace("quarantine", key: "\(message.number)")
            guard let platform = platforms[message.platform] else {
                if only == nil { report.add(.quarantine, place, "is of no platform") }
                continue
            }
            let opened = try? Sealing.open(
                message.sealedMessage,
                under: platform.unwrap(message.wrappedDataKey),
                context: message.identity
            )
            if opened == nil { report.add(.quarantine, place, "does not open") }
        }
    }
}
