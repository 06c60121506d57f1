import CardModel

/// Statuses that rule a verdict out, whatever the body says.
extension BentAnswer {
    static let statuses: [BentAnswer] = [
        BentAnswer(
            name: "server-error",
            rule: LocalisedText(
                zhCN: "发行方出错（5xx）不说明卡密的状态",
                en: "an issuer that fails (5xx) says nothing about a code"
            ),
            causes: [.issuerUnavailable],
            variants: [500, 502, 503, 504, 520].map { status in
                { answer in answer.with { $0.status = status } }
            }
        ),
        BentAnswer(
            name: "server-error-page",
            rule: LocalisedText(
                zhCN: "网关的错误页不是应答",
                en: "a proxy's error page is no answer"
            ),
            causes: [.issuerUnavailable],
            variants: [502, 503].map { status in
                { answer in
                    answer.with {
                        $0.status = status
                        $0.headers = [(name: "Content-Type", value: "text/html")]
                        $0.body = html
                    }
                }
            }
        ),
        BentAnswer(
            name: "redirect",
            rule: LocalisedText(zhCN: "不跟随重定向", en: "a redirect is not followed or believed"),
            causes: [.malformedAnswer],
            variants: [301, 302, 303, 307, 308].map { status in
                { answer in
                    answer.with {
                        $0.status = status
                        $0.headers.append((name: "Location", value: "http://127.0.0.1:1/"))
                    }
                }
            }
        ),
        BentAnswer(
            name: "refused-credentials",
            rule: LocalisedText(
                zhCN: "凭据被拒是我们的问题，不是卡密的问题",
                en: "refused credentials are our fault and not the code's"
            ),
            causes: [.ourAccount],
            mayMeanNotTaken: true,
            variants: [401, 403].map { status in
                { answer in answer.with { $0.status = status } }
            }
        ),
        BentAnswer(
            name: "unknown-status",
            rule: LocalisedText(
                zhCN: "文档之外的状态码不作结论",
                en: "a status outside the protocol decides nothing, whatever the body says"
            ),
            causes: [.unmapped, .malformedAnswer, .ourRequest, .ambiguousAnswer],
            variants: [206, 226, 418, 451].map { status in
                { answer in answer.with { $0.status = status } }
            }
        ),
        BentAnswer(
            name: "request-timeout",
            rule: LocalisedText(zhCN: "408 不作结论", en: "408 decides nothing"),
            causes: [.timedOut],
            variants: [{ answer in answer.with { $0.status = 408 } }]
        ),
    ]

    static let throttling: [BentAnswer] = [
        rateLimited(
            "rate-limited-with-wait",
            zh: "429 的等待秒数原样传递",
            en: "429 decides nothing, and its wait is passed on",
            retryAfter: .seconds(30)
        ) { _ in "30" },
        rateLimited(
            "rate-limited-without-wait",
            zh: "没有等待时间的 429 不作结论",
            en: "429 without a wait decides nothing",
            retryAfter: nil
        ) { _ in nil },
        rateLimited(
            "rate-limited-unreadably",
            zh: "读不懂的等待时间不影响结论",
            en: "a wait that cannot be read is no wait, and nothing worse",
            retryAfter: nil
        ) { _ in "soon" },
        rateLimited(
            "rate-limited-for-ages",
            zh: "等待时间有上限",
            en: "a wait is bounded",
            retryAfter: AdapterLimits.longestRetryAfter
        ) { _ in "99999999999999999999" },
    ]

    private static func rateLimited(
        _ name: String,
        zh: String,
        en: String,
        retryAfter: Duration?,
        header: @escaping @Sendable (OutboundResponse) -> String?
    ) -> BentAnswer {
        BentAnswer(
            name: name,
            rule: LocalisedText(zhCN: zh, en: en),
            causes: [.rateLimited],
            retryAfter: retryAfter,
            mayMeanNotTaken: true,
            variants: [
                { answer in
                    answer.with {
                        $0.status = 429
                        $0.headers.removeAll { $0.name.lowercased() == "retry-after" }
                        if let value = header(answer) {
                            $0.headers.append((name: "Retry-After", value: value))
                        }
                    }
                }
            ]
        )
    }

    /// A portal's page that speaks of used codes.
    static let html = Array(
        "<!DOCTYPE html><html><head><title>Login</title></head><body>used</body></html>".utf8
    )
}

extension OutboundResponse {
    func with(_ change: (inout OutboundResponse) -> Void) -> OutboundResponse {
        var response = self
        change(&response)
        return response
    }
}
