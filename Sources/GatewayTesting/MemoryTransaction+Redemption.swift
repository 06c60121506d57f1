import AdapterKit
import CardModel
import Gateway
import WireFormat

extension MemoryTransaction {
    func insert(_ consent: ConsentRecord) throws -> Bool {
        guard rows.consent(consent.id) == nil else { throw TakenIdentifier() }
        if let key = consent.idempotency?.key, try self.consent(of: consent.item, key: key) != nil {
            return false
        }
        rows.consents.append(consent)
        return true
    }

    func forget(_ consent: ConsentID) throws { rows.consents.removeAll { $0.id == consent } }

    func consent(_ id: ConsentID) throws -> ConsentRecord? { rows.consent(id) }

    func consent(of item: ItemNumber, key: String) throws -> ConsentRecord? {
        rows.consents.first { $0.item == item && $0.idempotency?.key == key }
    }

    func consent(
        of item: ItemNumber,
        for operation: AdapterOperation
    ) throws -> ConsentRecord? {
        rows.consent(of: item, for: operation)
    }

    func consentCount(of item: ItemNumber) throws -> Int {
        rows.consents.count { $0.item == item }
    }

    func insert(_ order: RedemptionRecord) throws -> Bool {
        guard rows.redemption(order.number) == nil else { throw TakenIdentifier() }
        let isHeld = rows.redemptions.contains {
            $0.holdsCode && $0.fingerprint == order.fingerprint && $0.platform == order.platform
        }
        guard !order.holdsCode || !isHeld else { return false }
        rows.redemptions.append(order)
        return true
    }

    func redemption(_ number: RedemptionNumber) throws -> RedemptionRecord? {
        rows.redemption(number)
    }

    func redemptions(of item: ItemNumber) throws -> [RedemptionRecord] {
        rows.redemptions.filter { $0.item == item }
    }

    func update(_ order: RedemptionRecord) throws {
        for index in rows.redemptions.indices where rows.redemptions[index].number == order.number {
            rows.redemptions[index] = order
        }
    }

    func hasCallback(_ digest: [UInt8], of order: RedemptionNumber) throws -> Bool {
        rows.callbacks[order]?.contains(digest) ?? false
    }

    func insertCallback(_ digest: [UInt8], of order: RedemptionNumber, at: Instant) throws {
        guard rows.callbacks[order, default: []].insert(digest).inserted else {
            throw TakenIdentifier()
        }
    }

    func callbackCount(of order: RedemptionNumber) throws -> Int {
        rows.callbacks[order]?.count ?? 0
    }
}

extension MemoryRows {
    func consent(_ id: ConsentID) -> ConsentRecord? { consents.first { $0.id == id } }

    func consent(of item: ItemNumber, for operation: AdapterOperation) -> ConsentRecord? {
        consents.last { $0.item == item && $0.operation == operation }
    }

    func redemption(_ number: RedemptionNumber) -> RedemptionRecord? {
        redemptions.first { $0.number == number }
    }
}
