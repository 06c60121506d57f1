import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Who asks, and so what he may see.
enum Caller: Sendable {
    /// A platform, known by its API token: its own things.
    case platform(Platform)
    /// Whoever reaches the admin socket: everything.
    case `operator`

    var isOperator: Bool {
        switch self {
        case .operator: true
        case .platform: false
        }
    }

    /// Nil for all platforms.
    var platform: Platform? {
        switch self {
        case .platform(let platform): platform
        case .operator: nil
        }
    }

    /// The operator may look at one platform only.
    func narrowed(to name: String?, in directory: PlatformDirectory) throws(Problem) -> Caller {
        guard let name, isOperator else { return self }
        guard let platform = directory.platform(named: name) else {
            throw QueryParameters.problem("platform", .unknown)
        }
        return .platform(platform)
    }

    /// The query of a call, in which the operator may name one platform, and whose things are
    /// meant.
    func query(
        of call: Call,
        known: Set<String>,
        in directory: PlatformDirectory
    ) throws(Problem) -> (query: QueryParameters, caller: Caller) {
        let query = try QueryParameters(
            call.request.uri.query, known: isOperator ? known.union(["platform"]) : known)
        return (query, try narrowed(to: query["platform"], in: directory))
    }

    /// What the caller's platforms have of a thing; 404 when it is nowhere among them. That it
    /// is somebody else's is not told apart. 410 when it was erased, 403 when it is kept for a
    /// legal hold and the caller is not the operator.
    func first(
        in directory: PlatformDirectory,
        unless withheld: (Platform) async throws -> Withheld? = { _ in nil },
        _ read: (Platform) async throws -> JSONValue?
    ) async throws -> Response {
        for platform in platform.map({ [$0] }) ?? directory.all {
            if let withheld = try await withheld(platform),
                !isOperator || withheld != .restricted
            {
                throw Problem(withheld: withheld)
            }
            if let value = try await read(platform) { return .json(value) }
        }
        throw Problem(.notFound)
    }
}

extension Problem {
    /// 410 for what was erased, 403 for what is kept for a legal hold alone.
    init(withheld: Withheld) {
        switch withheld {
        case .erased(let instant):
            let at = instant.rfc3339
            self.init(.erased, detail: .init(zhCN: "已于 \(at) 删除。", en: "Erased at \(at)."))
        case .restricted: self.init(.restricted)
        }
    }
}

/// Tells the caller of a request.
struct CallerRule: Sendable {
    private let rule: @Sendable (Call) throws(Problem) -> Caller

    /// Everybody on the admin socket is the operator.
    static let operatorOnly = CallerRule { _ in .operator }

    /// The platform's API token as bearer.
    static func apiToken(of directory: PlatformDirectory) -> CallerRule {
        CallerRule { call throws(Problem) in
            guard let header = call.headers[.authorization] else { throw Problem(.missingToken) }
            guard let token = BearerToken(header),
                let platform = directory.platform(withAPIToken: token.text)
            else { throw Problem(takes: .system) }
            return .platform(platform)
        }
    }

    private init(_ rule: @escaping @Sendable (Call) throws(Problem) -> Caller) {
        self.rule = rule
    }

    func callAsFunction(_ call: Call) throws(Problem) -> Caller { try rule(call) }
}

/// The token of an `Authorization: Bearer` header (RFC 6750). Prints nothing of itself.
struct BearerToken: CustomStringConvertible, CustomReflectable {
    /// Bytes of a token; ours have under a hundred.
    static let longest = 512

    let text: String

    /// Nil for any other scheme.
    init?(_ header: String) {
        guard header.utf8.count > 7, header.utf8.count <= Self.longest + 7,
            header.prefix(7).lowercased() == "bearer "
        else { return nil }
        let token = header.dropFirst(7).drop { $0 == " " }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        text = String(token)
    }

    var description: String { "••••" }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
