import CardModel
import EvidenceLog
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

extension AdminRoutes {
    /// Erases a delivery, or restricts it while a legal hold stands: 200 for both, `status` tells.
    func erase(_ call: Call) async throws -> Response {
        guard let id = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
        let request = try ErasureBody(await call.jsonObject(limit: Self.largestBodyBytes))
        let answer = try await gateway.erase(
            id,
            requestSHA256: request.requestSHA256,
            overrideReason: request.overrideReason
        )
        switch answer {
        case .done(let value): return .json(value)
        case .unknown: throw Problem(.notFound)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }
}

extension AdminRoutes {
    /// Wraps the store under the master key of the body. Whoever reaches the socket can read the
    /// key's file as well.
    func rotateMasterKey(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestBodyBytes))
        let key = reader.string("key", required: true, longest: 64).flatMap { Base64.decode($0) }
        if key?.count != DeliveryGateway.masterKeyByteCount { reader.fail("key", .malformed) }
        try reader.finish()
        guard let key else { throw Problem(.invalidFields) }
        try await gateway.rotateMasterKey(to: key)
        return .json(["status": "rotated"])
    }
}

extension AdminRoutes {
    /// Ends a platform's log and begins the next; 200 also when that was done a moment ago.
    func rotateLog(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestBodyBytes))
        let origin = reader.string("origin", longest: 255)
        let isFurther = reader.bool("again") ?? false
        try reader.finish()
        do {
            let answer = try await gateway.rotateLog(
                of: String(call.parameters[0]), to: origin, isFurther: isFurther)
            guard let answer else { throw Problem(.notFound) }
            return .json(answer)
        } catch let failure as PlatformDirectory.Failure {
            throw Problem(
                .invalidFields,
                detail: .init(zhCN: failure.description, en: failure.description)
            )
        } catch let error as EvidenceError {
            throw Problem(.invalidFields, detail: .init(zhCN: error.detail, en: error.detail))
        }
    }
}

/// The body of `POST /admin/deliveries/{id}/erasure`.
private struct ErasureBody {
    let requestSHA256: [UInt8]?
    let overrideReason: String?

    init(_ object: JSONObject) throws(Problem) {
        var reader = BodyReader(object)
        let text = reader.string("request_sha256", longest: 64)
        overrideReason = reader.string("override_reason", longest: ErasureRecord.longestReason)
        requestSHA256 = text.flatMap { Hexadecimal.decode($0) }
        if text != nil, requestSHA256?.count != 32 { reader.fail("request_sha256", .malformed) }
        try reader.finish()
    }
}
