import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// What `doctor` says about the witnesses: one finding a witness, the worst of its logs first.
struct WitnessFindings {
    let roster: WitnessRoster
    let status: JSONValue
    /// Whether a gateway runs: without one nobody was asked.
    let isRunning: Bool
    let language: Language

    var findings: [Examination.Finding] {
        roster.members.map { member in
            let rows = (status["witnesses"]?.arrayValue ?? []).filter {
                $0["witness"]?.stringValue == member.name
            }
            return finding(of: member.name, rows)
        }
    }

    private func finding(of name: String, _ rows: [JSONValue]) -> Examination.Finding {
        let check = "witness:\(name)"
        let alarms = rows.filter { ["forked", "rolled_back"].contains(Self.state(of: $0)) }
        guard alarms.isEmpty else {
            return .init(check: check, state: .wrong, detail: lines(alarms) { alarm(in: $0) })
        }
        let troubled = rows.filter { ["failing", "refused"].contains(Self.state(of: $0)) }
        guard troubled.isEmpty else {
            return .init(check: check, state: .warning, detail: lines(troubled) { trouble(in: $0) })
        }
        guard isRunning else {
            return .init(
                check: check,
                state: .good,
                detail: language("网关未运行，没有询问", "the gateway does not run: nobody asked it")
            )
        }
        return .init(check: check, state: .good, detail: lines(rows) { good(in: $0) })
    }

    private func lines(_ rows: [JSONValue], _ text: (JSONValue) -> String) -> String {
        rows.map(text).joined(separator: language("；", "; "))
    }

    private static func state(of row: JSONValue) -> String { row["state"]?.stringValue ?? "" }

    private func log(of row: JSONValue) -> String { row["platform"]?.stringValue ?? "" }

    private func alarm(in row: JSONValue) -> String {
        let detail = row["detail"]?.stringValue ?? ""
        return Self.state(of: row) == "forked"
            ? language(
                "警报：日志 \(log(of: row)) 与该见证人签过的历史不一致（\(detail)）。"
                    + "请停止使用本存储并查明原因，见 docs/witnesses.md",
                "ALARM: the log of \(log(of: row)) is not the history that this witness has signed "
                    + "(\(detail)); stop using this store and find out why: docs/witnesses.md"
            )
            : language(
                "警报：日志 \(log(of: row)) 比该见证人签过的更短（\(detail)），存储可能被旧备份覆盖，"
                    + "见 docs/witnesses.md",
                "ALARM: the log of \(log(of: row)) is shorter than what this witness has signed "
                    + "(\(detail)); was an old backup put back? docs/witnesses.md"
            )
    }

    private func trouble(in row: JSONValue) -> String {
        let detail = row["detail"]?.stringValue ?? ""
        return Self.state(of: row) == "refused"
            ? language(
                "不接受日志 \(log(of: row))（\(detail)）：请把 vkey 交给见证人",
                "does not take the log of \(log(of: row)) (\(detail)): give its operator the vkey"
            )
            : language(
                "日志 \(log(of: row)) 未获见证（\(detail)），会自动重试",
                "gives no cosignature for \(log(of: row)) (\(detail)); it is asked again by itself"
            )
    }

    private func good(in row: JSONValue) -> String {
        guard let size = row["size"]?.lexeme, let time = row["cosigned_at"]?.stringValue else {
            return language(
                "日志 \(log(of: row)) 尚未见证", "has not cosigned the log of \(log(of: row)) yet")
        }
        return language(
            "日志 \(log(of: row)) 已见证 \(size) 条（\(time)）",
            "has cosigned \(size) entries of \(log(of: row)) at \(time)"
        )
    }
}
