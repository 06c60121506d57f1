public import WireFormat

/// Where a running sandbox listens: one port for everything.
public struct SandboxEndpoints: Sendable, Equatable {
    public let host: String
    public let port: Int

    var origin: String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }

    /// The voucher server's XML-RPC address (adapter `ericsson-vsip`).
    public var voucherServer: String { origin + "/RPC2" }
    /// The licence server's base address (adapter `keygen`); any account will do.
    public var licenseServer: String { origin + "/v1" }
    /// The control endpoint.
    public var control: String { origin + "/sandbox" }

    /// Where an adapter's setting `endpoint` points.
    public func address(of issuer: SandboxProtocol) -> String {
        origin + issuer.issuer.basePath
    }

    /// One line for programs: `{"vsip": …, "keygen": …, "control": …, "port": …, "issuers": {…}}`,
    /// where `issuers` has the `endpoint` of every adapter.
    public var json: JSONValue {
        let issuers = SandboxProtocol.allCases.map {
            JSONObject.Member(name: $0.rawValue, value: .string(address(of: $0)))
        }
        return [
            "vsip": .string(voucherServer), "keygen": .string(licenseServer),
            "control": .string(control), "port": .integer(Int64(port)),
            "issuers": .object(JSONObject(issuers)),
        ]
    }
}
