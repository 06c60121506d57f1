extension CardFormat {
    /// The format of a code nobody described: any symbols, no case folding, dashes as delivered
    /// when its issuer is asked.
    public static let generic = CardFormat(
        id: "generic",
        title: LocalisedText(zhCN: "通用卡密", en: "Any card code"),
        serial: nil,
        key: .anything,
        mark: .none
    )

    /// Every format that ships: carriers, game cards, vouchers, licences, ``generic`` last.
    public static let builtIn: [CardFormat] =
        carriers + gameCards + vouchers + licences + [generic]

    /// The built-in format of that id.
    public static func builtIn(_ id: String) -> CardFormat? { byIdentifier[id] }

    private static let byIdentifier = Dictionary(
        builtIn.map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    static func format(
        _ id: String,
        _ zhCN: String,
        _ en: String,
        _ mark: SourceMark,
        serial: CodeRule?,
        key: CodeRule
    ) -> CardFormat {
        CardFormat(
            id: id,
            title: LocalisedText(zhCN: zhCN, en: en),
            serial: serial,
            key: key,
            mark: mark
        )
    }

    static func digits(_ lengths: Int...) -> CodeRule {
        CodeRule(characters: .digits, lengths: lengths.asLengths)
    }

    /// For rows whose source gives lengths without saying digits or letters.
    static func symbols(_ lengths: Int...) -> CodeRule {
        CodeRule(characters: .lettersAndDigits, lengths: lengths.asLengths)
    }
}

extension [Int] {
    /// Each of the numbers as an exact length.
    fileprivate var asLengths: CodeLengths {
        CodeLengths(map { $0...$0 }) ?? .any
    }
}
