import CardModel
import Gateway
import WireFormat

/// What is wrong with one field of a body or one parameter of a query. Never shows the value; of
/// unknown members it names those alone that misspell a known one.
struct FieldProblem: Sendable {
    enum Place: Sendable {
        /// RFC 6901 pointer into the body.
        case pointer(String)
        /// Name of a query parameter.
        case parameter(String)
    }

    /// Gateway's reasons of field errors, and those that only the routes know.
    enum Reason: String, Sendable, CaseIterable {
        case missing
        case wrongType = "wrong_type"
        case empty
        case tooLong = "too_long"
        case tooMany = "too_many"
        case malformed
        case outOfRange = "out_of_range"
        case duplicateLine = "duplicate_line"
        case inFuture = "in_future"
        case otherRemedy = "other_remedy"
        /// Not one of the words or names that are known here.
        case unknown
        /// The code may not be handed over now.
        case blocked
        /// The same name twice in one object.
        case duplicate
    }

    let place: Place
    let reason: Reason
    let detail: LocalisedText

    init(_ place: Place, _ reason: Reason, detail: LocalisedText? = nil) {
        self.place = place
        self.reason = reason
        self.detail = detail ?? reason.text
    }

    init(_ error: FieldError) {
        let reason = Reason(error.reason)
        self.init(
            .pointer(error.pointer),
            reason,
            detail: LocalisedText(zhCN: reason.text.zhCN, en: error.detail)
        )
    }

    func jsonValue(in language: Language) -> JSONValue {
        let (name, value) =
            switch place {
            case .pointer(let pointer): ("pointer", pointer)
            case .parameter(let parameter): ("parameter", parameter)
            }
        return .object(
            JSONObject([
                .init(name: name, value: .string(value)),
                .init(name: "reason", value: .string(reason.rawValue)),
                .init(name: "detail", value: .string(detail[language])),
            ])
        )
    }
}

extension FieldProblem.Reason {
    init(_ reason: FieldError.Reason) {
        switch reason {
        case .missing: self = .missing
        case .wrongType: self = .wrongType
        case .empty: self = .empty
        case .tooLong: self = .tooLong
        case .tooMany: self = .tooMany
        case .malformed: self = .malformed
        case .outOfRange: self = .outOfRange
        case .duplicateLine: self = .duplicateLine
        case .inFuture: self = .inFuture
        case .otherRemedy: self = .otherRemedy
        }
    }

    var text: LocalisedText {
        switch self {
        case .missing: LocalisedText(zhCN: "缺少必填项。", en: "It must be given.")
        case .wrongType: LocalisedText(zhCN: "类型不对。", en: "It is of the wrong type.")
        case .empty: LocalisedText(zhCN: "不能为空。", en: "It must not be empty.")
        case .tooLong: LocalisedText(zhCN: "超过长度上限。", en: "It is longer than allowed.")
        case .tooMany: LocalisedText(zhCN: "元素过多。", en: "It holds too many elements.")
        case .malformed: LocalisedText(zhCN: "格式不对。", en: "It does not have the form it must.")
        case .outOfRange: LocalisedText(zhCN: "超出取值范围。", en: "It lies outside of its range.")
        case .duplicateLine:
            LocalisedText(zhCN: "同一行号在本通知中出现两次。", en: "The line stands twice.")
        case .inFuture: LocalisedText(zhCN: "时间超前过多。", en: "It lies too far ahead.")
        case .otherRemedy:
            LocalisedText(
                zhCN: "没有等待此卡密的补发请求。请先发送 stage 为 dispense 的交付通知：订单和行与申诉一致，"
                    + "remedy 填写尚未收到补发卡密的补救编号（rem_…）；检测完成（remedy.verified 事件）后，"
                    + "再发送 receipt 通知，不填 remedy。",
                en: FieldError.otherRemedyDetail
            )
        case .unknown: LocalisedText(zhCN: "不认识的名称或取值。", en: "It is not known here.")
        case .blocked: LocalisedText(zhCN: "此卡密现在不可交付。", en: "It may not be handed over now.")
        case .duplicate: LocalisedText(zhCN: "同一名称出现两次。", en: "The name stands twice.")
        }
    }
}
