import CardModel

/// The carrier (运营商) whose recharge cards a format describes.
enum ChineseCarrier: CaseIterable {
    case mobile
    case unicom
    case telecom

    /// Nil for the cards of anybody else.
    init?(of format: CardFormat) {
        switch format.id {
        case "cmcc", "cmcc-jiangsu", "cmcc-fujian", "cmcc-zhejiang", "cmcc-liaoning",
            "cmcc-guangdong":
            self = .mobile
        case "unicom": self = .unicom
        case "telecom": self = .telecom
        default: return nil
        }
    }
}
