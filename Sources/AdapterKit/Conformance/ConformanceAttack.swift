import CardModel

/// One way in which a good answer arrives bent. Nothing bent decides about a code.
struct ConformanceAttack: Sendable {
    var name: String
    /// Causes the record may name.
    var causes: Set<IndeterminateCause>
    /// Wait that the issuer asked for and the adapter must pass on.
    var retryAfter: Duration?
    /// What comes in place of the good answer.
    var reply: @Sendable (OutboundResponse) throws(TransportError) -> OutboundResponse

    static let all: [ConformanceAttack] =
        statuses + bodies + types + truncations + failures

    private static let html = Array(
        "<!DOCTYPE html><html><head><title>Login</title></head><body>used</body></html>".utf8
    )

    private static let statuses: [ConformanceAttack] =
        [500, 502, 503, 504].map { status in
            ConformanceAttack(name: "server-error", causes: [.issuerUnavailable]) {
                bent($0) { $0.status = status }
            }
        }
        + [301, 302, 303, 307, 308].map { status in
            ConformanceAttack(name: "redirect", causes: [.malformedAnswer]) {
                bent($0) {
                    $0.status = status
                    $0.headers.append((name: "Location", value: "http://127.0.0.1:1/"))
                }
            }
        }
        + [401, 403].map { status in
            ConformanceAttack(name: "refused-credentials", causes: [.ourAccount]) {
                bent($0) { $0.status = status }
            }
        }
        + [
            ConformanceAttack(
                name: "rate-limited-with-wait",
                causes: [.rateLimited],
                retryAfter: .seconds(30)
            ) {
                bent($0) {
                    $0.status = 429
                    $0.headers.append((name: "Retry-After", value: "30"))
                }
            },
            ConformanceAttack(name: "rate-limited-without-wait", causes: [.rateLimited]) {
                bent($0) { $0.status = 429 }
            },
        ]

    private static let bodies: [ConformanceAttack] = [
        ConformanceAttack(name: "html-with-200", causes: [.malformedAnswer]) {
            bent($0) {
                $0.headers = [(name: "Content-Type", value: "text/html; charset=utf-8")]
                $0.body = html
            }
        },
        ConformanceAttack(name: "html-under-the-right-type", causes: [.malformedAnswer]) {
            bent($0) { $0.body = html }
        },
        ConformanceAttack(name: "empty-body", causes: [.malformedAnswer]) {
            bent($0) { $0.body = [] }
        },
        ConformanceAttack(name: "invalid-utf8", causes: [.malformedAnswer]) {
            bent($0) { $0.body.insert(0xFF, at: $0.body.count / 2) }
        },
        ConformanceAttack(name: "something-after-the-end", causes: [.malformedAnswer]) {
            bent($0) { $0.body += Array("<x>{".utf8) }
        },
        ConformanceAttack(name: "duplicated-member", causes: [.malformedAnswer]) {
            bent($0) { $0.body = withDuplicatedMember($0.body) }
        },
        ConformanceAttack(name: "deep-nesting", causes: [.malformedAnswer]) {
            bent($0) {
                let opening = $0.body.first == UInt8(ascii: "<") ? "<value><array><data>" : "["
                $0.body = Array(String(repeating: opening, count: 5_000).utf8)
            }
        },
    ]

    private static let types: [ConformanceAttack] = ["text/html", "text/plain", "image/png"].map {
        type in
        ConformanceAttack(name: "other-content-type", causes: [.malformedAnswer]) {
            bent($0) { $0.headers = [(name: "Content-Type", value: type)] }
        }
    }

    private static let truncations: [ConformanceAttack] = [1, 2, 3, 5, 6, 7].map { eighths in
        ConformanceAttack(name: "truncated-body", causes: [.malformedAnswer]) {
            bent($0) { $0.body = Array($0.body.prefix($0.body.count * eighths / 8)) }
        }
    }

    private static let failures: [ConformanceAttack] =
        TransportError.Code.allCases.map { code in
            let error = TransportError(code: code, message: "scripted", requestWasSent: true)
            return ConformanceAttack(name: "no-answer", causes: [error.indeterminateCause]) {
                (_) throws(TransportError) in throw error
            }
        }
        + [
            ConformanceAttack(name: "oversized-body", causes: [.answerTooLarge]) {
                bent($0) {
                    $0.body += [UInt8](
                        repeating: 0x20,
                        count: AdapterLimits.responseBytesRange.upperBound
                    )
                }
            }
        ]

    private static func bent(
        _ response: OutboundResponse,
        _ change: (inout OutboundResponse) -> Void
    ) -> OutboundResponse {
        var response = response
        change(&response)
        return response
    }

    /// Some member said twice: two values for one name leave it open which one is meant.
    private static func withDuplicatedMember(_ body: [UInt8]) -> [UInt8] {
        if let brace = body.firstIndex(of: UInt8(ascii: "{")), body.first != UInt8(ascii: "<") {
            return body[...brace] + Array("\"conformance\":1,\"conformance\":2,".utf8)
                + body[(brace + 1)...]
        }
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "<struct>") else { return [] }
        let twice = "<member><name>conformance</name><value>1</value></member>"
        return Array(text[..<start.upperBound].utf8) + Array((twice + twice).utf8)
            + Array(text[start.upperBound...].utf8)
    }
}
