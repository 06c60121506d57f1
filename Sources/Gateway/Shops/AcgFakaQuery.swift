import AdapterKit
import Crypto
import WireFormat

/// Why a shop could not be asked.
struct ShopPullError: Error {
    let reason: String
}

/// acg-faka's `query` of one order: a form signed with MD5. The key itself goes along in the form,
/// so the address must be HTTPS (the configuration sees to it).
struct AcgFakaQuery {
    let account: ShopInbox.AcgFakaAccount
    let transport: any HTTPTransport

    /// A shop on a small machine; the platform waits for the answer.
    private static let timeout: Duration = .seconds(15)
    /// The text of an order of a thousand codes fits.
    private static let responseBytes = 1 << 20

    /// The answer's body.
    func order(_ tradeNumber: String) async throws(ShopPullError) -> [UInt8] {
        let key = account.appKey.withUnredacted { $0 }
        let fields = [
            ("app_id", account.appID), ("app_key", key), ("tradeNo", tradeNumber),
        ]
        let form = (fields + [("sign", Self.signature(fields, key: key))])
            .map { "\($0.0)=\(Self.percentEncoded($0.1))" }.joined(separator: "&")
        let request = OutboundRequest(
            method: "POST",
            url: SecretURL(account.address + "/shared/commodity/query"),
            headers: [
                OutboundHeader(
                    name: "Content-Type",
                    value: "application/x-www-form-urlencoded"
                )
            ],
            body: Array(form.utf8),
            timeout: Self.timeout,
            responseBytesLimit: Self.responseBytes
        )
        do throws(TransportError) {
            let response = try await transport.send(request)
            guard response.status == 200 else {
                throw TransportError(
                    code: .connectionBroken,
                    message: "HTTP \(response.status)",
                    requestWasSent: true
                )
            }
            return response.body
        } catch {
            throw ShopPullError(reason: "shop_\(error.code.rawValue)")
        }
    }

    /// Lower-case MD5 over the fields that are not empty, sorted by name, and the key.
    static func signature(_ fields: [(String, String)], key: String) -> String {
        let content =
            fields.filter { !$0.1.isEmpty }.sorted { $0.0 < $1.0 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&") + "&key=" + key
        return Hexadecimal.encode(Array(Insecure.MD5.hash(data: Array(content.utf8))))
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                    || ("0"..."9").contains(scalar) || "-._~".unicodeScalars.contains(scalar))
            return isPlain
                ? String(scalar) : "%" + Hexadecimal.encode([byte]).uppercased()
        }.joined()
    }
}
