import CardModel
import WireFormat

/// What the form of a code tells, to anybody: nobody is asked, nothing is kept, and a code that
/// exists gets the same answer as one that does not.
struct FormatAdvice {
    let format: CardFormat

    private static let note = LocalisedText(
        zhCN: "仅检查卡密格式，未向发行方查询。如需查询订单中的卡密，请使用卖家提供的订单令牌。",
        en: "Only the form of the code was looked at; no issuer was asked. To have the codes of "
            + "an order tested, use the order token that the seller gave you."
    )

    func answer(about codes: [TypedCode]) -> JSONValue {
        [
            "format": .string(format.id),
            "message": Self.note.jsonValue,
            "items": .array(codes.map { item($0) }),
        ]
    }

    private func item(_ typed: TypedCode) -> JSONValue {
        let findings = format.findings(in: format.normalise(typed.code))
        return [
            "line": .integer(Int64(typed.line)),
            "plausible": .bool(findings.allSatisfy(\.isAdvisory)),
            "findings": .array(
                findings.map { finding in
                    [
                        "part": .string(finding.part.rawValue),
                        "reason": .string(finding.reason),
                        "advisory": .bool(finding.isAdvisory),
                        "message": LocalisedText(
                            zhCN: finding.text(in: .zhCN),
                            en: finding.text(in: .en)
                        ).jsonValue,
                    ]
                }
            ),
        ]
    }
}

extension LocalisedText {
    /// Both languages under their tags.
    var jsonValue: JSONValue {
        .object(
            JSONObject(
                Language.allCases.map { .init(name: $0.rawValue, value: .string(self[$0])) }
            )
        )
    }
}
