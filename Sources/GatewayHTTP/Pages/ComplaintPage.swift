import CardModel
import Hummingbird
import WireFormat

/// The page that says how to complain on a platform.
struct ComplaintPage {
    let guide: ComplaintGuide
    let platform: String
    let language: Language

    /// - Parameter cache: a `Cache-Control` value.
    func response(cache: String) -> Response {
        PlainPage(
            title: Self.title[language],
            body: """
                <p>\(Markup.escaped(platform))</p>
                <ol>
                \(steps)
                </ol>
                \(section(Self.contactsTitle, contacts))
                \(section(Self.limitsTitle, limits))
                \(section(Self.channelsTitle, channels))
                """,
            language: language,
            query: "platform=\(platform)",
            isPublished: true
        ).response(cache: cache)
    }

    private var steps: String {
        ComplaintGuide.steps.map { "<li>\(Markup.escaped($0[language]))</li>" }
            .joined(separator: "\n")
    }

    private func section(_ title: LocalisedText, _ rows: [(String, String)]) -> String {
        // What an operator wrote is text and nothing else.
        let body =
            rows.isEmpty
            ? "<p>\(Self.nothing[language])</p>"
            : PlainPage.table(
                of: rows.map { (Markup.escaped($0.0), Markup.escaped($0.1)) })
        return "<h2>\(title[language])</h2>\n\(body)"
    }

    private var contacts: [(String, String)] {
        let contacts = guide.contacts
        let rows: [(LocalisedText, String?)] = [
            (LocalisedText(zhCN: "电话", en: "telephone"), contacts?.phone),
            (LocalisedText(zhCN: "电子邮箱", en: "e-mail"), contacts?.email),
            (LocalisedText(zhCN: "服务时间", en: "hours"), contacts?.hours),
            (LocalisedText(zhCN: "地址", en: "address"), contacts?.address),
        ]
        return rows.compactMap { name, value in value.map { (name[language], $0) } }
    }

    private var limits: [(String, String)] {
        guide.limits.map { ($0.title[language], $0.within.text(in: language)) }
    }

    private var channels: [(String, String)] {
        guide.channels.map { channel in
            let separator = LocalisedText(zhCN: "、", en: ", ")[language]
            let filers = channel.filers.map { $0.name(in: language) }.joined(separator: separator)
            return (
                channel.name(in: language),
                LocalisedText(
                    zhCN: "\(channel.tier.name(in: .zhCN))；可提交人：\(filers)",
                    en: "\(channel.tier.name(in: .en)); filed by \(filers)")[language]
            )
        }
    }

    private static let title = LocalisedText(zhCN: "如何投诉", en: "How to complain")
    private static let contactsTitle = LocalisedText(zhCN: "联系方式", en: "Contacts")
    private static let limitsTitle = LocalisedText(zhCN: "时限", en: "Time limits")
    private static let channelsTitle = LocalisedText(
        zhCN: "平台以外的渠道，按顺序", en: "Channels beyond the platform, in order")
    private static let nothing = LocalisedText(zhCN: "未公布。", en: "Not published.")
}
