import ArgumentParser
import CardModel
import Gateway
import WireFormat

extension LogCommand {
    /// `cardproof log fsck`: whether a restored log goes on where the lost one was.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fsck",
            abstract: "After a restore: was the log rolled back, forked, or does it continue?",
            discussion: """
                Holds the stored log against checkpoints that were kept outside of it: the ones \
                beside your backups, or those in the receipts of platforms and buyers. Run it \
                before the restored gateway starts: what it signs then cannot be unsigned.

                Exit: 0 the log continues all of them, 12 it does not or is damaged, 64 there is \
                no store, no key, or no file.
                """
        )

        @Option(
            help: "A checkpoint or .tlog-proof that was kept outside. May be given often."
        )
        var old: [String]

        @Option(help: "The platform whose log it is; all of them otherwise.")
        var platform: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let report = try StoreAudit(configuration: try options.load()).report(
                isDeep: false,
                platform: platform,
                old: try old.flatMap { try OldCheckpoint.all(inFile: $0) }
            )
            let text = LogStandingText(report: report, language: language)
            try output.show(report.jsonValue) { text.text }
            if !report.holds { throw CardproofExit.evidenceDoesNotVerify.code }
        }
    }
}

/// How a log stands to its past, and what to do, for people.
struct LogStandingText {
    let report: AuditReport
    let language: Language

    var text: String {
        let damage = AuditReport.Kind.allCases.filter { $0 != .old && report.counts[$0] != nil }
        var lines = report.outside.map(line)
        if !damage.isEmpty {
            lines.append(
                language(
                    "存储本身已损坏，请运行 cardproof log audit --deep 查看详情。",
                    "The store itself is damaged: `cardproof log audit --deep` says where."
                )
            )
        }
        return (lines + advice).joined(separator: "\n")
    }

    private func line(_ old: AuditReport.Outside) -> String {
        let stored = old.storedSize.map { "\($0)" } ?? "-"
        return "\(old.name): " + meaning(of: old.standing)
            + language(
                "（检查点 \(old.size) 条，存储中 \(stored) 条）",
                " (\(old.size) entries signed, \(stored) stored)"
            )
    }

    private func meaning(of standing: AuditReport.Standing) -> String {
        switch standing {
        case .continued: language("日志延续了它", "the log continues it")
        case .rolledBack:
            language("日志被回退，缺少已签名的条目", "the log was rolled back: signed entries are missing")
        case .forked: language("日志分叉，历史不同", "the log has forked: its past is another one")
        case .foreign: language("存储中没有这份日志", "the store has no log of this name")
        case .notGenuine: language("不是本日志密钥的签名", "not signed by this log's key")
        case .undecided:
            language("日志有缺失，无法判断", "entries of the log are missing: nothing can be said")
        }
    }

    private var advice: [String] {
        let standings = Set(report.outside.map(\.standing))
        var advice: [String] = []
        if standings.contains(.rolledBack) {
            advice.append(
                language(
                    """
                    不要启动网关：它会在已签名的位置写入别的内容。请先寻找更新的备份或原磁盘；\
                    若确实丢失，请把存储中的条目数告知各平台并请其重发丢失的交付，\
                    再以新名称添加平台（tenant add）重新开始日志。
                    """,
                    "Do not start the gateway: it would sign other entries in the places of those "
                        + "that are missing. Look for a later backup or the old disk. If they are "
                        + "lost, tell the platforms the stored size, add each of them anew under "
                        + "another name (`tenant add`), which begins a new log, and let them "
                        + "repeat what was lost."
                )
            )
        }
        if standings.contains(.forked) {
            advice.append(
                language(
                    "停止网关，保留现有文件和这些检查点作为证据，查明是谁、何时改写了日志。",
                    "Stop the gateway and keep its files and these checkpoints: they prove that "
                        + "the log was rewritten, or that two gateways ran on copies of one store."
                )
            )
        }
        if advice.isEmpty, report.holds {
            advice.append(
                language("日志完整，可以启动网关。", "The log is whole: the gateway may be started.")
            )
        }
        return advice
    }
}
