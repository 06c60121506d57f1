import ArgumentParser
import CardModel
import Drivers
import EvidenceLog
import Foundation
import Gateway
import WireFormat

extension LogCommand {
    /// `cardproof log audit`: the store against what it signed.
    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Hold the store against its signed log, and name what is damaged.",
            discussion: """
                Reads the store's file beside the gateway, or without one, and believes nothing \
                of it: every leaf and node is hashed again, every checkpoint verified. With \
                --deep every sealed record is opened and held against its leaf, and every row \
                against the leaves that tell of it. Names the first damaged record of each kind.

                Exit: 0 nothing is damaged, 12 something is, 64 there is no store or no key.
                """
        )

        @Option(help: "The platform whose log it is; all of them otherwise.")
        var platform: String?

        @Flag(help: "Open the sealed records too, and compare every row.")
        var deep = false

        @Option(
            help: """
                A checkpoint or .tlog-proof that was kept outside of the store; the stored log \
                must continue it. May be given often.
                """
        )
        var old: [String] = []

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let configuration = try options.load()
            let report = try StoreAudit(configuration: configuration).report(
                isDeep: deep,
                platform: platform,
                old: try old.flatMap { try OldCheckpoint.all(inFile: $0) }
            )
            let text = AuditFindingsText(report: report, language: language)
            try output.show(report.jsonValue) { text.text }
            if !report.holds { throw CardproofExit.evidenceDoesNotVerify.code }
        }
    }
}

/// Auditing the store of a configuration.
struct StoreAudit {
    let configuration: GatewayConfiguration

    /// - Throws: ``CommandFailure`` with 64 when there is no store, no master key, or no platform
    ///   of that name. Damage is a finding of the report, also where nothing more can be read.
    func report(
        isDeep: Bool,
        platform: String?,
        old: [OldCheckpoint]
    ) throws -> AuditReport {
        let path = configuration.storePath
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.usage("\(path): there is no store; look at the key `data`")
        }
        let audit = DeepAudit(
            directory: try Deployment.directory(configuration),
            catalogue: configuration.catalogue,
            isDeep: isDeep,
            platform: platform,
            old: old,
            sealedAttachment: {
                [folder = AttachmentFolder(path: configuration.attachmentsFolder)] in
                folder.sealedBytes(of: $0)
            }
        )
        let report: AuditReport
        do {
            report = try SQLiteAuditor.inspect(path: path) { audit.report(on: $0) }
        } catch StoreError.broken(let reason) {
            return AuditReport(isDeep: isDeep, damagedFile: reason)
        } catch {
            throw Deployment.failure(of: error, path: path)
        }
        if let platform, report.holds, report.extent.platforms == 0 {
            throw CommandFailure.unknownPlatform(platform)
        }
        return report
    }
}

extension OldCheckpoint {
    /// Reads a checkpoint, the one in a `.tlog-proof`, or those of an evidence bundle.
    static func all(inFile path: String) throws -> [OldCheckpoint] {
        let bytes = try SecretInput.bytes(
            from: path,
            name: "--old",
            limit: CanonicalArchive.largestByteCount
        )
        return try EarlierEvidence.checkpoints(in: bytes, name: path).map { name, note in
            do throws(EvidenceError) {
                return OldCheckpoint(name: name, signed: try SignedCheckpoint(bytes: note))
            } catch {
                throw CommandFailure.usage(
                    "--old \(path): a checkpoint, a .tlog-proof or a bundle is expected: \(error)"
                )
            }
        }
    }
}

/// What an audit found, for people.
struct AuditFindingsText {
    let report: AuditReport
    let language: Language

    var text: String {
        (report.findings.map(line) + [extent, conclusion]).joined(separator: "\n")
    }

    private func line(_ finding: AuditReport.Finding) -> String {
        let column = finding.place.column.isEmpty ? "" : ".\(finding.place.column)"
        let key = finding.place.key.isEmpty ? "" : " [\(finding.place.key)]"
        let count = report.counts[finding.kind] ?? 1
        let more =
            count > 1 ? language("（此类共 \(count) 处）", " (\(count) of this kind)") : ""
        return "\(finding.kind.rawValue): \(finding.place.table)\(column)\(key): "
            + finding.detail + more
    }

    private var extent: String {
        let extent = report.extent
        let trees = language(
            "已核对：平台 \(extent.platforms) 个，日志条目 \(extent.leaves) 条，检查点 \(extent.checkpoints) 个",
            "looked at: \(extent.platforms) platforms, \(extent.leaves) entries, "
                + "\(extent.checkpoints) checkpoints"
        )
        guard report.isDeep else { return trees }
        return trees
            + language(
                "，交付 \(extent.deliveries) 笔，库存 \(extent.stockLines) 行，"
                    + "密封记录 \(extent.records) 份",
                ", \(extent.deliveries) deliveries, \(extent.stockLines) lines of stock, "
                    + "\(extent.records) sealed records"
            ) + unrepeated
    }

    /// What was decided by other rules than today's, and therefore not compared; empty: nothing.
    private var unrepeated: String {
        let extent = report.extent
        guard extent.unrepeatedClaims + extent.unrepeatedJudgements + extent.movedDeadlines > 0
        else { return "" }
        return language(
            "；按其他规则作出而未比对：申诉 \(extent.unrepeatedClaims) 件，判断 \(extent.unrepeatedJudgements) 项，"
                + "工作日时限 \(extent.movedDeadlines) 个",
            "; by other rules than today's, and not compared: \(extent.unrepeatedClaims) claims, "
                + "\(extent.unrepeatedJudgements) judgements, "
                + "\(extent.movedDeadlines) times counted in working days"
        )
    }

    private var conclusion: String {
        report.holds
            ? language("未发现损坏。", "Nothing is damaged.")
            : language(
                "存储与其签名的日志不一致。请保留现有文件作为证据，不要继续写入，并从最近的备份恢复。",
                "The store is not what it signed. Keep its files as they are, they are evidence; "
                    + "stop writing to them, and restore the last backup that passes."
            )
    }
}
