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

    private static let supplier: Set<String> = [
        "supplier", "suppliername", "vendor", "source", "供货商", "供应商", "货源", "来源", "上家", "渠道",
    ]
    private static let batch: Set<String> = [
        "batch", "batchid", "batchno", "batchnumber", "lot", "lotno", "批次", "批号", "批次号", "入库批次",
    ]
    private static let faceValue: Set<String> = [
        "facevalue", "value", "denomination", "amount", "面值", "面额", "金额", "卡面值",
    ]

    enum Column { case serial, key, expiresOn, supplier, batch, faceValue }

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
        if expiresOn.contains(folded) { return .expiresOn }
        if supplier.contains(folded) { return .supplier }
        if batch.contains(folded) { return .batch }
        return faceValue.contains(folded) ? .faceValue : nil
    }

    /// The columns a header record declares; nil when no cell names a key column.
    static func columns(ofHeader cells: [String], separator: UInt8) -> CSVColumns? {
        let named = cells.map(column(named:))
        guard let key = named.firstIndex(of: .key) else { return nil }
        var columns = CSVColumns(
            serial: named.firstIndex(of: .serial),
            key: key,
            expiresOn: named.firstIndex(of: .expiresOn),
            count: cells.count
        )
        columns.separator = separator
        columns.supplier = named.firstIndex(of: .supplier)
        columns.batch = named.firstIndex(of: .batch)
        columns.faceValue = named.firstIndex(of: .faceValue)
        return columns
    }
}
