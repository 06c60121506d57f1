import CardModel
import WireFormat

/// What an adapter sends.
extension ConformanceCase {
    static let requests: [ConformanceCase] = [
        ConformanceCase(
            "limits-on-requests",
            zh: "每个请求都有时限和大小上限",
            en: "every request carries the declared deadline and size limit"
        ) { subject in
            let good = try subject.good()
            let limits = subject.fresh.descriptor.limits
            let loose = await subject.answers(good).requests.filter {
                $0.timeout > limits.timeout || $0.timeout <= .zero
                    || $0.responseBytesLimit > limits.responseBytes
            }
            return loose.isEmpty ? [] : ["a request goes out without the declared limits"]
        },
        ConformanceCase(
            "configured-hosts",
            zh: "只访问设置中的主机",
            en: "only the configured hosts are asked, wherever a redirect or a body points"
        ) { subject in
            let good = try subject.good()
            var bent = good
            bent.answers = good.answers.map { $0.pointingElsewhere(to: "169.254.169.254") }
            var strange: Set<String> = []
            for outcome in await [subject.answers(good), subject.answers(bent)] {
                strange.formUnion(hosts(outcome).subtracting(subject.configuredHosts))
            }
            return strange.sorted().map { "the host \($0) is asked, which no setting names" }
        },
        ConformanceCase(
            "redirect-to-private-address",
            zh: "不会被引向内网地址",
            en: "a redirect to a private address is not followed"
        ) { subject in
            let good = try subject.good()
            var broken: [String] = []
            for target in ["http://169.254.169.254/", "http://10.0.0.1/", "file:///etc/passwd"] {
                let outcome = await ConformanceOutcome.of(good.question, subject.fresh) { _, _ in
                    OutboundResponse(status: 302, headers: [(name: "Location", value: target)])
                }
                if outcome.requests.count > 1 { broken.append("asks again after a redirect") }
                if outcome.state != .indeterminate {
                    broken.append("gave `\(outcome.state.rawValue)`")
                }
            }
            return Array(Set(broken)).sorted()
        },
        ConformanceCase(
            "hostile-code",
            zh: "卡密中的特殊符号不能改变请求的结构",
            en: "symbols in a code cannot change the shape of a request"
        ) { subject in
            let good = try subject.good()
            let recorded = await subject.answers(good)
            try needsSentCode(recorded, good)
            let plain = Set(recorded.requests.map(RequestShape.init))
            var broken: Set<String> = []
            for code in hostileCodes {
                var fixture = good
                fixture.question = good.question.with(key: code)
                for request in await subject.answers(fixture).requests {
                    if !plain.contains(RequestShape(request)) {
                        broken.insert("a request changes its shape")
                    }
                    if showsUnescaped(request, code) {
                        broken.insert("a code goes out unescaped")
                    }
                }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "verbatim-code",
            zh: "前导零与字母大小写照原样发送",
            en: "a code goes out as it stands: zeros in front are kept"
        ) { subject in
            let good = try subject.good()
            let key = good.question.inquiry.askedCode.key.withUnredacted { $0 }
            try needsSentCode(await subject.answers(good), good)
            var fixture = good
            fixture.question = good.question.with(key: "00" + mixed(String(key.dropFirst(2))))
            let asked = fixture.question.inquiry.askedCode.key.withUnredacted { $0 }
            return await sent(subject.answers(fixture), asked, inAnyCase: false)
                ? [] : ["the code goes out otherwise than it stands"]
        },
    ]

    /// With symbols that mean something in an address, a header, JSON, XML or a form; each of them
    /// must be escaped in a form or an address.
    private static let hostileCodes = [
        "A1/../../admin/B2", "A1\r\nX-Injected: 1", "A1\"},{\"key\":\"B2", "A1&admin=true",
        "A1</string><string>B2", "A1?x=1#frag", "A1#B2", "A1%2e%2e%2fB2", "A1\u{0}B2",
        "甲1乙2丙3丁4",
    ]

    /// Throws unless the code goes out readable: nothing is known of how another one goes out.
    private static func needsSentCode(
        _ recorded: ConformanceOutcome,
        _ good: ConformanceFixture
    ) throws {
        let key = good.question.inquiry.askedCode.key.withUnredacted { $0 }
        guard sent(recorded, key, inAnyCase: true) else {
            throw NotApplicable(
                zh: "请求中没有明文卡密",
                en: "no request shows the code: it is encrypted, or not sent"
            )
        }
    }

    private static func hosts(_ outcome: ConformanceOutcome) -> Set<String> {
        Set(outcome.requests.map { RequestShape($0).host })
    }

    /// Capitals and small letters by turns, so that a protocol that changes them is noticed.
    private static func mixed(_ code: String) -> String {
        code.enumerated().map { index, letter in
            index.isMultiple(of: 2) ? letter.uppercased() : letter.lowercased()
        }.joined()
    }

    private static func sent(
        _ outcome: ConformanceOutcome,
        _ code: String,
        inAnyCase: Bool
    ) -> Bool {
        let bare = code.filter { $0 != "-" && $0 != " " }
        let forms = [code, bare, URLSyntax.percentEncoded(code)]
        return outcome.requests.contains { request in
            texts(request).contains { text in
                forms.contains { form in
                    inAnyCase
                        ? text.lowercased().contains(form.lowercased()) : text.contains(form)
                }
            }
        }
    }

    private static func showsUnescaped(_ request: OutboundRequest, _ code: String) -> Bool {
        let isForm = request.headers.contains { header in
            header.name.lowercased() == "content-type"
                && header.value.lowercased().hasPrefix(FormEncoding.mediaType)
        }
        return request.url.withUnredacted { $0.contains(code) }
            || isForm && String(decoding: request.body, as: UTF8.self).contains(code)
    }

    private static func texts(_ request: OutboundRequest) -> [String] {
        [String(decoding: request.body, as: UTF8.self), request.url.withUnredacted { $0 }]
            + request.headers.map(\.value)
    }
}

extension ConformanceSubject {
    /// Hosts of the settings that are addresses.
    fileprivate var configuredHosts: Set<String> {
        let configured = fixtures.configuration.settings
        return Set(
            descriptor.settings.filter { $0.kind == .url }
                .compactMap { configured[$0.name] ?? $0.defaultValue }
                .map(URLSyntax.authority)
        )
    }
}

extension OutboundResponse {
    /// The answer with every address in it at another host, and with headers that point there.
    fileprivate func pointingElsewhere(to host: String) -> OutboundResponse {
        with {
            for mark in ["://", ":\\/\\/"] {
                $0.body = Self.replacingHosts(in: $0.body, after: mark, by: host)
            }
            $0.headers += [
                (name: "Location", value: "http://\(host)/latest/meta-data"),
                (name: "Link", value: "<http://\(host)/>; rel=\"next\""),
            ]
        }
    }

    private static func replacingHosts(
        in body: [UInt8],
        after mark: String,
        by host: String
    ) -> [UInt8] {
        let ends = Set("/\\\"'<> ?&,;\r\n".utf8)
        let parts = body.split(separator: Array(mark.utf8), omittingEmptySubsequences: false)
        let bent = parts.dropFirst().map { Array(host.utf8) + $0.drop { !ends.contains($0) } }
        return ([Array(parts[0])] + bent).joined(separator: Array(mark.utf8)).map { $0 }
    }
}
