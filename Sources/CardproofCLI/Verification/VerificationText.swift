import CardModel
import EvidenceLog
import WireFormat

/// A verification in the reader's language: who signed, what was checked, what was not.
struct VerificationText {
    let report: EvidenceVerdict
    let language: Language

    func text(of path: String) -> String {
        switch report {
        case .unreadable(let error):
            return language("\(path)：未通过验证", "\(path): does not verify") + "\n  \(error)"
        case .report(let report): return lines(of: report, path: path).joined(separator: "\n")
        }
    }

    private func lines(of report: VerificationReport, path: String) -> [String] {
        var lines = [headline(of: report, path: path)]
        if let head = report.checkpoint {
            lines.append(
                language(
                    "日志 \(head.origin)，\(head.size) 条记录，根 \(head.root.base64)",
                    "log \(head.origin), \(head.size) entries, root \(head.root.base64)"
                )
            )
        }
        lines.append(signer(of: report))
        lines += section(language("记录：", "entries:"), report.entries.map { text(of: $0) })
        if report.holds { lines += report.entries.flatMap { stockLines(of: $0) } }
        lines += report.witnesses.map { text(of: $0) }
        lines += section(
            language("成立：", "checked:"),
            report.checks.map { text(of: $0, policy: report.policySource) }
        )
        lines += section(
            language("不成立：", "does not hold:"),
            report.findings.map { $0.description }
        )
        lines += section(
            language("未检查：", "not checked:"),
            report.omissions.map { text(of: $0, policy: report.policySource) }
        )
        return lines
    }

    /// An entry with its time, and between which outside time stamps it was made.
    private func text(of entry: BundledEntry) -> String {
        let type = entry.type ?? language("未公开", "not opened")
        let time = entry.leaf.time.rfc3339Seconds
        let earliest = entry.bracket.notBefore?.rfc3339 ?? language("无下限", "no lower bound")
        let latest = entry.bracket.notAfter?.rfc3339 ?? language("无上限", "no upper bound")
        return language(
            "第 \(entry.index) 条 \(type)，日志自述 \(time)，外部时间戳：\(earliest) — \(latest)",
            "\(entry.index) \(type), by the log at \(time), stamped \(earliest) – \(latest)"
        )
    }

    /// Whoever reads one line only must not take an unsigned text for a proven one.
    private func headline(of report: VerificationReport, path: String) -> String {
        guard report.holds else {
            return language("\(path)：未通过验证", "\(path): does not verify")
        }
        switch report.keySource {
        case .pinned, .policy:
            return language("\(path)：已检查的内容全部成立", "\(path): everything checked holds")
        case .evidence:
            return language(
                "\(path)：未发现损坏，但未核对是谁签的（请用 --key 给出公钥）",
                "\(path): undamaged, but who signed was not checked (give --key)"
            )
        case nil:
            return language(
                "\(path)：内容自洽，但没有核对签名（请用 --key 给出公钥）",
                "\(path): consistent in itself, but no signature was checked (give --key)"
            )
        }
    }

    private func section(_ title: String, _ rows: [String]) -> [String] {
        rows.isEmpty ? [] : [title] + rows.map { "  - \($0)" }
    }

    private func signer(of report: VerificationReport) -> String {
        guard let key = report.logKey, let source = report.keySource else {
            return language("签名者：未知", "signed by: not established")
        }
        let origin =
            switch source {
            case .pinned: language("您给出的公钥", "the key you gave")
            case .policy: language("您给出的策略", "the policy you gave")
            case .evidence:
                language(
                    "证据自带的公钥，只能发现损坏，不能证明是谁签的",
                    "the key beside the evidence: shows damage, not who signed"
                )
            }
        return language("签名者：\(key.vkey)（\(origin)）", "signed by: \(key.vkey) (\(origin))")
    }

    /// The policy's name for a witness may be anything; its key's name is what it signs under.
    private func text(of witness: WitnessStanding) -> String {
        let who = "\(witness.name) (\(witness.key.name))"
        guard let time = witness.cosignedAt else {
            return language("未见证：\(who)", "not cosigned by \(who)")
        }
        return language(
            "见证：\(who)，见证人所记时间 \(time.rfc3339Seconds)",
            "cosigned by \(who) at \(time.rfc3339Seconds), by the witness's own clock"
        )
    }

    /// Whose word it is which witnesses count, and how many.
    private func name(of policy: VerificationReport.PolicySource?) -> String {
        switch policy {
        case .evidence: language("证据自带的策略", "the policy in the evidence itself")
        case .pinned, nil: language("您给出的策略", "the policy that you gave")
        }
    }

    private func text(
        of check: VerificationCheck,
        policy: VerificationReport.PolicySource?
    ) -> String {
        switch check {
        case .logSignature: language("日志的签名", "the log's signature")
        case .witnessQuorum(let count) where policy == .evidence:
            language(
                "\(count) 个见证人的签名有效，达到证据自带的策略；见证人由出具证据的一方选定"
                    + "（请用 --policy 给出策略）",
                "\(count) witnesses have cosigned, as many as the policy in the evidence itself "
                    + "asks for; whoever made it chose them (give --policy)"
            )
        case .witnessQuorum(let count):
            language(
                "\(count) 个见证人的签名有效，达到您给出的策略：他们见过的只有这一个历史",
                "\(count) witnesses have cosigned, as many as the policy that you gave asks for: "
                    + "this is the one history that they were shown"
            )
        case .inclusion(let index, let size):
            language(
                "第 \(index) 条记录包含在 \(size) 条之中",
                "entry \(index) is one of the \(size)"
            )
        case .leafFormat: language("记录的唯一规范形式", "the entry has its one canonical form")
        case .entries(let count):
            language("\(count) 条记录逐条与树一致", "each of \(count) entries against the tree")
        case .tiles(let count):
            language("\(count) 个树块与根一致", "each of \(count) tiles against the root")
        case .completeness: language("文件不多不少", "no file is missing and none too many")
        case .root(let size):
            language("\(size) 条记录的根", "the root over \(size) entries")
        case .consistency(let name, let oldSize, let newSize):
            language(
                "\(name)（\(oldSize) 条）是本日志（\(newSize) 条）的早先状态",
                "\(name) (\(oldSize) entries) is an earlier state of this log (\(newSize))"
            )
        case .files(let count):
            language("\(count) 个文件与清单一致", "each of \(count) files against the list of files")
        case .succession(let key):
            language(
                "日志已结束，其最后一条记录指明签署清单的密钥 \(key.vkey)",
                "the log has ended: its last entry names the key that signed the list, \(key.vkey)"
            )
        case .manifestSignature:
            language("清单的签名", "the signature over the list of files")
        case .disclosures(let count):
            language("\(count) 个公开字段与记录一致", "each of \(count) opened fields against its entry")
        case .contents(let count):
            language(
                "\(count) 个附件、往来报文或条款与记录一致",
                "each of \(count) transcripts, attachments and terms against its entry"
            )
        case .timeline: language("时间线与记录一致", "the timeline against the entries")
        case .timeStamps(let count, let isPinned):
            isPinned
                ? language(
                    "\(count) 个外部时间戳，由您给出的机构签发",
                    "\(count) outside time stamps, by the authorities that you gave"
                )
                : language(
                    "\(count) 个外部时间戳；签发机构的根证书来自证据本身（请用 --tsa-ca 核对）",
                    "\(count) outside time stamps; the authorities' roots came with the evidence "
                        + "(give --tsa-ca)"
                )
        }
    }

    private func text(
        of omission: VerificationOmission,
        policy: VerificationReport.PolicySource?
    ) -> String {
        switch omission {
        case .logSignature:
            language(
                "签名：没有给出公钥（--key），任何人都可能签",
                "the signature: no key was given (--key), so anybody may have signed"
            )
        case .witnesses:
            language("见证：没有给出策略（--policy）", "witnesses: no policy was given (--policy)")
        case .witnessesNotAsked:
            language(
                "见证：\(name(of: policy))不要求见证人",
                "witnesses: \(name(of: policy)) asks for none"
            )
        case .olderCheckpoints:
            language(
                "是否整体重写：没有给出以前的检查点（--old）",
                "whether history was rewritten as a whole: no earlier checkpoint (--old)"
            )
        case .consistency(let name):
            language(
                "\(name)：条数不同，这里没有两者之间的一致性证明，无法比较",
                "\(name): of another size, and no proof that one continues the other is here"
            )
        case .trustedTime:
            language(
                "时间：没有可以作数的外部时间戳，时间是日志自己的说法",
                "time: no outside time stamp counts, times are the log's own words"
            )
        case .timeStamp(let path):
            language(
                "\(path)：不是您给出的时间戳机构签发的，不计入",
                "\(path): by none of the authorities that you gave, so it does not count"
            )
        case .statedAccuracy(let path):
            language(
                "\(path) 有多准：机构没有写明，按前后各 60 秒计算",
                "how exact \(path) is: its authority does not say; 60 s to either side were taken"
            )
        case .leafFormat:
            language("记录的内容形式：只计算了散列", "the form of the entries: they were hashed only")
        case .beneath(let path):
            language("\(path) 以下的部分", "what lies beneath \(path)")
        case .file(let path):
            language("\(path)：不属于日志", "\(path): is no part of a log")
        case .furtherEntries:
            language(
                "日志里关于这笔交付是否还有别的条目，以及没有打开的字段",
                "whether the log has further entries about the delivery; fields that are not opened"
            )
        case .content:
            language("记录所说的是否属实", "whether what the entries say is true")
        }
    }
}
