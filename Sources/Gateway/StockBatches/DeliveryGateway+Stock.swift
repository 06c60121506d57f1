import CardModel
import Crypto
import EvidenceLog
import Logging
public import WireFormat

/// How a change of registered stock is answered.
public enum BatchAnswer: Sendable {
    /// - Parameter isRepeat: the same was done before.
    case done(JSONValue, isRepeat: Bool)
    case unknown
    /// The idempotency key, or the place in the batch, was used for something else.
    case otherAct
    /// A line that the audit called good holds no code of the product's card format; its place
    /// among those given.
    case implausible(line: Int)
    /// A stable reason code.
    case notAllowed(reason: String)
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Begins the registration of audited stock: custody point t0.
    ///
    /// - Parameter key: the same registration under it a second time is the same batch.
    public func registerBatch(
        _ terms: BatchTerms,
        key: String?,
        platform: Platform
    ) async -> BatchAnswer {
        await answering(platform) {
            let now = parts.time.now()
            let id = BatchID(at: now, random: parts.random.bytes(10))
            let dataKey = SymmetricKey(data: parts.random.bytes(32))
            return .begin(
                StockBatchRecord(
                    id: id,
                    platform: platform.number,
                    registrationKey: key,
                    terms: terms,
                    recallRule: parts.recallRule,
                    createdAt: now,
                    wrappedDataKey: try platform.wrap(
                        dataKey,
                        nonce: parts.random.bytes(Sealing.nonceByteCount)
                    ),
                    sealedSecret: try Sealing.seal(
                        parts.random.bytes(RecordSecret.byteCount),
                        under: dataKey,
                        nonce: parts.random.bytes(Sealing.nonceByteCount),
                        context: id.bytes
                    )
                )
            )
        }
    }

    /// Adds consecutive lines, at most ``StockChunk/mostLines``.
    /// - Parameter offset: lines that must be there before these.
    public func addStock(
        _ lines: [StockLine],
        offset: Int,
        to id: BatchID,
        platform: Platform
    ) async -> BatchAnswer {
        await answering(platform) {
            guard let batch = try await batch(id, of: platform) else { return nil }
            if let format = catalogue[batch.terms.product]?.format,
                let line = lines.firstIndex(where: { !$0.isPlausible(under: format) })
            {
                throw ImplausibleLine(place: line)
            }
            let keys = try platform.keys(of: batch)
            let product = catalogue.product(batch.terms.product, of: platform)
            let nonces = parts.random.bytes(lines.count * Sealing.nonceByteCount)
            let prepared = try lines.enumerated().map { index, line in
                let start = index * Sealing.nonceByteCount
                return try prepare(
                    line,
                    at: offset + index,
                    of: product,
                    keys,
                    nonce: Array(nonces[start..<start + Sealing.nonceByteCount])
                )
            }
            return .add(
                StockChunk(
                    platform: platform.number,
                    batch: id,
                    offset: offset,
                    lines: prepared,
                    secret: keys.secret
                )
            )
        }
    }

    private func prepare(
        _ line: StockLine,
        at position: Int,
        of product: Product,
        _ keys: BatchKeys,
        nonce: [UInt8]
    ) throws -> PreparedStockLine {
        let hash = try line.record(at: position, secret: keys.secret).hash
        guard let code = line.code else {
            return PreparedStockLine(line: line, fingerprint: nil, sealedCode: [], hash: hash)
        }
        let fingerprints = builder.fingerprinter.fingerprints(
            issuer: product.issuer, code: product.format.normalise(code))
        let fingerprint = fingerprints.key ?? fingerprints.code
        return PreparedStockLine(
            line: line,
            fingerprint: fingerprint,
            sealedCode: try SealedCode.seal(
                DeliveredCode(code: code, issuerReference: nil),
                under: keys.dataKey,
                nonce: nonce,
                fingerprint: fingerprint
            ),
            hash: hash
        )
    }

    /// Writes the audit into the log as one leaf, once all lines are there.
    public func sealBatch(_ id: BatchID, platform: Platform) async -> BatchAnswer {
        await answering(platform) {
            guard let batch = try await batch(id, of: platform) else { return nil }
            return .seal(
                StockSealing(
                    platform: platform.number,
                    batch: id,
                    at: parts.time.now(),
                    platformName: platform.name,
                    drafting: LeafDrafting(
                        seed: parts.random.bytes(LeafDrafting.seedByteCount),
                        dataKey: try platform.unwrap(batch.wrappedDataKey)
                    )
                )
            )
        }
    }

    /// Releases, quarantines, recalls or withdraws a batch.
    public func act(
        _ act: BatchAct,
        on id: BatchID,
        platform: Platform
    ) async -> BatchAnswer {
        await answering(platform) {
            .move(
                StockMove(
                    platform: platform.number,
                    batch: id,
                    act: act,
                    at: parts.time.now()
                )
            )
        }
    }

    /// Submits what `change` makes, and answers the batch; nil makes it unknown.
    private func answering(
        _ platform: Platform,
        _ change: () async throws -> StockChange?
    ) async -> BatchAnswer {
        do {
            guard let change = try await change() else { return .unknown }
            switch try await committer.submit(.stock(change)) {
            case .committed(let receipt):
                guard let batch = receipt.batch else { return .unavailable(reason: "internal") }
                return .done(try answer(batch, receipt, platform), isRepeat: receipt.isRepeat)
            case .refused(.unknown): return .unknown
            case .refused(.otherAct): return .otherAct
            case .refused(.notAllowed(let reason)): return .notAllowed(reason: reason)
            case .repeated, .refused: return .unavailable(reason: "internal")
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch let line as ImplausibleLine {
            return .implausible(line: line.place)
        } catch {
            parts.logger.error(
                "stock was not changed", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "internal")
        }
    }

    private func answer(
        _ batch: StockBatchRecord,
        _ receipt: Receipt,
        _ platform: Platform
    ) throws -> JSONValue {
        guard var object = batch.answer(of: platform).objectValue, let proof = receipt.proof,
            let leaf = batch.leaf
        else { return batch.answer(of: platform) }
        object["evidence"] = Answers.evidence(
            index: leaf.index, hash: leaf.hash, proof: try proof.serialized)
        return .object(object)
    }

    private func batch(_ id: BatchID, of platform: Platform) async throws -> StockBatchRecord? {
        let batch = try await parts.store.batch(id)
        return batch?.platform == platform.number ? batch : nil
    }

    // MARK: Reading back

    /// A batch; nil when the platform has none of this id.
    public func batch(_ id: BatchID, platform: Platform) async throws -> JSONValue? {
        try await batch(id, of: platform)?.answer(of: platform)
    }

    /// Batches as they were registered. A nil platform means all (operators only).
    public func batches(
        platform: Platform?,
        cursor: BatchID?,
        limit: Int
    ) async throws -> Page {
        let rows = try await parts.store.batches(
            platform: platform?.number,
            after: cursor,
            limit: limit
        )
        return Page(
            items: rows.compactMap { batch in
                directory.platform(batch.platform).map { batch.answer(of: $0) }
            },
            next: rows.count == limit ? rows.last?.id.text : nil
        )
    }
}

extension StockLine {
    /// False when the audit called it good under another format than the product's.
    fileprivate func isPlausible(under format: CardFormat) -> Bool {
        guard isGood, let code else { return true }
        return format.isPlausible(format.normalise(code))
    }
}

private struct ImplausibleLine: Error {
    let place: Int
}

/// The opened secrets of a batch.
struct BatchKeys {
    let dataKey: SymmetricKey
    let secret: RecordSecret
}

extension Platform {
    /// - Throws: when a key does not open, or a byte was changed.
    func keys(of batch: StockBatchRecord) throws -> BatchKeys {
        let dataKey = try unwrap(batch.wrappedDataKey)
        let bytes = try Sealing.open(
            batch.sealedSecret, under: dataKey, context: batch.id.bytes)
        guard let secret = RecordSecret(bytes: bytes) else {
            throw EvidenceError(.malformedLeaf, at: "secret", "has the wrong length")
        }
        return BatchKeys(dataKey: dataKey, secret: secret)
    }
}

extension StockBatchRecord {
    /// What the API shows of a batch: never a code.
    func answer(of platform: Platform) -> JSONValue {
        let counts = StockLineClass.allCases.map { word in
            JSONObject.Member(
                name: word.rawValue, value: .integer(Int64(classCounts[word] ?? 0)))
        }
        return [
            "batch": .string(id.text), "platform": .string(platform.name),
            "state": .string(standing.state.rawValue), "merchant": .string(terms.merchant),
            "product": .string(terms.product), "name": .string(terms.name),
            "supplier": JSONValue(text: terms.supplier),
            "as_of": .string(terms.asOf.iso8601),
            "created_at": .string(createdAt.rfc3339),
            "lines": .integer(Int64(terms.lineCount)), "received": .integer(Int64(count)),
            "good": .integer(Int64(standing.goodCount)),
            "released": .integer(Int64(standing.releasedCount)),
            "verified": .integer(Int64(standing.verifiedCount)),
            "bad": .integer(Int64(standing.badCount)),
            "recall_at": .integer(Int64(recallRule.threshold(codes: standing.goodCount))),
            "holders_told": .bool(standing.state == .recalled && toldThrough == nil),
            "classes": .object(JSONObject(counts)),
            "history": .array(history.map(\.jsonValue)),
            "evidence": leaf.map {
                [
                    "index": .integer(Int64(clamping: $0.index)),
                    "leaf_hash": .string($0.hash.base64),
                    "proof_url": .string(
                        "/v1/platforms/\(platform.name)/evidence/\($0.index)/proof"),
                ]
            } ?? .null,
        ]
    }
}
