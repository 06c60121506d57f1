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
            guard let good = subject.fixtures.attacks.good else { return [] }
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
            guard let good = subject.fixtures.attacks.good else { return [] }
            var bent = good
            bent.answers = good.answers.map { answer in
                answer.with {
                    $0.headers += [
                        (name: "Location", value: "http://169.254.169.254/latest/meta-data"),
                        (name: "Link", value: "<http://10.0.0.1/>; rel=\"next\""),
                    ]
                }
            }
            let known = await hosts(subject.answers(good))
            let asked = await hosts(subject.answers(bent))
            return asked.isSubset(of: known) ? [] : ["another host is asked"]
        },
        ConformanceCase(
            "redirect-to-private-address",
            zh: "不会被引向内网地址",
            en: "a redirect to a private address is not followed"
        ) { subject in
            guard let good = subject.fixtures.attacks.good else { return [] }
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
            guard let good = subject.fixtures.attacks.good else { return [] }
            let plain = await subject.answers(good).requests.map(RequestShape.init)
            var broken: Set<String> = []
            for code in hostileCodes {
                let question = ConformanceFixture.Question.inquire(
                    good.question.inquiry.with(key: code)
                )
                let answers = good.answers
                let outcome = await ConformanceOutcome.of(question, subject.fresh) {
                    (_, index) throws(TransportError) in
                    try ConformanceSubject.answer(index, of: answers)
                }
                for (shape, request) in zip(plain, outcome.requests)
                where RequestShape(request) != shape {
                    broken.insert("a request changes its shape")
                }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "verbatim-code",
            zh: "前导零与字母大小写照原样发送",
            en: "a code goes out as it stands: zeros in front are kept"
        ) { subject in
            guard let good = subject.fixtures.attacks.good else { return [] }
            let inquiry = good.question.inquiry
            let key = inquiry.askedCode.key.withUnredacted { $0 }
            let zeros = "00" + key.dropFirst(2)
            let asked = inquiry.with(key: zeros)
            let answers = good.answers
            let outcome = await ConformanceOutcome.of(.inquire(asked), subject.fresh) {
                (_, index) throws(TransportError) in
                try ConformanceSubject.answer(index, of: answers)
            }
            // A protocol that encrypts the code shows it in neither case.
            let shows = await sent(subject.answers(good), key)
            return !shows || sent(outcome, asked.askedCode.key.withUnredacted { $0 })
                ? [] : ["zeros in front of the code are lost"]
        },
    ]

    private static let hostileCodes = [
        "A1/../../admin/B2", "A1\r\nX-Injected: 1", "A1\"},{\"key\":\"B2", "A1&admin=true",
        "A1</string><string>B2", "A1?x=1#frag", "A1%2e%2e%2fB2", "A1\u{0}B2", "甲1乙2丙3丁4",
    ]

    private static func hosts(_ outcome: ConformanceOutcome) -> Set<String> {
        Set(outcome.requests.map { RequestShape($0).host })
    }

    private static func sent(_ outcome: ConformanceOutcome, _ code: String) -> Bool {
        let bare = code.filter { $0 != "-" && $0 != " " }
        return outcome.requests.contains { request in
            let texts = [
                String(decoding: request.body, as: UTF8.self),
                request.url.withUnredacted { $0 },
            ]
            return texts.contains { text in
                text.contains(code) || text.contains(bare)
                    || text.contains(URLSyntax.percentEncoded(code))
            }
        }
    }
}

extension Inquiry {
    func with(key: String) -> Inquiry {
        var inquiry = self
        inquiry.code = CardCode(serial: code.serial, key: CardKey(key))
        return inquiry
    }
}

/// A request without its values: where it goes, and which fields it has.
struct RequestShape: Hashable {
    let host: String
    private let method: String
    private let segmentCount: Int
    private let parameterNames: [String]
    private let headerNames: [String]
    private let bodyFields: [String]

    init(_ request: OutboundRequest) {
        method = request.method
        let (address, query) = request.url.withUnredacted { text in
            let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        let segments = address.split(separator: "/", omittingEmptySubsequences: false)
        host = segments.count > 2 ? String(segments[2]) : ""
        segmentCount = segments.count
        parameterNames = Self.names(in: query)
        headerNames = request.headers.map { header in
            header.value.contains(where: { $0.isNewline }) ? "broken" : header.name.lowercased()
        }
        bodyFields = Self.fields(in: request.body)
    }

    private static func names(in form: String) -> [String] {
        form.split(separator: "&").map { String($0.prefix { $0 != "=" }) }
    }

    private static func fields(in body: [UInt8]) -> [String] {
        if body.isEmpty { return [] }
        if let json = try? JSONValue.parse(body) { return paths(in: json, "") }
        if let xml = try? XMLElementReader.read(body) { return names(in: xml) }
        return names(in: String(decoding: body, as: UTF8.self))
    }

    private static func paths(in value: JSONValue, _ path: String) -> [String] {
        switch value {
        case .object(let object):
            object.members.flatMap { paths(in: $0.value, path + "/" + $0.name) }
        case .array(let elements): elements.flatMap { paths(in: $0, path + "/*") }
        case .null, .bool, .integer, .decimal, .string: [path]
        }
    }

    private static func names(in element: XMLElement) -> [String] {
        [element.name] + element.children.flatMap { names(in: $0) }
    }
}
