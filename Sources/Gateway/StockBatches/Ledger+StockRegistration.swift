import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    mutating func change(_ stock: StockChange) throws -> PendingOutcome {
        switch stock {
        case .begin(let batch): try begin(batch)
        case .add(let chunk): try add(chunk)
        case .seal(let sealing): try seal(sealing)
        case .move(let move): try self.move(move)
        case .tellHolders(let round): try tell(round)
        }
    }

    /// The unique registration key decides between two who register the same.
    private func begin(_ batch: StockBatchRecord) throws -> PendingOutcome {
        if let number = try transaction.insert(batch) {
            var standing = batch
            standing.number = number
            return answered(standing)
        }
        guard let key = batch.registrationKey,
            let standing = try transaction.batch(registeredAs: key, platform: batch.platform)
        else { throw StoreError.broken("a registration key is taken and not there") }
        guard standing.terms == batch.terms else { return PendingOutcome(.refused(.otherAct)) }
        return answered(standing, isRepeat: true)
    }

    func answered(_ batch: StockBatchRecord, isRepeat: Bool = false) -> PendingOutcome {
        var receipt = Receipt()
        receipt.batch = batch
        receipt.isRepeat = isRepeat
        return PendingOutcome(.committed(receipt))
    }

    private func refused(_ reason: StockChunkRefusal) -> PendingOutcome {
        PendingOutcome(.refused(.notAllowed(reason: reason.rawValue)))
    }

    /// Takes consecutive lines. What the platform has sold, or holds in other stock, is no good
    /// stock: the line says so, whatever the audit knew.
    private func add(_ chunk: StockChunk) throws -> PendingOutcome {
        guard var batch = try transaction.batch(chunk.batch), batch.platform == chunk.platform
        else { return PendingOutcome(.refused(.unknown)) }
        if chunk.offset + chunk.lines.count <= batch.count {
            return try isKnown(chunk, in: batch)
                ? answered(batch, isRepeat: true) : PendingOutcome(.refused(.otherAct))
        }
        guard batch.standing.state == .registering else {
            let reason: BatchRefusal =
                batch.standing.state == .withdrawn ? .withdrawn : .alreadySealed
            return PendingOutcome(.refused(.notAllowed(reason: reason.rawValue)))
        }
        guard chunk.offset == batch.count else { return refused(.wrongOffset) }
        guard batch.count + chunk.lines.count <= batch.terms.lineCount else {
            return refused(.tooManyLines)
        }
        let numbers = [batch.lastLine] + chunk.lines.map(\.line.line)
        guard zip(numbers, numbers.dropFirst()).allSatisfy(<) else { return refused(.notAscending) }
        batch.lastLine = numbers.last ?? batch.lastLine
        var hashes: [TreeHash] = []
        hashes.reserveCapacity(chunk.lines.count)
        var withdrawn: [BatchNumber: Bool] = [:]
        for (offset, prepared) in chunk.lines.enumerated() {
            let code = try insert(
                prepared, at: chunk.offset + offset, of: &batch, secret: chunk.secret,
                &withdrawn)
            hashes.append(code.hash)
        }
        let tree = TreeBatch(before: batch.range, leaves: hashes)
        try insertNodes(of: tree, batch.number)
        batch.range = tree.after
        try transaction.update(batch)
        return answered(batch)
    }

    /// Whether the same lines are there already.
    private func isKnown(_ chunk: StockChunk, in batch: StockBatchRecord) throws -> Bool {
        let standing = try transaction.stockCodes(
            of: batch.number, from: chunk.offset, limit: chunk.lines.count)
        return standing.count == chunk.lines.count
            && zip(standing, chunk.lines).allSatisfy {
                $0.line == $1.line.line && $0.fingerprint == $1.fingerprint
            }
    }

    private func insert(
        _ prepared: PreparedStockLine,
        at position: Int,
        of batch: inout StockBatchRecord,
        secret: RecordSecret,
        _ withdrawn: inout [BatchNumber: Bool]
    ) throws -> StockCodeRecord {
        var line = prepared.line
        if let fingerprint = prepared.fingerprint,
            try transaction.holder(of: fingerprint, platform: batch.platform) != nil
        {
            line.mark(.sold)
        }
        var code = StockCodeRecord(
            line,
            prepared,
            position: position,
            of: batch,
            hash: try line.hash(of: prepared, at: position, secret: secret)
        )
        if try !take(code, &withdrawn) {
            line.mark(.duplicateStock)
            code = StockCodeRecord(
                line,
                prepared,
                position: position,
                of: batch,
                hash: try line.hash(of: prepared, at: position, secret: secret)
            )
            guard try transaction.insert(code) else {
                throw StoreError.broken("a line of a batch stands twice")
            }
        }
        if code.rank != nil { batch.standing.goodCount += 1 }
        for word in code.classes { batch.classCounts[word, default: 0] += 1 }
        return code
    }

    /// Inserts a line. A code that only a withdrawn batch holds is this one's from now on.
    /// - Parameter withdrawn: of the batches that were looked up already, whether they are.
    private func take(
        _ code: StockCodeRecord,
        _ withdrawn: inout [BatchNumber: Bool]
    ) throws -> Bool {
        if try transaction.insert(code) { return true }
        guard let fingerprint = code.fingerprint,
            var other = try transaction.stockCode(
                standingFor: fingerprint, platform: code.platform)
        else { return false }
        let isFree =
            try withdrawn[other.batch]
            ?? (transaction.batch(other.batch)?.standing.state == .withdrawn)
        withdrawn[other.batch] = isFree
        guard isFree else { return false }
        other.isStanding = false
        try transaction.update(other)
        return try transaction.insert(code)
    }

    private func insertNodes(of tree: TreeBatch, _ batch: BatchNumber) throws {
        var level = 1
        while tree.after.size >> UInt64(TileCoordinate.height * level) > 0 {
            for node in tree.completedNodes(tileLevel: level) {
                try transaction.insertStockNode(
                    node.hash, level: level, index: node.index, batch: batch)
            }
            level += 1
        }
    }

    private mutating func seal(_ sealing: StockSealing) throws -> PendingOutcome {
        guard var batch = try transaction.batch(sealing.batch),
            batch.platform == sealing.platform
        else { return PendingOutcome(.refused(.unknown)) }
        guard batch.standing.state != .withdrawn else {
            return PendingOutcome(.refused(.notAllowed(reason: BatchRefusal.withdrawn.rawValue)))
        }
        if batch.leaf != nil { return answered(batch, isRepeat: true) }
        guard batch.count == batch.terms.lineCount else { return refused(.linesMissing) }
        let next: BatchStanding
        switch batch.standing.after(.seal) {
        case .success(let standing): next = standing
        case .failure(let reason):
            return PendingOutcome(.refused(.notAllowed(reason: reason.rawValue)))
        }
        let leaf = try sealing.drafting.leaf(
            .audit,
            LeafContents.audit(of: batch, platform: sealing.platformName),
            at: sealing.at,
            label: "audit"
        )
        let index = try append(leaf, of: .batch(batch.number), platform: batch.platform)
        batch.leaf = LeafReference(index: index, hash: leaf.hash)
        batch.take(next, by: .seal, actor: .platform, at: sealing.at)
        try transaction.update(batch)
        var receipt = Receipt()
        receipt.batch = batch
        return PendingOutcome(receipt, leaf: leaf, index: index, platform: batch.platform)
    }
}

extension StockLine {
    /// Adds what only the store knows.
    fileprivate mutating func mark(_ word: StockLineClass) {
        self = StockLine(
            line: line,
            code: code,
            expiresOn: expiresOn,
            classes: classes + [word],
            issuerState: issuerState
        )
    }

    fileprivate func hash(
        of prepared: PreparedStockLine,
        at position: Int,
        secret: RecordSecret
    ) throws -> TreeHash {
        classes == prepared.line.classes
            ? prepared.hash : try record(at: position, secret: secret).hash
    }
}

extension StockCodeRecord {
    fileprivate init(
        _ line: StockLine,
        _ prepared: PreparedStockLine,
        position: Int,
        of batch: StockBatchRecord,
        hash: TreeHash
    ) {
        self.init(
            batch: batch.number,
            platform: batch.platform,
            position: position,
            line: line.line,
            fingerprint: prepared.fingerprint,
            isStanding: prepared.fingerprint != nil
                && !line.classes.contains(where: \.isOfAnother),
            rank: line.isGood ? batch.standing.goodCount : nil,
            classes: line.classes,
            expiresOn: line.expiresOn,
            issuerState: line.issuerState,
            sealedCode: prepared.sealedCode,
            hash: hash
        )
    }
}

extension LeafContents {
    /// An audit of stock that was registered: its outcome in numbers, and the root over its lines.
    static func audit(of batch: StockBatchRecord, platform: String) -> [JSONObject.Member] {
        let counts = StockLineClass.allCases.map { word in
            JSONObject.Member(
                name: word.rawValue, value: .integer(Int64(batch.classCounts[word] ?? 0)))
        }
        return [
            .init(name: "event_id", value: .string(batch.id.text)),
            .init(name: "platform", value: .string(platform)),
            .init(name: "merchant", value: .string(batch.terms.merchant)),
            .init(name: "product", value: .string(batch.terms.product)),
            .init(name: "name", value: .string(batch.terms.name)),
            .init(name: "supplier", value: JSONValue(text: batch.terms.supplier)),
            .init(name: "as_of", value: .string(batch.terms.asOf.iso8601)),
            .init(name: "lines", value: .integer(Int64(batch.count))),
            .init(name: "good", value: .integer(Int64(batch.standing.goodCount))),
            .init(name: "classes", value: .object(JSONObject(counts))),
            .init(
                name: ItemsRoot.fieldName,
                value: ItemsRoot(count: batch.range.size, root: batch.range.root).fieldValue
            ),
        ]
    }
}
