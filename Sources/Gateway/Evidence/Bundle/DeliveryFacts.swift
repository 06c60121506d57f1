import CardModel
import WireFormat

/// What the notices of a delivery said, put together from their opened entries.
struct DeliveryFacts {
    /// The fields of each delivery entry, the first notice first.
    private let notices: [MaterialEntry]
    /// What the first notice of a line said of it.
    private var lines: [Int64: JSONObject] = [:]

    init(_ material: BundleMaterial) { self.init(material.entries) }

    /// - Parameter entries: of one delivery.
    init(_ entries: [MaterialEntry]) {
        notices = entries.filter { $0.type == .delivery }
        for record in notices.compactMap(\.record) {
            for fields in record.items.isEmpty ? [record.fields] : record.items {
                guard let line = fields["line"]?.integerValue, lines[line] == nil else { continue }
                lines[line] = fields
            }
        }
    }

    /// Entries that tell of the delivery.
    var sources: [UInt64] { notices.map(\.index) }

    /// The first notice's word on a field that says something.
    subscript(name: String) -> JSONValue? {
        notices.lazy.compactMap { $0[name] }.first { !$0.isNull }
    }

    /// The same of the order.
    func order(_ name: String) -> JSONValue? {
        notices.lazy.compactMap { $0["order"]?[name] }.first { !$0.isNull }
    }

    var paid: Money? { order("paid").flatMap { Money(jsonValue: $0) } }

    /// What the notice said of a line: serial, last four of the key.
    func item(line: Int) -> JSONObject? { lines[Int64(line)] }
}
