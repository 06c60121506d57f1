import CardModel
import Drivers
import WireFormat

/// What an examination says of the stamping authorities.
struct TimeStampFindings {
    /// Beyond it times in the evidence are doubted: most authorities are exact to a second.
    private static let largestClockOffsetMilliseconds: Int64 = 1_000

    let configuration: GatewayConfiguration
    let language: Language

    init(_ configuration: GatewayConfiguration, _ language: Language) {
        self.configuration = configuration
        self.language = language
    }

    /// - Parameter isRunning: whether `status` is of a gateway that stamps; one that was opened to
    ///   be examined has asked nobody.
    func findings(_ status: JSONValue, isRunning: Bool) -> [Examination.Finding] {
        guard !configuration.timeStamps.authorities.isEmpty else {
            return [
                Examination.Finding(
                    check: "time_stamps",
                    state: .warning,
                    detail: language(
                        "没有时间戳服务：记录的时间只有本机可以证明（time_stamps.authorities）",
                        "there is no authority: nobody outside vouches for the time of an entry "
                            + "(time_stamps.authorities)"
                    )
                )
            ]
        }
        guard isRunning else {
            let names = configuration.timeStamps.authorities.map(\.name)
            return [
                Examination.Finding(
                    check: "time_stamps",
                    state: .good,
                    detail: language("已配置：", "configured: ")
                        + names.joined(separator: ", ")
                )
            ]
        }
        return (status["time_stamps"]?.arrayValue ?? []).map(finding)
    }

    private func finding(_ row: JSONValue) -> Examination.Finding {
        let check = "time_stamps:\(row["authority"]?.stringValue ?? "")"
        if let failure = row["failure"]?.stringValue {
            let since = row["failing_since"]?.stringValue ?? "-"
            return Examination.Finding(
                check: check,
                state: .wrong,
                detail: language(
                    "自 \(since) 起没有时间戳：\(failure)",
                    "no stamp since \(since): \(failure)"
                )
            )
        }
        guard let last = row["last_stamp_at"]?.stringValue else {
            return Examination.Finding(
                check: check,
                state: .good,
                detail: language("启动后没有需要盖戳的记录", "nothing to stamp since the start")
            )
        }
        let offset = row["clock_offset_ms"]?.integerValue ?? 0
        let uncertainty = row["clock_uncertainty_ms"]?.integerValue ?? 0
        let isFar = abs(offset) > Self.largestClockOffsetMilliseconds + uncertainty
        return Examination.Finding(
            check: check,
            state: isFar ? .warning : .good,
            detail: language(
                "最近时间戳 \(last)，本机时钟相差 \(offset) ± \(uncertainty) 毫秒",
                "last stamp \(last), our clock differs by \(offset) ± \(uncertainty) ms"
            )
        )
    }
}
