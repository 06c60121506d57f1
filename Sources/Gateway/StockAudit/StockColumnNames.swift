/// Column names of stock files, as shops and suppliers write them.
enum StockColumnNames {
    private static let serial: Set<String> = [
        "serial", "serialno", "serialnumber", "sn", "cardno", "cardnumber", "card", "cardid",
        "卡号", "序列号", "卡序列号", "账号", "帐号", "充值卡号", "卡序号",
    ]
    private static let key: Set<String> = [
        "key", "cardkey", "code", "pin", "password", "secret", "cdkey", "licensekey", "giftcode",
        "activationcode", "cardpassword", "卡密", "密码", "卡密码", "密钥", "兑换码", "激活码", "充值码",
        "充值密码", "卡券码", "秘钥",
    ]
    private static let expiresOn: Set<String> = [
        "expireson", "expires", "expiry", "expirydate", "expirationdate", "expiredate",
        "expiration",
        "validuntil", "validto", "有效期", "有效期至", "过期日期", "过期时间", "到期日", "到期日期", "到期时间",
        "失效日期", "截止日期", "有效日期",
    ]

    enum Column { case serial, key, expiresOn }

    /// What a header cell names; nil for any other text.
    static func column(named cell: String) -> Column? {
        let folded = String(
            String.UnicodeScalarView(
                cell.lowercased().unicodeScalars.filter {
                    !" _-\t\u{feff}\u{3000}".unicodeScalars.contains($0)
                }
            )
        )
        if key.contains(folded) { return .key }
        if serial.contains(folded) { return .serial }
        return expiresOn.contains(folded) ? .expiresOn : nil
    }

    /// The columns a header record declares; nil when no cell names a key column.
    static func columns(ofHeader cells: [String]) -> CSVColumns? {
        let named = cells.map(column(named:))
        guard let key = named.firstIndex(of: .key) else { return nil }
        return CSVColumns(
            serial: named.firstIndex(of: .serial),
            key: key,
            expiresOn: named.firstIndex(of: .expiresOn),
            count: cells.count
        )
    }
}
