import CardModel
import Crypto
import WireFormat

extension DeliveryGateway {
    /// Makes a delivery of an authentic message, or keeps it for the operator.
    func take(
        _ message: ShopMessage,
        _ platform: Platform,
        message body: [UInt8],
        at now: Instant
    ) async -> ShopAnswer {
        let identity = platform.shopMessageCode(message.identity)
        do throws(ShopMessage.Obstacle) {
            let notice = try message.notice(catalogue)
            return await admit(notice, identity: identity, platform: platform, at: now)
        } catch {
            return await quarantine(
                message,
                platform,
                body: body,
                identity: identity,
                because: error,
                at: now
            )
        }
    }

    /// The shop's own order and text make the webhook id: a repeated message is the same notice.
    private func admit(
        _ notice: DeliveryNotice,
        identity: [UInt8],
        platform: Platform,
        at now: Instant
    ) async -> ShopAnswer {
        let answer = await commit(
            notice,
            id: "shop-" + Hexadecimal.encode(identity),
            bodyCode: identity,
            platform: platform,
            at: now,
            wait: nil
        )
        switch answer {
        case .accepted(let bytes), .decided(let bytes): return .accepted(bytes)
        case .refused(.unavailable(let reason)): return .unavailable(reason: reason)
        case .refused: return .refused(.malformed)
        }
    }

    private func quarantine(
        _ message: ShopMessage,
        _ platform: Platform,
        body: [UInt8],
        identity: [UInt8],
        because obstacle: ShopMessage.Obstacle,
        at now: Instant
    ) async -> ShopAnswer {
        let dataKey = SymmetricKey(data: parts.random.bytes(32))
        do {
            let record = QuarantineRecord(
                number: 0,
                platform: platform.number,
                shop: message.shop.access.kind,
                reason: obstacle.rawValue,
                receivedAt: now,
                identity: identity,
                sealedMessage: try Sealing.seal(
                    body,
                    under: dataKey,
                    nonce: parts.random.bytes(Sealing.nonceByteCount),
                    context: identity
                ),
                wrappedDataKey: try platform.wrap(
                    dataKey,
                    nonce: parts.random.bytes(Sealing.nonceByteCount)
                )
            )
            guard try await parts.store.keepQuarantined(record) else {
                return .unavailable(reason: "quarantine_full")
            }
            return .quarantined(reason: obstacle.rawValue)
        } catch {
            return .unavailable(reason: "store_unavailable")
        }
    }

    /// What waits for the operator, oldest first.
    public func quarantined(
        after number: Int64?,
        limit: Int
    ) async throws -> [QuarantineRecord] {
        try await parts.store.quarantined(after: number, limit: limit)
    }

    /// The same as rows for the operator: never the message, which may hold codes.
    public func quarantinePage(cursor: String?, limit: Int) async throws -> Page {
        let records = try await quarantined(after: cursor.flatMap { Int64($0) }, limit: limit)
        return Page(
            items: records.map { record in
                [
                    "number": .integer(record.number),
                    "platform": JSONValue(text: directory.platform(record.platform)?.name),
                    "shop": .string(record.shop.rawValue), "reason": .string(record.reason),
                    "received_at": .string(record.receivedAt.rfc3339),
                ]
            },
            next: records.count == limit ? records.last.map { String($0.number) } : nil
        )
    }

    /// Reads a kept message again, under the configuration of today. What becomes a delivery leaves
    /// the quarantine.
    ///
    /// - Returns: nil when there is no such message.
    public func readAgain(quarantined number: Int64) async throws -> ShopAnswer? {
        guard let record = try await parts.store.quarantined(number: number) else { return nil }
        guard let platform = directory.platform(record.platform),
            let dataKey = try? platform.unwrap(record.wrappedDataKey),
            let body = try? Sealing.open(
                record.sealedMessage,
                under: dataKey,
                context: record.identity
            ), let value = try? JSONValue.parse(body),
            let message = message(value, of: record, platform)
        else { return .refused(.malformed) }
        do throws(ShopMessage.Obstacle) {
            let notice = try message.notice(catalogue)
            let answer = await admit(
                notice,
                identity: record.identity,
                platform: platform,
                at: parts.time.now()
            )
            if case .accepted = answer { try await forget(record) }
            return answer
        } catch {
            return .quarantined(reason: error.rawValue)
        }
    }

    /// A message that could not be taken out comes up again, as a repeat.
    private func forget(_ record: QuarantineRecord) async throws(ShopMessage.Obstacle) {
        try? await parts.store.removeQuarantined(number: record.number)
    }

    private func message(
        _ value: JSONValue,
        of record: QuarantineRecord,
        _ platform: Platform
    ) -> ShopMessage? {
        let shops = parts.shops.filter {
            $0.platform == platform.name && $0.access.kind == record.shop
        }
        guard let shop = shops.first else { return nil }
        let now = record.receivedAt
        do throws(ShopRefusal) {
            switch record.shop {
            case .dujiaoNext:
                return try ShopBodies.dujiaoNext(value, now: now).map { .text($0, shop) }
            case .dujiaoka: return try ShopBodies.dujiaoka(value, now: now).map { .text($0, shop) }
            case .generic: return .codes(try ShopBodies.generic(value, now: now), shop)
            // The answer holds no order number: it is asked for again.
            case .acgFaka: return nil
            }
        } catch {
            return nil
        }
    }
}

extension Platform {
    /// Keyed hash over the parts of a shop's message.
    func shopMessageCode(_ parts: [[UInt8]]) -> [UInt8] {
        bodyCode(
            parts.reduce(into: Array("shop-message".utf8)) { message, part in
                withUnsafeBytes(of: UInt32(part.count).bigEndian) {
                    message.append(contentsOf: $0)
                }
                message.append(contentsOf: part)
            }
        )
    }
}
