import CardModel

/// Real sockets for the cases that need them: the transport that the gateway uses, and a server
/// that misbehaves on demand.
public struct WireBench: Sendable {
    public var transport: any HTTPTransport
    public var issuer: any HostileIssuer

    public init(transport: any HTTPTransport, issuer: any HostileIssuer) {
        self.transport = transport
        self.issuer = issuer
    }
}

/// A server on this machine that answers as a conduct says.
public protocol HostileIssuer: Sendable {
    /// Serves until `body` returns.
    ///
    /// - Parameters:
    ///   - answer: what a well-behaved issuer would send; the conduct spoils it on the way.
    ///   - body: gets the server's address, `http://127.0.0.1:…`.
    func serve<Result: Sendable>(
        _ conduct: WireConduct,
        answer: OutboundResponse,
        while body: @Sendable (String) async -> Result
    ) async throws -> Result
}

/// How an answer is spoilt between two sockets.
public enum WireConduct: String, Sendable, Hashable, CaseIterable {
    /// The request is taken, and nothing comes.
    case silence
    /// One byte at a time, for ever.
    case slowDrip = "slow-drip"
    /// The connection is reset in the middle of the body.
    case reset
    /// The connection ends before the announced length.
    case cutBody = "cut-body"
    /// A chunked body without an end.
    case endlessBody = "endless-body"
    /// A small gzip body that unpacks to a huge one.
    case compressionBomb = "compression-bomb"
    /// One header of a megabyte.
    case hugeHeader = "huge-header"
    /// Header after header, without an end.
    case endlessHeaders = "endless-headers"
    /// Bytes that are no HTTP.
    case noHTTP = "no-http"
    /// The connection is closed before the first byte.
    case closed

    /// Causes that fit; a machine under load may find each of them at the deadline.
    var causes: Set<IndeterminateCause> {
        switch self {
        case .silence, .slowDrip: [.timedOut]
        case .endlessBody: [.answerTooLarge, .timedOut]
        case .compressionBomb: [.answerTooLarge, .malformedAnswer, .timedOut]
        case .hugeHeader, .endlessHeaders:
            [.answerTooLarge, .issuerUnavailable, .timedOut, .malformedAnswer]
        case .reset, .cutBody, .noHTTP, .closed: [.issuerUnavailable, .malformedAnswer, .timedOut]
        }
    }

    var rule: LocalisedText {
        switch self {
        case .silence: LocalisedText(zhCN: "不应答的发行方在时限内放弃", en: "silence ends at the deadline")
        case .slowDrip: LocalisedText(zhCN: "逐字节的应答在时限内放弃", en: "a slow drip ends at the deadline")
        case .reset: LocalisedText(zhCN: "连接被重置不作结论", en: "a reset in the body decides nothing")
        case .cutBody: LocalisedText(zhCN: "提前结束的正文不作结论", en: "a body cut short decides nothing")
        case .endlessBody: LocalisedText(zhCN: "无尽的正文被拒绝", en: "a body without an end is refused")
        case .compressionBomb: LocalisedText(zhCN: "压缩炸弹被拒绝", en: "a compression bomb is refused")
        case .hugeHeader: LocalisedText(zhCN: "超大的报头被拒绝", en: "a huge header is refused")
        case .endlessHeaders:
            LocalisedText(zhCN: "无尽的报头被拒绝", en: "headers without an end are refused")
        case .noHTTP:
            LocalisedText(zhCN: "不是 HTTP 的字节不作结论", en: "bytes that are no HTTP decide nothing")
        case .closed: LocalisedText(zhCN: "直接关闭的连接不作结论", en: "a closed connection decides nothing")
        }
    }
}

extension ConformanceCase {
    static let wire: [ConformanceCase] = WireConduct.allCases.map { conduct in
        ConformanceCase(
            "wire-" + conduct.rawValue,
            zh: conduct.rule.zhCN,
            en: conduct.rule.en,
            for: .wire
        ) { subject in await overSockets(subject, conduct) }
    }

    /// What one request may take here: long enough for a loaded machine's first byte, where one
    /// is to come.
    private static func timeout(of conduct: WireConduct) -> Duration {
        switch conduct {
        case .silence, .slowDrip: .milliseconds(300)
        default: .seconds(1)
        }
    }

    private static func overSockets(
        _ subject: ConformanceSubject,
        _ conduct: WireConduct
    ) async -> [String] {
        var broken: Set<String> = []
        let attacks = subject.fixtures.attacks
        for fixture in [attacks.good, attacks.redeemed].compactMap({ $0 }) {
            guard let outcome = await outcome(of: fixture, subject, conduct) else {
                return ["the case could not be set up"]
            }
            broken.formUnion(ConformanceSubject.verdictOfNothing(outcome, conduct.causes))
            // Every request meets the same end: an order behind a login never goes out.
            let isFirst = await (subject.questionStep(of: fixture)?.index ?? 0) == 0
            broken.formUnion(ConformanceSubject.claims(outcome, mayMeanNotTaken: !isFirst))
            broken.formUnion(subject.leaks(outcome, fixture.question.inquiry))
        }
        return broken.sorted()
    }

    private static func outcome(
        of fixture: ConformanceFixture,
        _ subject: ConformanceSubject,
        _ conduct: WireConduct
    ) async -> ConformanceOutcome? {
        guard let wire = subject.wire, let factory = subject.factory,
            let answer = fixture.answers.first
        else { return nil }
        let configuration = subject.fixtures.configuration
        let outcome = try? await wire.issuer.serve(conduct, answer: answer) { address in
            var local = configuration.redirected(to: address, factory.descriptor)
            local.limits.timeout = timeout(of: conduct)
            guard let adapter = try? factory.adapter(configuredBy: local) else {
                return ConformanceOutcome?.none
            }
            return await ConformanceOutcome.of(fixture.question, adapter, using: wire.transport)
        }
        return outcome ?? nil
    }
}

extension AdapterConfiguration {
    /// The same settings with every address at another host; paths stay.
    fileprivate func redirected(
        to address: String,
        _ descriptor: AdapterDescriptor
    ) -> AdapterConfiguration {
        var local = self
        for declaration in descriptor.settings where declaration.kind == .url {
            guard let value = settings[declaration.name] ?? declaration.defaultValue else {
                continue
            }
            let path =
                value.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
                .dropFirst(3).first.map { "/" + $0 } ?? ""
            local.settings[declaration.name] = address + path
        }
        return local
    }
}
