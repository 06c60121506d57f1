import WireFormat

@testable import IssuerSandbox

/// Questions that take a card's value, and those that settle them.
extension SandboxClient {
    func refill(
        _ code: String,
        subscriber: String = "13900000000",
        headers changed: [String: String] = [:],
        members: String? = nil
    ) async throws -> Answer {
        let pair =
            SandboxCredentials.user + ":" + SandboxConfiguration.seededCredentials.airPassword
        let headers = [
            "content-type": "text/xml", "user-agent": "cardproof/5.0/1.0",
            "date": HTTPDate.text(SandboxClock.system.now()), "authorization": Self.basic(pair),
        ].merging(changed) { $1 }
        let standing = [
            ("originNodeType", "EXT"), ("originHostName", "cardproof"),
            ("originTransactionID", "4711"), ("subscriberNumber", subscriber),
            ("voucherActivationCode", code),
        ].map { Self.member($0.0, $0.1) }.joined()
        let time =
            "<member><name>originTimeStamp</name><value><dateTime.iso8601>"
            + "20261120T08:00:00+0000</dateTime.iso8601></value></member>"
        let body = Self.voucherCall("Refill", (members ?? standing) + time)
        return try await send(
            "POST",
            "/Air",
            headers: headers.filter { !$0.value.isEmpty },
            body: body
        )
    }

    func charge(
        _ password: String,
        order: String,
        face: String = "50.00",
        callback: String = "http://127.0.0.1:1/cb",
        key: String? = nil,
        changes: [String: String] = [:]
    ) async throws -> Answer {
        let values = [
            "p0_Cmd": "ChargeCardDirect", "p1_MerId": SandboxCredentials.yeepayMerchant,
            "p2_Order": order, "p3_Amt": face, "p4_verifyAmt": "true", "p5_Pid": "充值卡",
            "p8_Url": callback, "pa_MP": "备注", "pa7_cardAmt": face,
            "pa8_cardNo": "10000000000000017", "pa9_cardPwd": password, "pd_FrpId": "SZX",
            "pr_NeedResponse": "1", "pz_userId": "u1", "pz1_userRegTime": "2026-01-01 00:00:00",
        ].merging(changes) { $1 }
        var fields = ChargeRequest.signedFields.map { ($0, values[$0] ?? "") }
        let hmac = YeePaySignature.hmac(
            fields.map(\.1),
            key: key ?? SandboxConfiguration.seededCredentials.yeepayKey
        )
        fields.append(("hmac", hmac))
        return try await sendForm("/app-merchant-proxy/command.action", fields, .gbk)
    }

    func queryCharge(_ order: String) async throws -> Answer {
        let values = ["ChargeCardQuery", SandboxCredentials.yeepayMerchant, order]
        let hmac = YeePaySignature.hmac(
            values, key: SandboxConfiguration.seededCredentials.yeepayKey)
        let fields = zip(["p0_Cmd", "p1_MerId", "p2_Order"], values).map { ($0, $1) }
        return try await sendForm("/app-merchant-proxy/command", fields + [("hmac", hmac)], .gbk)
    }

    func enter(
        _ password: String,
        serial: String,
        face: String = "50",
        callback: String = "http://127.0.0.1:1/cb",
        key: String? = nil,
        desKey: [UInt8]? = nil,
        changes: [String: String] = [:]
    ) async throws -> Answer {
        let credentials = SandboxConfiguration.seededCredentials
        let plain = Array("\(face)@10000000000000017@\(password)".utf8)
        let hidden = DES(key: desKey ?? credentials.shenzhoufuDESKey)?.encrypt(plain) ?? []
        let values = [
            "version": "3", "merId": SandboxCredentials.shenzhoufuMerchant, "payMoney": "5000",
            "orderId": "20260101-100001-\(serial)", "returnUrl": callback,
            "cardInfo": Base64.encode(hidden), "privateField": "ref1", "verifyType": "1",
        ].merging(changes) { $1 }
        var fields = CardEntry.signedFields.map { ($0, values[$0] ?? "") }
        let md5 = CardEntry.md5(fields.map(\.1), key: key ?? credentials.shenzhoufuKey)
        fields += [("md5String", md5), ("cardTypeCombine", changes["cardTypeCombine"] ?? "0")]
        return try await sendForm(
            "/interface/version3/serverconnszx/entry-noxml.aspx",
            fields
        )
    }

    func queryEntries(_ ids: String, key: String? = nil) async throws -> Answer {
        let values = ["3", SandboxCredentials.shenzhoufuMerchant, ids, "", ""]
        let key = key ?? SandboxConfiguration.seededCredentials.shenzhoufuKey
        let names = ["version", "merId", "orderIds", "queryBegin", "queryEnd"]
        let fields =
            zip(names, values).map { ($0, $1) } + [
                ("resultFormat", "1"), ("md5String", Digests.md5(values.joined() + key)),
            ]
        return try await sendForm("/interface/version3/query/entry.aspx", fields)
    }

    func checkCard(_ card: String, secret: String? = nil) async throws -> Answer {
        try await sendHidden(
            "checkCard",
            [
                .init(name: "cards", value: [.string(card)]),
                .init(name: "productMark", value: "iTunes"), .init(name: "regionId", value: 2),
                .init(name: "regionName", value: "美国"), .init(name: "autoType", value: 0),
            ],
            secret: secret
        )
    }

    func pollCard(_ card: String) async throws -> Answer {
        try await sendHidden(
            "checkCardResult",
            [
                .init(name: "cardNo", value: .string(card)), .init(name: "pinCode", value: ""),
                .init(name: "productMark", value: "iTunes"),
            ],
            secret: nil
        )
    }

    private func sendHidden(
        _ operation: String,
        _ members: [JSONObject.Member],
        secret: String?
    ) async throws -> Answer {
        let secret = secret ?? SandboxConfiguration.seededCredentials.ckxiangSecret
        var object = JSONObject(members + [.init(name: "timestamp", value: 1_728_629_545)])
        object["sign"] = .string(CKXiang.signatures(object, secret: secret)[0])
        let key = Array(SandboxConfiguration.seededCredentials.ckxiangSecret.utf8.prefix(8))
        let hidden = DES(key: key)?.encrypt(JSONValue.object(object).serialized()) ?? []
        return try await postJSON(
            "/api/userApiManage/" + operation,
            ["data": .string(Hexadecimal.encode(hidden))],
            headers: ["appid": SandboxCredentials.ckxiangApplication]
        )
    }

    func submit(
        _ password: String,
        order: String,
        amount: String = "50.00",
        callback: String = "http://127.0.0.1:1/cb",
        key: String? = nil,
        changes: [String: String] = [:]
    ) async throws -> Answer {
        let key = key ?? SandboxConfiguration.seededCredentials.nineteenPayKey
        let des = DES(key: NineteenPay.desKey(key))
        let hidden = ["10000000000000017", password]
            .map { Hexadecimal.encode(des?.encrypt(Array($0.utf8)) ?? []) }
        let values = [
            "version_id": "2.00", "merchant_id": SandboxCredentials.nineteenPayMerchant,
            "order_date": "20260101", "order_id": order, "amount": amount, "currency": "RMB",
            "cardnum1": hidden[0], "cardnum2": hidden[1], "pm_id": "CMJFK",
            "pc_id": "CMJFK00010001",
        ].merging(changes) { $1 }
        let signed = NineteenPay.signedFields.map { values[$0] ?? "" }
        let fields =
            zip(NineteenPay.signedFields, signed).map { ($0, $1) } + [
                ("verifystring", NineteenPay.verifyString(signed, key: key)),
                ("notify_url", callback),
            ]
        return try await sendForm("/19pay/submit", fields, .gbk)
    }
}

extension SandboxClient.Answer {
    /// `key=value` lines in GBK.
    var lines: [String: String] {
        let text = TextCharset.gbk.decode(body) ?? ""
        let pairs = text.split(separator: "\n").map { line in
            let parts = line.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// What a CK象 answer hides.
    var hidden: JSONValue {
        let key = Array(SandboxConfiguration.seededCredentials.ckxiangSecret.utf8.prefix(8))
        guard let text = json["data"]?.stringValue, let cipher = Hexadecimal.decode(text),
            let plain = DES(key: key)?.decrypt(cipher)
        else { return .null }
        return (try? JSONValue.parse(plain)) ?? .null
    }
}
