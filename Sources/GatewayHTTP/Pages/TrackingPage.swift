import CardModel
import Gateway
import Hummingbird
import WireFormat

/// A claim as whoever has its tracking number may follow it.
struct TrackingPage {
    let claim: TrackedClaim
    let language: Language

    /// What stands on it changes, and is nobody's to keep.
    var response: Response {
        PlainPage(
            title: text("申诉 \(claim.tracking.text)", "Claim \(claim.tracking.text)"),
            body: facts + steps,
            language: language
        ).response(cache: "no-store")
    }

    private var facts: String {
        var rows = [(text("状态", "State"), claim.state.name(in: language))]
        if let owner = claim.owner {
            rows.append((text("由谁处理", "Who must act"), owner.name(in: language)))
        }
        if let dueAt = claim.dueAt {
            let note = claim.isDueProvisional ? text("（暂定）", " (provisional)") : ""
            rows.append((text("最迟", "By"), time(dueAt) + note))
        }
        rows.append((text("受理时间", "Accepted at"), time(claim.openedAt)))
        rows.append((text("时区", "Time zone"), Markup.escaped(claim.zone.name(in: language))))
        return PlainPage.table(of: rows)
    }

    private var steps: String {
        let head = [text("时间", "Time"), text("由谁", "By"), text("状态", "State")]
            .map { "<th scope=\"col\">\($0)</th>" }.joined()
        let rows = claim.steps.map { step in
            "<tr><td>\(time(step.at))</td><td>\(step.by.name(in: language))</td>"
                + "<td>\(step.to.name(in: language))</td></tr>"
        }
        return "<h2>\(text("经过", "What happened"))</h2>\n"
            + PlainPage.table(["<tr>\(head)</tr>"] + rows)
    }

    private func text(_ zhCN: String, _ en: String) -> String {
        LocalisedText(zhCN: zhCN, en: en)[language]
    }

    /// To the minute where the parties live; exactly for programs.
    private func time(_ instant: Instant) -> String {
        "<time datetime=\"\(instant.rfc3339)\">\(claim.zone.text(of: instant, to: .minutes))</time>"
    }
}
