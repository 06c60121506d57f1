import Gateway

/// Intake in a few dictionaries: what repeats, what joins, what is a duplicate of what. Written
/// from the contract alone, without the ledger's rows.
struct DuplicateModel {
    struct Code: Hashable {
        var serial: Int?
        var key: Int
    }
    struct Place: Hashable {
        var order: Int
        var line: Int
        var code: Code
    }
    struct Notice: Hashable {
        struct Item: Hashable {
            var line: Int
            var code: Code
        }
        var order: Int
        var stage: DeliveryStage
        var items: [Item]
    }
    enum Outcome: Equatable {
        case repeated
        case refused
        case committed([ItemOutcome])
    }
    enum ItemOutcome: Equatable {
        case fresh
        case repeats
        /// With the order and line of the first holder.
        case duplicate(order: Int, line: Int)
    }

    private var bodies: [Int: Notice] = [:]
    /// Whether a known item was received, or only dispensed.
    private var isReceived: [Place: Bool] = [:]
    /// In the order of their first appearance: the earliest holder is named.
    private var order: [Place] = []
    private var holderOfCode: [Code: Place] = [:]
    private var holderOfKey: [Int: Place] = [:]

    mutating func admit(_ notice: Notice, webhook: Int) -> Outcome {
        if let body = bodies[webhook] { return body == notice ? .repeated : .refused }
        bodies[webhook] = notice
        return .committed(notice.items.map { admit($0, of: notice) })
    }

    private mutating func admit(_ item: Notice.Item, of notice: Notice) -> ItemOutcome {
        let place = Place(order: notice.order, line: item.line, code: item.code)
        if let received = isReceived[place], received || notice.stage == .dispense {
            return .repeats
        }
        if isReceived[place] == nil { order.append(place) }
        isReceived[place] = notice.stage == .receipt
        if notice.stage == .receipt {
            holderOfCode[item.code] = holderOfCode[item.code] ?? place
            holderOfKey[item.code.key] = holderOfKey[item.code.key] ?? place
        }
        let holders = [holderOfCode[item.code], holderOfKey[item.code.key]].compactMap { $0 }
        let others = order.filter { $0 != place && holders.contains($0) }
        guard let first = others.first else { return .fresh }
        return .duplicate(order: first.order, line: first.line)
    }
}
