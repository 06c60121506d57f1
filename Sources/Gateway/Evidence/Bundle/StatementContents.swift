import CardModel
import EvidenceLog
import StatementKit
import WireFormat

/// What the statement of a bundle says, on a page a language: what happened, between which times,
/// how to check it, and what it does not prove (证据说明). No key, and no more than the entries show.
struct StatementContents {
    let material: BundleMaterial
    let summary: BundleSummary
    /// Brackets by index.
    let brackets: [UInt64: TimeBracket]
    /// What this bundle should have and has not.
    let omissions: [BundleOmission]

    /// Items of a statement: the others stand in `summary.json`.
    static let mostItems = 100
    /// Events of a statement: the others stand in `timeline.csv`.
    static let mostEvents = 200

    /// The page in each language.
    /// - Throws: ``StatementFault`` when a text is beyond what can be drawn.
    func documents() throws(StatementFault) -> [StatementDocument] {
        [try document(in: .zhCN), try document(in: .en)]
    }

    /// What the code on the page holds: which entry of which log, and its hash.
    var codeText: String {
        let entry = material.entries.first { $0.type == .inquiry } ?? material.entries.first
        let hash = entry?.leaf?.hash.base64 ?? ""
        return "\(material.log.origin) \(entry?.index ?? 0) \(hash)"
    }

    private func document(in language: Language) throws(StatementFault) -> StatementDocument {
        let words = Words(language: language)
        let head = material.head.checkpoint
        return try StatementDocument(
            title: words("卡密交付核验说明", "Statement on a card-code delivery"),
            languageTag: language.rawValue,
            createdAt: material.asOf,
            footer: "SHA-256 \(head.root.base64) · \(head.origin) · \(head.size)",
            blocks: facts(words) + verdicts(words) + events(words) + limits(words) + checking(words)
        )
    }

    private func facts(_ words: Words) -> [StatementDocument.Block] {
        let facts = summary.facts
        func text(_ value: JSONValue?) -> String { value?.stringValue ?? words("未提供", "not told") }
        let delivered = material.items.compactMap(\.deliveredAt).max()?.rfc3339
        return [
            .table(
                .init(
                    columns: [words("项目", "What"), words("内容", "As recorded")],
                    rows: [
                        [words("平台", "Platform"), material.platform.name],
                        [words("订单", "Order"), text(facts["order_ref"])],
                        [words("商家", "Merchant"), text(facts["merchant"])],
                        [words("支付流水号", "Payment"), text(facts.order("payment_ref"))],
                        [
                            words("实付", "Paid"),
                            facts.paid.map { "\($0.decimalText) \($0.currency)" } ?? text(nil),
                        ],
                        [words("交付时间", "Delivered"), delivered ?? text(nil)],
                        [
                            words("证据完整度", "Completeness"),
                            "\(summary.completeness.score) / 100",
                        ],
                    ]
                )
            )
        ]
    }

    private func verdicts(_ words: Words) -> [StatementDocument.Block] {
        let rows = material.items.prefix(Self.mostItems).map { item in
            let stated = summary.facts.item(line: item.terms.line)
            let decision = item.decision
            return [
                String(item.terms.line), item.terms.product,
                stated?["serial"]?.stringValue ?? "—",
                decision.map { BundleWords.answer($0.verdict.value, in: words.language) }
                    ?? words("尚未查询到结果", "Not answered yet"),
                decision?.verdict.value.issuer?.at?.rfc3339 ?? "—",
                decision.flatMap { summary.number(ofEntry: $0.leaf.index) } ?? "—",
            ]
        }
        return [
            .heading(words("核验结果", "What was answered")),
            .table(
                .init(
                    columns: [
                        words("行", "Line"), words("商品", "Product"),
                        words("序列号", "Serial"), words("结果", "Answer"),
                        words("发行方所示时间", "Issuer's time"), words("记录", "Entry"),
                    ],
                    rows: Array(rows)
                )
            ),
        ]
    }

    private func events(_ words: Words) -> [StatementDocument.Block] {
        let rows = material.entries.prefix(Self.mostEvents).compactMap { entry -> [String]? in
            guard let leaf = entry.leaf else { return nil }
            let bracket = brackets[entry.index] ?? TimeBracket()
            return [
                String(entry.index), BundleWords.type(entry)[words.language],
                leaf.time.rfc3339Seconds, bracket.notBefore?.rfc3339 ?? "—",
                bracket.notAfter?.rfc3339 ?? "—",
            ]
        }
        return [
            .heading(words("时间", "Times")),
            .table(
                .init(
                    columns: [
                        words("记录", "Entry"), words("事件", "Event"),
                        words("日志自述", "By the log"), words("不早于", "Not before"),
                        words("不晚于", "Not after"),
                    ],
                    rows: Array(rows)
                )
            ),
            .paragraph(
                words(
                    "“不早于”“不晚于”由外部时间戳机构签发，与平台和商家无关。",
                    "“Not before” and “not after” are stamps of outside authorities, made by "
                        + "neither platform nor merchant."
                )
            ),
        ]
    }

    private func limits(_ words: Words) -> [StatementDocument.Block] {
        let missing = summary.completeness.missing.map { $0.name(in: words.language) }
        let absent = missing + omissions.map { $0.text[words.language] }
        let separator = words("；", "; ")
        return [
            .heading(words("不证明什么", "What this does not prove")),
            .notice(BundleLimits.texts.map { $0[words.language] }.joined(separator: " ")),
            .paragraph(
                absent.isEmpty
                    ? words("没有缺少的材料。", "Nothing is missing.")
                    : words("缺少：", "Missing: ") + absent.joined(separator: separator)
            ),
        ]
    }

    private func checking(_ words: Words) -> [StatementDocument.Block] {
        [
            .heading(words("如何验证（无需联网）", "How to check it (no network needed)")),
            .code([
                "unzip -p bundle.zip verify.sh > verify.sh && sh verify.sh bundle.zip",
                "cardproof verify bundle.zip --key KEY",
                "python3 cardproof_verify.py bundle.zip --key KEY",
            ]),
            .paragraph(
                words(
                    "KEY 是平台公布的日志公钥；请从平台而不是从出示本证据的人处取得。",
                    "KEY is the log's key as the platform publishes it; take it from there, not "
                        + "from whoever shows you this."
                )
            ),
            .qrCode(
                .init(
                    text: codeText,
                    caption: words("日志、记录序号与记录的散列", "Log, entry and the entry's hash")
                )
            ),
        ]
    }

    /// Both languages side by side, one of them taken.
    private struct Words {
        let language: Language

        func callAsFunction(_ zhCN: String, _ en: String) -> String {
            LocalisedText(zhCN: zhCN, en: en)[language]
        }
    }
}

/// Something that a bundle should have and has not, said so that nobody believes it was left out.
enum BundleOmission: Sendable {
    /// There is no renderer here.
    case drawing
    /// The renderer could not draw this statement.
    case failedDrawing
    case health
    case otherSales(count: Int)
    case otherSalesElsewhere(count: Int)
    case timeStamps
    case witnesses
    case erasedRecords(count: Int)
    case largeAttachments(count: Int)
    case damagedAttachments(count: Int)
    /// Ordinals of the logs that the delivery's other entries are in.
    case otherLogs([Int])

    var word: String {
        switch self {
        case .drawing, .failedDrawing: "pdf"
        case .health: "health"
        case .otherSales: "other_sales"
        case .otherSalesElsewhere: "other_sales_in_other_logs"
        case .timeStamps: "time_stamps"
        case .witnesses: "witnesses"
        case .erasedRecords: "erased_records"
        case .largeAttachments: "large_attachments"
        case .damagedAttachments: "damaged_attachments"
        case .otherLogs: "other_logs"
        }
    }

    private static func list(_ ordinals: [Int]) -> String {
        ordinals.map(String.init).joined(separator: ", ")
    }

    var text: LocalisedText {
        switch self {
        case .drawing:
            LocalisedText(
                zhCN: "PDF 版说明（未安装 cardproof-render）", en: "the PDF (no cardproof-render)")
        case .failedDrawing:
            LocalisedText(zhCN: "PDF 版说明（绘制失败）", en: "the PDF (it could not be drawn)")
        case .health:
            LocalisedText(zhCN: "网关运行状态记录（尚无）", en: "the gateway's health (none recorded yet)")
        case .otherSales(let count):
            LocalisedText(
                zhCN: "\(count) 笔含相同卡密的其他销售（已删除、依法限制或数量过多）",
                en: "\(count) other sales of these codes, which are erased, kept for a legal hold "
                    + "alone, or too many"
            )
        case .otherSalesElsewhere(let count):
            LocalisedText(
                zhCN: "\(count) 笔含相同卡密的其他销售（记录在本平台的另一本日志中）",
                en: "\(count) other sales of these codes, recorded in another log of the platform"
            )
        case .timeStamps:
            LocalisedText(zhCN: "外部时间戳（尚未取得）", en: "outside time stamps (none yet)")
        case .witnesses:
            LocalisedText(zhCN: "见证人签名（未配置或尚未取得）", en: "witnesses' signatures (none yet)")
        case .erasedRecords(let count):
            LocalisedText(
                zhCN: "\(count) 条记录的内容已依法删除",
                en: "the contents of \(count) entries, which were erased"
            )
        case .damagedAttachments(let count):
            LocalisedText(
                zhCN: "\(count) 个附件的存储文件已丢失或损坏",
                en: "\(count) attachments, whose files are gone or damaged"
            )
        case .otherLogs(let ordinals):
            LocalisedText(
                zhCN: "位于本平台其他日志（编号 \(Self.list(ordinals))）中的记录，见另一份证据包",
                en: "entries in the platform's log \(Self.list(ordinals)): a bundle of their own"
            )
        case .largeAttachments(let count):
            LocalisedText(
                zhCN: "\(count) 个附件过大，需另行下载",
                en: "\(count) attachments, too large to be carried"
            )
        }
    }
}
