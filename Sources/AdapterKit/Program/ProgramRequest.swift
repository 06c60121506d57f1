import CardModel
import WireFormat

/// A request that a program wants sent to its issuer, through the gateway's own transport: so its
/// address is checked, its answer bounded and screened, and the exchange written down as it was.
struct ProgramRequest {
    var request: OutboundRequest
    /// What is asked, in the protocol's words.
    var label: String
    var isRetrySafe: Bool
    /// Media types that the answer may have.
    var mediaTypes: [String]
    /// Refusals of our credentials that this issuer words as answers about codes: 401, 403, 407.
    var statuses: Set<Int>
    /// Pointers to personal data that is not kept.
    var scrubbedPointers: [String]

    static let refusals: Set<Int> = [401, 403, 407]
    private static let members: Set<String> = [
        "method", "url", "query", "headers", "json", "form", "body", "label", "accept",
        "retry_safe", "statuses", "scrub",
    ]
    private static let methods: Set<String> = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    /// Longest URL, label and list that a program may give.
    private static let longestURLBytes = 8192
    private static let longestLabel = 64
    private static let mostElements = 64

    /// - Parameter addresses: the adapter's settings of kind `url`; every request begins with one.
    init(
        _ value: JSONValue,
        addresses: [String],
        limits: AdapterLimits,
        scrubber: Scrubber
    ) throws(ProgramFault) {
        let fields = try ProgramFields(value, "http", known: Self.members)
        let method = try fields.text("method") ?? "GET"
        guard Self.methods.contains(method) else {
            throw ProgramFault("`http.method` is none that requests have")
        }
        let (body, contentType) = try Self.body(fields)
        var headers = try Self.pairs(fields, "headers").map { name, value in
            OutboundHeader(
                name: name,
                value: value,
                isSecret: scrubber.scrub(value) != value
            )
        }
        if let contentType, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append(OutboundHeader(name: "Content-Type", value: contentType))
        }
        try Self.refuseBroken(headers)
        request = OutboundRequest(
            method: method,
            url: SecretURL(try Self.url(fields, addresses), scrubbedBy: scrubber),
            headers: headers,
            body: body,
            timeout: limits.timeout,
            responseBytesLimit: limits.responseBytes
        )
        label = String((try fields.text("label") ?? "inquire").prefix(Self.longestLabel))
        isRetrySafe = try fields.flag("retry_safe") ?? false
        mediaTypes =
            try fields.texts("accept", atMost: Self.mostElements)?.map { $0.lowercased() }
            ?? ["application/json", "+json"]
        statuses = Set(try fields.integers("statuses", atMost: Self.mostElements) ?? [])
        guard statuses.isSubset(of: Self.refusals) else {
            throw ProgramFault("`http.statuses` may name 401, 403 and 407 alone")
        }
        scrubbedPointers = try fields.texts("scrub", atMost: Self.mostElements) ?? []
    }

    private static func url(
        _ fields: ProgramFields,
        _ addresses: [String]
    ) throws(ProgramFault) -> String {
        guard var url = try fields.text("url") else { throw ProgramFault("`http.url` is missing") }
        let isKnown = addresses.contains { address in
            url == address || url.hasPrefix(address + "/") || url.hasPrefix(address + "?")
        }
        guard isKnown else {
            throw ProgramFault(
                "`http.url` does not begin with a setting of kind `url`: operators decide where "
                    + "an adapter asks"
            )
        }
        guard !URLSyntax.hasDotSegment(URLSyntax.target(of: url).path) else {
            throw ProgramFault("`http.url` has `.` or `..` in its path, which leads elsewhere")
        }
        let pairs = try Self.pairs(fields, "query")
        if !pairs.isEmpty { url += (url.contains("?") ? "&" : "?") + FormEncoding.text(pairs) }
        let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !url.contains("#")
        guard isPlain, url.utf8.count <= longestURLBytes else {
            throw ProgramFault("`http.url` is too long, or not percent-encoded")
        }
        return url
    }

    private static func body(
        _ fields: ProgramFields
    ) throws(ProgramFault) -> (bytes: [UInt8], type: String?) {
        let given = ["json", "form", "body"].filter { fields[$0] != nil }
        guard given.count <= 1 else {
            throw ProgramFault("`http` has more than one of `json`, `form` and `body`")
        }
        if let json = fields["json"] { return (json.serialized(), "application/json") }
        if fields["form"] != nil {
            let form = FormEncoding.text(try pairs(fields, "form"))
            return (Array(form.utf8), FormEncoding.mediaType)
        }
        return (Array((try fields.text("body") ?? "").utf8), nil)
    }

    /// Names and values in the order in which the program wrote them.
    private static func pairs(
        _ fields: ProgramFields,
        _ name: String
    ) throws(ProgramFault) -> [(name: String, value: String)] {
        guard let value = fields[name] else { return [] }
        guard let members = value.objectValue?.members, members.count <= mostElements else {
            throw ProgramFault("`http.\(name)` is no object of at most \(mostElements) members")
        }
        var pairs: [(name: String, value: String)] = []
        for member in members where !member.value.isNull {
            guard let text = member.value.lexeme else {
                throw ProgramFault("a value in `http.\(name)` is neither a text nor a number")
            }
            pairs.append((member.name, text))
        }
        return pairs
    }

    private static func refuseBroken(_ headers: [OutboundHeader]) throws(ProgramFault) {
        let isBroken = headers.contains { header in
            header.name.isEmpty
                || !header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
                || header.value.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        }
        if isBroken { throw ProgramFault("`http.headers` holds what no header can hold") }
    }
}

/// What a program said that its adapter cannot use. Quotes nothing of it.
struct ProgramFault: Error {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The members of one object that a program said, read one by one.
struct ProgramFields {
    private let object: JSONObject
    private let path: String

    init(
        _ value: JSONValue,
        _ path: String,
        known: Set<String>
    ) throws(ProgramFault) {
        guard let object = value.objectValue else {
            throw ProgramFault("`\(path)` is no object")
        }
        for member in object.members where !known.contains(member.name) {
            let nearest = NearestWord.to(member.name, among: known)
            throw ProgramFault(
                "`\(path)` has a member that this version does not know"
                    + (nearest.map { ", did you mean `\($0)`?" } ?? "")
            )
        }
        self.object = object
        self.path = path
    }

    /// Nil when the member is absent or null.
    subscript(name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return Optional.none }
        return value
    }

    func text(_ name: String) throws(ProgramFault) -> String? {
        try read(name, "a text") { $0.stringValue }
    }

    func flag(_ name: String) throws(ProgramFault) -> Bool? {
        try read(name, "true or false") { $0.boolValue }
    }

    func integer(
        _ name: String,
        in range: ClosedRange<Int64>
    ) throws(ProgramFault) -> Int64? {
        try read(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            $0.integerValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func texts(_ name: String, atMost count: Int) throws(ProgramFault) -> [String]? {
        try read(name, "a list of at most \(count) texts") { value in
            let texts = value.arrayValue?.compactMap(\.stringValue)
            return texts?.count == value.arrayValue?.count && (texts?.count ?? 0) <= count
                ? texts : nil
        }
    }

    func integers(_ name: String, atMost count: Int) throws(ProgramFault) -> [Int]? {
        try read(name, "a list of at most \(count) whole numbers") { value in
            let numbers = value.arrayValue?.compactMap {
                $0.integerValue.flatMap(Int.init(exactly:))
            }
            return numbers?.count == value.arrayValue?.count && (numbers?.count ?? 0) <= count
                ? numbers : nil
        }
    }

    func read<Value>(
        _ name: String,
        _ what: String,
        _ convert: (JSONValue) -> Value?
    ) throws(ProgramFault) -> Value? {
        guard let value = self[name] else { return nil }
        guard let converted = convert(value) else {
            throw ProgramFault("`\(path).\(name)` is not \(what)")
        }
        return converted
    }
}
