import CardModel
import Crypto
import WireFormat

extension DeliveryGateway {
    /// Makes a delivery of an authentic message, or keeps it for the operator.
    func take(_ message: ShopMessage, _ platform: Platform, at now: Instant) async -> ShopAnswer {
        let identity = platform.shopMessageCode(message.identity)
        do throws(ShopMessage.Obstacle) {
            let notice = try message.notice(catalogue, now: now)
            let answer = await admit(notice, identity: identity, platform: platform, at: now)
            guard case .refused(.stockBlocked) = answer else { return answer }
            // The shop has handed the code over and asks nobody: the operator decides.
            throw .stockBlocked
        } catch {
            // Whoever writes a body of ours is told what to mend, and sends it again.
            if case .fields(let errors) = error, message.shop.access.kind == .generic {
                return .invalid(errors)
            }
            return await quarantine(
                message,
                platform,
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
        case .refused(.stockBlocked): return .refused(.stockBlocked)
        case .refused: return .refused(.malformed)
        }
    }

    private func quarantine(
        _ message: ShopMessage,
        _ platform: Platform,
        identity: [UInt8],
        because obstacle: ShopMessage.Obstacle,
        at now: Instant
    ) async -> ShopAnswer {
        let sealedForm = message.sealedForm
        guard sealedForm.count <= QuarantineRecord.longestMessageBytes else {
            return .refused(.malformed)
        }
        let dataKey = SymmetricKey(data: parts.random.bytes(32))
        do {
            let record = QuarantineRecord(
                number: 0,
                platform: platform.number,
                shop: message.shop.access.kind,
                reason: obstacle.word,
                receivedAt: now,
                identity: identity,
                sealedMessage: try Sealing.seal(
                    sealedForm,
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
            return .quarantined(reason: obstacle.word)
        } catch {
            return .unavailable(reason: "store_unavailable")
        }
    }

    /// What waits for the operator, oldest first: never the message, which may hold codes.
    ///
    /// - Parameter platform: nil for all.
    public func quarantinePage(
        platform: Platform?,
        cursor: Int64?,
        limit: Int
    ) async throws -> Page {
        let records = try await parts.store.quarantined(
            platform: platform?.number,
            after: cursor,
            limit: limit
        )
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

    /// Forgets a kept message: it was no delivery.
    ///
    /// - Returns: false when there is no such message.
    public func discard(quarantined number: Int64) async throws -> Bool {
        guard try await parts.store.quarantined(number: number) != nil else { return false }
        try await parts.store.removeQuarantined(number: number)
        return true
    }

    /// Reads a kept message again, under the configuration of today. What becomes a delivery leaves
    /// the quarantine.
    ///
    /// - Returns: nil when there is no such message.
    public func readAgain(quarantined number: Int64) async throws -> ShopAnswer? {
        guard let record = try await parts.store.quarantined(number: number) else { return nil }
        guard let platform = directory.platform(record.platform),
            let dataKey = try? platform.unwrap(record.wrappedDataKey),
            let sealedForm = try? Sealing.open(
                record.sealedMessage,
                under: dataKey,
                context: record.identity
            ),
            let message = ShopMessage(
                sealedForm: sealedForm,
                among: parts.shops.filter { $0.platform == platform.name }
            )
        else { return .refused(.unknownShop) }
        do throws(ShopMessage.Obstacle) {
            let now = parts.time.now()
            let notice = try message.notice(catalogue, now: now)
            let answer = await admit(
                notice,
                identity: record.identity,
                platform: platform,
                at: now
            )
            if case .accepted = answer {
                // One that could not be taken out comes up again, as a repeat.
                try? await parts.store.removeQuarantined(number: record.number)
            }
            if case .refused(.stockBlocked) = answer { throw .stockBlocked }
            return answer
        } catch {
            return .quarantined(reason: error.word)
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
