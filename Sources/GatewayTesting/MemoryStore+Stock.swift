public import CardModel
public import EvidenceLog
public import Gateway
import WireFormat

extension MemoryTransaction {
    func insert(_ batch: StockBatchRecord) throws -> BatchNumber? {
        let isTaken = rows.batches.contains {
            $0.platform == batch.platform && $0.registrationKey == batch.registrationKey
                && batch.registrationKey != nil
        }
        guard !isTaken else { return nil }
        guard try self.batch(batch.id) == nil else { throw TakenIdentifier() }
        var batch = batch
        batch.number = BatchNumber(rawValue: Int64(rows.batches.count + 1))
        rows.batches.append(batch)
        return batch.number
    }

    func batch(_ id: BatchID) throws -> StockBatchRecord? {
        rows.batches.first { $0.id == id }
    }

    func batch(_ number: BatchNumber) throws -> StockBatchRecord? {
        rows.batches.first { $0.number == number }
    }

    func batch(
        registeredAs key: String,
        platform: PlatformNumber
    ) throws -> StockBatchRecord? {
        rows.batches.first { $0.platform == platform && $0.registrationKey == key }
    }

    func update(_ batch: StockBatchRecord) throws {
        rows.batches[Int(batch.number.rawValue) - 1] = batch
    }

    func insert(_ code: StockCodeRecord) throws -> Bool {
        if code.isStanding, let fingerprint = code.fingerprint {
            let key = MemoryRows.Holding(fingerprint: fingerprint, platform: code.platform)
            guard rows.standingCodes[key] == nil else { return false }
            rows.standingCodes[key] = .init(batch: code.batch, position: code.position)
        }
        guard rows.stock[code.batch, default: []].count == code.position else {
            throw StoreError.broken("line \(code.position) is out of order")
        }
        rows.stock[code.batch, default: []].append(code)
        return true
    }

    func update(_ code: StockCodeRecord) throws {
        rows.stock[code.batch]?[code.position] = code
        guard !code.isStanding, let fingerprint = code.fingerprint else { return }
        let key = MemoryRows.Holding(fingerprint: fingerprint, platform: code.platform)
        if rows.standingCodes[key] == .init(batch: code.batch, position: code.position) {
            rows.standingCodes[key] = nil
        }
    }

    func stockCode(
        standingFor code: CardFingerprint,
        platform: PlatformNumber
    ) throws -> StockCodeRecord? {
        rows.standingCodes[.init(fingerprint: code, platform: platform)]
            .flatMap { rows.stock[$0.batch]?[$0.position] }
    }

    func stockCodes(
        beside code: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) throws -> [StockCodeRecord] {
        let beside = rows.stock.values.lazy.flatMap(\.self).filter {
            $0.fingerprint == code && $0.platform == platform && !$0.isStanding
        }
        return Array(beside.prefix(limit))
    }

    func stockCode(of item: ItemNumber) throws -> StockCodeRecord? {
        rows.stock.values.lazy.flatMap(\.self).first { $0.item == item }
    }

    func stockCodes(
        of batch: BatchNumber,
        from position: Int,
        limit: Int
    ) throws -> [StockCodeRecord] {
        Array(rows.stock[batch, default: []].dropFirst(position).prefix(limit))
    }

    func soldStockCodeCount(of batch: BatchNumber) throws -> Int {
        rows.stock[batch, default: []].count { $0.item != nil }
    }

    func soldStockCodes(
        of batch: BatchNumber,
        after position: Int,
        limit: Int
    ) throws -> [StockCodeRecord] {
        let sold = rows.stock[batch, default: []].lazy
            .filter { $0.position > position && $0.item != nil }
        return Array(sold.prefix(limit))
    }

    func insertStockNode(
        _ hash: TreeHash,
        level: Int,
        index: UInt64,
        batch: BatchNumber
    ) throws {
        let key = MemoryRows.StockLevel(batch: batch, level: level)
        guard rows.stockNodes[key, default: []].count == Int(index) else {
            throw StoreError.broken("node \(index) of a batch is out of order")
        }
        rows.stockNodes[key, default: []].append(hash)
    }

    func insertRecall(
        of batch: BatchNumber,
        to delivery: DeliveryID,
        at instant: Instant
    ) throws -> Bool {
        rows.recalls.insert(.init(batch: batch, delivery: delivery)).inserted
    }

    /// - Parameter held: the codes that only these items held; lines with them that were never
    ///   handed over are forgotten too.
    func forgetStock(of items: [ItemNumber], holding held: Set<MemoryRows.Holding>) {
        for (batch, codes) in rows.stock {
            for code in codes {
                let isHeld = code.fingerprint.map {
                    held.contains(.init(fingerprint: $0, platform: code.platform))
                }
                guard code.item.map(items.contains) ?? isHeld ?? false else { continue }
                if let fingerprint = code.fingerprint {
                    rows.standingCodes[
                        .init(fingerprint: fingerprint, platform: code.platform)] = nil
                }
                rows.stock[batch]?[code.position].item = nil
                rows.stock[batch]?[code.position].fingerprint = nil
                rows.stock[batch]?[code.position].isStanding = false
                rows.stock[batch]?[code.position].sealedCode = []
            }
        }
    }
}

extension MemoryStore {
    public func batch(_ id: BatchID) async throws(StoreError) -> StockBatchRecord? {
        reading { rows in rows.batches.first { $0.id == id } }
    }

    public func batch(_ number: BatchNumber) async throws(StoreError) -> StockBatchRecord? {
        reading { rows in rows.batches.first { $0.number == number } }
    }

    public func batches(
        platform: PlatformNumber?,
        after cursor: BatchID?,
        limit: Int
    ) async throws(StoreError) -> [StockBatchRecord] {
        reading { rows in
            let start = rows.batches.firstIndex { $0.id == cursor }.map { $0 + 1 } ?? 0
            let own = rows.batches[start...].filter {
                platform == nil || $0.platform == platform
            }
            return Array(own.prefix(limit))
        }
    }

    public func recallsUnderWay() async throws(StoreError) -> [StockBatchRecord] {
        reading { rows in rows.batches.filter { $0.toldThrough != nil } }
    }

    public func stockCode(
        of batch: BatchNumber,
        line: Int
    ) async throws(StoreError) -> StockCodeRecord? {
        reading { rows in rows.stock[batch]?.first { $0.line == line } }
    }

    public func stockNodes(
        of batch: BatchNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash] {
        reading { rows in
            let hashes =
                level == 0
                ? rows.stock[batch, default: []].map(\.hash)
                : rows.stockNodes[.init(batch: batch, level: level)] ?? []
            let upper = min(Int(range.upperBound), hashes.count)
            let lower = Int(range.lowerBound)
            return lower < upper ? Array(hashes[lower..<upper]) : []
        }
    }

    public func codeTrail(
        of fingerprint: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) async throws(StoreError) -> CodeTrail {
        reading { rows in
            let key = MemoryRows.Holding(fingerprint: fingerprint, platform: platform)
            let lines = rows.stock.sorted { $0.key < $1.key }.flatMap(\.value).filter {
                $0.fingerprint == fingerprint && $0.platform == platform
            }.sorted { $0.isStanding && !$1.isStanding }
            let numbers = (rows.codeRepeats[key] ?? [])
                .union([rows.holders[key]].compactMap(\.self))
                .union(lines.compactMap(\.item))
            let items = numbers.sorted { $0.rawValue < $1.rawValue }.prefix(limit).compactMap {
                rows.erasedItems.contains($0) ? nil : rows.items[Int($0.rawValue) - 1]
            }
            return CodeTrail(lines: Array(lines.prefix(limit)), items: items)
        }
    }
}
