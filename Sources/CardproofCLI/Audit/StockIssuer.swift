import AdapterKit
import CardModel
import Gateway

/// The issuer of a product, as an audit may ask it.
struct StockIssuer {
    let configuration: GatewayConfiguration
    let product: Product
    let adapter: any IssuerAdapter
    let limits: AdapterLimits

    var descriptor: AdapterDescriptor { adapter.descriptor }

    /// - Parameters:
    ///   - rate: lower than the adapter's own, such as `5/s` or `30/min`; nil leaves that.
    ///   - allowed: what asking may do beside answering, by ``Consequence``.
    /// - Throws: 64 when nobody can be asked, or not without a permission that was not given.
    init(
        _ configuration: GatewayConfiguration,
        product id: String,
        rate: String?,
        allowed: [String]
    ) throws {
        guard let product = configuration.catalogue[id] else {
            let known = configuration.catalogue.all.map(\.id).joined(separator: ", ")
            throw AuditExit.usage("--product \(id): is not configured; there are \(known)")
        }
        guard let name = product.adapter, let adapter = configuration.registry.adapter(name),
            !(adapter is any LocalAdapter)
        else {
            throw AuditExit.usage("--product \(id): has no adapter that asks an issuer")
        }
        guard adapter.descriptor.operations[.inquire] != nil else {
            throw AuditExit.usage(
                "--product \(id): \(name) can only spend a code, never ask about it; an audit "
                    + "spends none (docs/redemptions.md)"
            )
        }
        self.configuration = configuration
        self.product = product
        self.adapter = adapter
        limits = try Self.limits(of: adapter.descriptor, rate: rate)
        try checkPermissions(allowed)
    }

    /// The adapter's limits, or lower ones; then no burst is left either.
    private static func limits(
        of adapter: AdapterDescriptor,
        rate: String?
    ) throws -> AdapterLimits {
        var limits = adapter.limits
        guard let rate else { return limits }
        let parts = rate.split(separator: "/", omittingEmptySubsequences: false)
        let seconds = ["s": 1.0, "min": 60, "h": 3600][parts.count == 2 ? String(parts[1]) : "s"]
        guard parts.count <= 2, let seconds, let number = Double(parts[0]), number > 0,
            number.isFinite
        else { throw AuditExit.usage("--rate \(rate): a rate such as 5/s or 30/min is expected") }
        let wanted = number / seconds
        guard wanted <= limits.requestsPerSecond else {
            throw AuditExit.usage(
                "--rate \(rate): the limit of \(adapter.id) is \(limits.requestsPerSecond)/s; only "
                    + "a lower rate can be asked for"
            )
        }
        limits.requestsPerSecond = wanted
        limits.burst = 1
        return limits
    }

    /// A thing that happens to a code when its issuer is asked, beside an answer.
    enum Consequence: String, CaseIterable {
        case leavesTrace = "leaves_trace"
        case consumes
        case discloses
    }

    private func checkPermissions(_ allowed: [String]) throws {
        for word in allowed where Consequence(rawValue: word) == nil {
            let known = Consequence.allCases.map(\.rawValue).joined(separator: ", ")
            throw AuditExit.usage("--allow \(word): one of \(known) is expected")
        }
        for consequence in consequences where !allowed.contains(consequence.rawValue) {
            throw AuditExit.usage(refusal(consequence))
        }
    }

    private var consequences: [Consequence] {
        var found: [Consequence] = []
        switch descriptor.inquiryEffect {
        case .readOnly: break
        case .leavesTrace: found.append(.leavesTrace)
        case .consumes: found.append(.consumes)
        }
        if descriptor.disclosesTo != nil { found.append(.discloses) }
        return found
    }

    private func refusal(_ consequence: Consequence) -> String {
        let what =
            switch consequence {
            case .leavesTrace:
                "asking \(descriptor.id) leaves a trace"
                    + (descriptor.operationNotes[.inquire].map { " (\($0[.en]))" } ?? "")
            case .consumes: "asking \(descriptor.id) spends the code, or a part of it"
            case .discloses:
                "asking \(descriptor.id) shows usable codes to a third party"
                    + (descriptor.disclosesTo.map { " (\($0[.en]))" } ?? "")
            }
        return "\(what); nothing was asked. If that is wanted: --allow \(consequence.rawValue)"
    }
}
