extension CardFormat {
    /// Software licence keys (激活码). One row a card, with the mark of its source.
    static let licences: [CardFormat] = [
        format(
            "gumroad",
            "Gumroad 许可证",
            "Gumroad licence key",
            .wellKnown,
            serial: nil,
            key: CodeRule(
                characters: .upperHexadecimal,
                lengths: .exactly(32),
                letterCase: .upper,
                grouping: .groups([8, 8, 8, 8])
            )
        ),
        // A UUID, alone or after a prefix the seller chose.
        format(
            "polar",
            "Polar 许可证",
            "Polar licence key",
            .wellKnown,
            serial: nil,
            key: CodeRule(
                characters: .lettersAndDigits,
                lengths: .between(32, 96),
                grouping: .asDelivered
            )
        ),
        format(
            "licensespring",
            "LicenseSpring 许可证",
            "LicenseSpring licence key",
            .known,
            serial: nil,
            key: CodeRule(
                characters: .lettersAndDigits,
                lengths: .exactly(16),
                grouping: .groups([4, 4, 4, 4])
            )
        ),
        format(
            "cryptolens",
            "Cryptolens 许可证",
            "Cryptolens licence key",
            .known,
            serial: nil,
            key: CodeRule(
                characters: .lettersAndDigits,
                lengths: .exactly(20),
                grouping: .groups([5, 5, 5, 5])
            )
        ),
    ]
}
