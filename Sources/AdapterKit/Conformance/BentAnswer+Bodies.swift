import CardModel
import WireFormat

/// Bodies that are not what the protocol promises, and answers that never come.
extension BentAnswer {
    static let bodies: [BentAnswer] = [
        malformed("html-with-200", zh: "200 的网页不是应答", en: "a page with 200 is no answer") {
            $0.headers = [(name: "Content-Type", value: "text/html; charset=utf-8")]
            $0.body = html
        },
        malformed(
            "html-under-the-right-type",
            zh: "冒充正确类型的网页不是应答",
            en: "a page under the right content type is no answer"
        ) { $0.body = html },
        malformed("empty-body", zh: "空的正文不作结论", en: "an empty body decides nothing") {
            $0.body = []
        },
        malformed("blank-body", zh: "空白的正文不作结论", en: "a blank body decides nothing") {
            $0.body = Array(" \r\n\t ".utf8)
        },
        malformed("invalid-utf8", zh: "非法编码不作结论", en: "broken encoding decides nothing") {
            $0.body.insert(0xFF, at: $0.body.count / 2)
        },
        malformed(
            "something-after-the-end",
            zh: "正文之后的多余内容不作结论",
            en: "something after the end of the document decides nothing"
        ) { $0.body += Array("<x>{".utf8) },
        duplicatedMember,
        malformed("deep-nesting", zh: "过深的嵌套被拒绝", en: "deep nesting is refused") {
            let opening = $0.body.first == UInt8(ascii: "<") ? "<value><array><data>" : "["
            $0.body = Array(String(repeating: opening, count: 5_000).utf8)
        },
        BentAnswer(
            name: "other-content-type",
            rule: LocalisedText(
                zhCN: "其他内容类型不作结论",
                en: "another content type decides nothing"
            ),
            causes: [.malformedAnswer],
            variants: ["text/html", "image/png", "application/octet-stream"].map { type in
                { answer in answer.with { $0.headers = [(name: "Content-Type", value: type)] } }
            }
        ),
        BentAnswer(
            name: "truncated-body",
            rule: LocalisedText(zhCN: "截断的正文不作结论", en: "half an answer is no answer"),
            causes: [.malformedAnswer],
            mayStandAccepted: true,
            variants: [1, 2, 3, 5, 6, 7].map { eighths in
                { answer in
                    answer.with { $0.body = Array($0.body.prefix($0.body.count * eighths / 8)) }
                }
            }
        ),
        BentAnswer(
            name: "oversized-body",
            rule: LocalisedText(zhCN: "超长的正文被拒绝", en: "an endless body is refused"),
            causes: [.answerTooLarge],
            variants: [
                { answer in
                    answer.with {
                        $0.body += [UInt8](
                            repeating: 0x20,
                            count: AdapterLimits.responseBytesRange.upperBound
                        )
                    }
                }
            ]
        ),
    ]

    /// One case for each way in which no answer comes: silence, reset, refused address,
    /// untrusted (expired) certificate and the rest.
    static let failures: [BentAnswer] = TransportError.Code.allCases.map { code in
        let error = TransportError(code: code, message: "scripted", requestWasSent: true)
        return BentAnswer(
            name: "no-answer-" + code.rawValue.replacingOccurrences(ofExactly: "_", with: "-"),
            rule: LocalisedText(
                zhCN: "没有收到应答（\(code.rawValue)）不作结论",
                en: "no answer (\(code.rawValue)) decides nothing"
            ),
            causes: [error.indeterminateCause],
            variants: [failing(error)]
        )
    }

    private static func failing(_ error: TransportError) -> Reply {
        @Sendable func reply(
            _ answer: OutboundResponse
        ) throws(TransportError) -> OutboundResponse {
            throw error
        }
        return reply
    }

    private static func malformed(
        _ name: String,
        zh: String,
        en: String,
        _ change: @escaping @Sendable (inout OutboundResponse) -> Void
    ) -> BentAnswer {
        BentAnswer(
            name: name,
            rule: LocalisedText(zhCN: zh, en: en),
            causes: [.malformedAnswer],
            variants: [{ answer in answer.with(change) }]
        )
    }

    private static var duplicatedMember: BentAnswer {
        var bent = malformed(
            "duplicated-member",
            zh: "同名成员出现两次不作结论",
            en: "a member that is said twice decides nothing"
        ) { $0.body = withDuplicatedMember($0.body) ?? $0.body }
        // Of two elements of one name a reader may take neither, and read no word at all.
        bent.causes.insert(.unmapped)
        bent.isBendable = { withDuplicatedMember($0.body) != nil }
        return bent
    }

    /// Some member said twice: two values for one name leave it open which one is meant. Nil for
    /// a body that has no members.
    private static func withDuplicatedMember(_ body: [UInt8]) -> [UInt8]? {
        if (try? JSONValue.parse(body)) != nil {
            guard let brace = body.firstIndex(of: UInt8(ascii: "{")) else { return nil }
            return Array(body[...brace]) + Array("\"conformance\":1,\"conformance\":2,".utf8)
                + Array(body[(brace + 1)...])
        }
        let text = String(decoding: body, as: UTF8.self)
        if let start = text.firstRange(of: "<struct>") {
            let twice = "<member><name>conformance</name><value>1</value></member>"
            return Array(text[..<start.upperBound].utf8) + Array((twice + twice).utf8)
                + Array(text[start.upperBound...].utf8)
        }
        guard var root = try? XMLElementReader.read(body), let first = root.children.first
        else { return nil }
        root.children.insert(first, at: 0)
        return root.serialized
    }
}

extension ConformanceCase {
    static let bentAnswers: [ConformanceCase] =
        (BentAnswer.statuses + BentAnswer.throttling + BentAnswer.bodies + BentAnswer.failures)
        .map { bent in
            ConformanceCase(
                bent.name,
                zh: bent.rule.zhCN,
                en: bent.rule.en,
                for: .inquiries
            ) { subject in
                let good = try subject.required(subject.fixtures.attacks.good)
                return try await bent.check(subject, from: good)
            }
        }
}
