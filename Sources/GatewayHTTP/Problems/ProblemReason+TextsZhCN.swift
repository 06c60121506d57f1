import CardModel

extension ProblemReason {
    var title: LocalisedText { LocalisedText(zhCN: titleZhCN, en: titleEn) }

    /// What to do, where nothing more particular is known.
    var detail: LocalisedText { LocalisedText(zhCN: detailZhCN, en: detailEn) }

    private var titleZhCN: String {
        switch self {
        case .malformedRequest: "请求不是合法的 HTTP"
        case .badWebhookID: "缺少 webhook-id 或格式不对"
        case .badIdempotencyKey: "幂等键格式不对"
        case .notJSON: "请求体不是 JSON"
        case .invalidUTF8: "请求体不是 UTF-8"
        case .duplicateKey: "同一对象中名称重复"
        case .tooDeep: "请求体嵌套过深"
        case .missingTimestamp: "缺少 webhook 时间戳"
        case .malformedTimestamp: "webhook 时间戳格式不对"
        case .timestampTooOld: "webhook 时间戳过旧"
        case .timestampInFuture: "webhook 时间戳超前"
        case .missingSignature: "缺少 webhook 签名"
        case .tooManySignatures: "webhook 签名过多"
        case .noMatchingSignature: "签名都不匹配"
        case .missingToken: "需要令牌"
        case .wrongToken: "令牌无效"
        case .notFound: "没有找到"
        case .methodNotAllowed: "此路径不支持该方法"
        case .webhookIDReused: "该 webhook-id 已用于另一请求体"
        case .idempotencyKeyReused: "该幂等键已用于另一操作"
        case .claimIsClosed: "申诉已关闭"
        case .wrongState: "申诉当前状态不允许此操作"
        case .wrongActor: "此操作应由他人进行"
        case .otherFamily: "该问题属于另一申诉"
        case .platformNotAdded: "未能添加平台"
        case .bodyTooLarge: "请求体过大"
        case .unsupportedMediaType: "请求体必须是 JSON"
        case .invalidFields: "部分字段无法接受"
        case .invalidParameters: "部分参数无法接受"
        case .headersTooLarge: "请求头过大"
        case .orderBudgetSpent: "该订单的自助检测次数暂已用完"
        case .addressBudgetSpent: "该地址的请求过多"
        case .internal: "服务内部出错"
        case .overloaded: "排队过多"
        case .closing: "网关正在关闭"
        case .storeUnavailable: "暂时无法存储"
        case .unavailable: "网关暂时无法处理"
        }
    }

    private var detailZhCN: String {
        switch self {
        case .malformedRequest: "收到的字节不是 HTTP/1.1 请求，未作任何处理。"
        case .badWebhookID: "webhook-id 应为 1 至 128 个可见 ASCII 字符且不含点号，每条通知使用新的编号。"
        case .badIdempotencyKey: "Idempotency-Key 应为 1 至 128 个可见 ASCII 字符。"
        case .notJSON: "请发送一个符合 RFC 8259 的 JSON 值。"
        case .invalidUTF8: "请以 UTF-8 编码发送请求体。"
        case .duplicateKey: "同一对象中每个名称只能出现一次。"
        case .tooDeep: "数组和对象最多嵌套 32 层。"
        case .missingTimestamp: "请在 webhook-timestamp 中发送自 1970 年起的秒数。"
        case .malformedTimestamp: "webhook-timestamp 应为十进制秒数。"
        case .timestampTooOld: "请以当前时间重新签名，允许相差五分钟。"
        case .timestampInFuture: "请校准发送方时钟，允许相差五分钟。"
        case .missingSignature: "请按 Standard Webhooks 1.0 发送 webhook-signature。"
        case .tooManySignatures: "最多发送 16 个签名。"
        case .noMatchingSignature: "请核对平台名称与密钥，并确认被签名的字节就是发送的字节。"
        case .missingToken: "请以 Authorization: Bearer 发送平台的 API 令牌。"
        case .wrongToken: "请确认令牌完整，并且属于本网关。"
        case .notFound: "请核对路径和编号；全部路径见 /openapi.yaml。"
        case .methodNotAllowed: "Allow 响应头列出此路径支持的方法。"
        case .webhookIDReused: "新的请求体请使用新的 webhook-id；本次未存储任何内容。"
        case .idempotencyKeyReused: "新的操作请使用新的 Idempotency-Key；本次未作任何更改。"
        case .claimIsClosed: "已关闭的申诉不再接受事件。"
        case .wrongState: "请重新读取申诉，查看其状态和当前责任人。"
        case .wrongActor: "请重新读取申诉，查看谁可以进行此操作。"
        case .otherFamily: "另一类问题会单独产生申诉。"
        case .platformNotAdded: "名称或日志来源已被占用，或不合规则。"
        case .bodyTooLarge: "字节数上限见 /openapi.yaml 中该路径的说明。"
        case .unsupportedMediaType: "请发送 Content-Type: application/json。"
        case .invalidFields: "errors 列出每个字段；未存储任何内容。"
        case .invalidParameters: "errors 列出每个参数。"
        case .headersTooLarge: "请减少或缩短请求头，未作任何处理。"
        case .orderBudgetSpent, .addressBudgetSpent: "请在 Retry-After 所示时间之后再试。"
        case .internal: "运营方日志中以本响应的 x-request-id 可查到详情。"
        case .overloaded, .closing, .unavailable: "请在 Retry-After 所示时间之后重发同一请求。"
        case .storeUnavailable: "本次未接受任何内容，请在 Retry-After 所示时间之后重发同一请求。"
        }
    }
}
