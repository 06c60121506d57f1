import CardModel
import Foundation
import Gateway
import WireFormat

/// Shelf life and face value.
extension AuditPage {
    func histograms(_ breakdown: StockBreakdown) -> [String] {
        let language = outcome.scope.language
        var parts: [String] = []
        let dated = breakdown.shelfLife.filter { $0.key != .unknown }.values.reduce(0, +)
        if dated > 0 {
            let bars = StockShelfLife.allCases.map { life in
                Bar(name: life.title[language], count: breakdown.shelfLife[life] ?? 0)
            }
            parts.append(
                section(
                    language("剩余有效期", "Days left before expiry"),
                    histogram(language("按剩余有效期统计的卡密", "Codes by days left"), bars)
                )
            )
        }
        if !breakdown.faceValues.isEmpty {
            parts.append(
                section(
                    language("面值", "Face value"),
                    histogram(
                        language("按面值统计的卡密", "Codes by face value"),
                        faceValues(breakdown.faceValues)
                    )
                )
            )
        }
        if breakdown.hasTooManyFaceValues {
            parts.append(
                "<p>"
                    + language(
                        "面值超过 \(StockAuditLimits.faceValues) 种，未统计。",
                        "There are more than \(StockAuditLimits.faceValues) face values; they "
                            + "were not counted."
                    ) + "</p>\n"
            )
        }
        return parts
    }

    private struct Bar {
        let name: String
        let count: Int
    }

    /// The most frequent values in the order of their amounts, the others together.
    private func faceValues(_ values: [String: Int]) -> [Bar] {
        let language = outcome.scope.language
        let frequent = values.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        let shown = frequent.prefix(AuditReportLimits.histogramBars)
        let rest = frequent.dropFirst(shown.count)
        let bars = shown.sorted { left, right in
            let amounts = (Double(left.key) ?? .infinity, Double(right.key) ?? .infinity)
            return amounts.0 == amounts.1 ? left.key < right.key : amounts.0 < amounts.1
        }.map { Bar(name: $0.key, count: $0.value) }
        guard !rest.isEmpty else { return bars }
        let name = language("其余 \(rest.count) 种", "\(rest.count) other values")
        return bars + [Bar(name: name, count: rest.reduce(0) { $0 + $1.value })]
    }

    /// Bars under their labels, drawn for the width of a telephone. What it shows stands in its
    /// description too, and the number is written at each bar.
    private func histogram(_ title: String, _ bars: [Bar]) -> String {
        let language = outcome.scope.language
        let width = 320
        let rowHeight = 36
        let most = max(1, bars.map(\.count).max() ?? 1)
        let rows = bars.enumerated().map { index, bar in
            let top = index * rowHeight
            let length = bar.count == 0 ? 0 : max(1, width * bar.count / most)
            return """
                <text x="0" y="\(top + 15)">\(Markup.escaped(shortened(bar.name)))</text>
                <text x="\(width)" y="\(top + 15)" text-anchor="end">\
                \(AuditNumbers.grouped(bar.count))</text>
                <rect class="rail" x="0" y="\(top + 21)" width="\(width)" height="8"/>
                <rect class="bar" x="0" y="\(top + 21)" width="\(length)" height="8"/>

                """
        }
        let spoken = bars.map { "\($0.name)\(language("：", ": "))\($0.count)" }
        return """
            <svg role="img" viewBox="0 0 \(width) \(bars.count * rowHeight)">
            <title>\(Markup.escaped(title))</title>
            <desc>\(Markup.escaped(spoken.joined(separator: language("；", "; "))))</desc>
            \(rows.joined())</svg>

            """
    }

    /// A label that leaves room for its number.
    private func shortened(_ name: String) -> String {
        var cells = 0
        let kept = name.prefix { symbol in
            cells += Table.width(of: String(symbol))
            return cells <= 30
        }
        return kept.count < name.count ? kept + "…" : name
    }
}

extension StockShelfLife {
    /// The bucket in words.
    var title: LocalisedText {
        switch self {
        case .expired: LocalisedText(zhCN: "已过期", en: "Expired")
        case .underWeek: LocalisedText(zhCN: "不足 7 天", en: "Under 7 days")
        case .underMonth: LocalisedText(zhCN: "7 至 29 天", en: "7 to 29 days")
        case .underQuarter: LocalisedText(zhCN: "30 至 89 天", en: "30 to 89 days")
        case .underHalfYear: LocalisedText(zhCN: "90 至 179 天", en: "90 to 179 days")
        case .underYear: LocalisedText(zhCN: "180 至 364 天", en: "180 to 364 days")
        case .yearOrMore: LocalisedText(zhCN: "365 天以上", en: "365 days or more")
        case .unknown: LocalisedText(zhCN: "没有日期", en: "No date")
        }
    }
}
