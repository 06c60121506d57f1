extension PolicyDuration {
    /// The length in words: `24 小时`, `7 天`, `3 个工作日`. Up to two days it is told in hours, as
    /// people tell deadlines.
    public func text(in language: Language) -> String {
        switch (self, language) {
        case (.workingDays(let days), .zhCN): "\(days) 个工作日"
        case (.workingDays(let days), .en): days == 1 ? "1 working day" : "\(days) working days"
        case (.elapsed(let seconds), _): Self.words(seconds, language)
        }
    }

    /// Up to here hours are not gathered into days.
    private static let longestInHours: Int64 = 48 * 3_600

    private static func words(_ seconds: Int64, _ language: Language) -> String {
        let days = seconds > longestInHours ? seconds / 86_400 : 0
        let rest = seconds - days * 86_400
        let parts = [
            (days, Unit.day), (rest / 3_600, .hour), (rest % 3_600 / 60, .minute),
            (rest % 60, .second),
        ].filter { $0.0 > 0 }
        let words = parts.map { $0.1.counted($0.0, language) }
        return words.isEmpty ? Unit.hour.counted(0, language) : words.joined(separator: " ")
    }

    private enum Unit {
        case day, hour, minute, second

        func counted(_ count: Int64, _ language: Language) -> String {
            let name = name
            switch language {
            case .zhCN: return "\(count) \(name.zhCN)"
            case .en: return "\(count) \(name.en)\(count == 1 ? "" : "s")"
            }
        }

        private var name: LocalisedText {
            switch self {
            case .day: LocalisedText(zhCN: "天", en: "day")
            case .hour: LocalisedText(zhCN: "小时", en: "hour")
            case .minute: LocalisedText(zhCN: "分钟", en: "minute")
            case .second: LocalisedText(zhCN: "秒", en: "second")
            }
        }
    }
}
