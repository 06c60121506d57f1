import CardModel
import WireFormat

/// The fields of a callback that came as a query, a form or JSON, with a signature among them or
/// in a header, and what a thief may do to them.
struct CallbackFields {
    /// A callback with one thing changed.
    struct Alteration {
        var callback: IssuerCallback
        /// Whether it was the signature that was changed.
        var isOfSignature: Bool
    }

    let callback: IssuerCallback
    /// The field or header that bears the signature, where the fixtures name it.
    private let signature: String?
    private let pairs: [[UInt8]]
    private let json: JSONValue?
    private let isQuery: Bool

    init(_ callback: IssuerCallback, signature: String?) {
        self.callback = callback
        self.signature = signature?.lowercased()
        isQuery = !callback.rawQuery.isEmpty
        json = isQuery ? nil : (try? JSONValue.parse(callback.body))
        let bytes = isQuery ? callback.rawQuery : callback.body
        pairs = json == nil ? bytes.split(separator: UInt8(ascii: "&")).map(Array.init) : []
    }

    /// By these names signatures go in the protocols we know.
    private static let knownSignatures: Set<String> = [
        "hmac", "mac", "md5string", "verifystring", "sign", "signstring", "signature", "sig",
        "signdata", "signmsg",
    ]

    private func isSignature(_ name: String) -> Bool {
        signature.map { $0 == name.lowercased() }
            ?? Self.knownSignatures.contains(name.lowercased())
    }

    /// As they came; those of a query or a form are still percent-encoded.
    var values: [String] {
        pairs.indices.map { value($0) } + leaves.map { Self.text($0.value) }
    }

    /// Whether an amount stands in a field, in whatever unit.
    func names(_ amount: Money) -> Bool {
        let minor = amount.minorUnits
        let cents = minor % 100 < 10 ? "0\(minor % 100)" : "\(minor % 100)"
        return values.contains {
            ["\(minor)", "\(minor / 100)", "\(minor / 100).\(cents)"].contains($0)
        }
    }

    /// The callback without its signature, once for each place where one stands.
    var unsigned: [(name: String, callback: IssuerCallback)] {
        let fields = pairs.indices.filter { isSignature(name($0)) }.map { index in
            var left = pairs
            left.remove(at: index)
            return (name(index), with(left))
        }
        let members = leaves.filter { $0.name.map(isSignature) == true }.map { leaf in
            (leaf.name ?? "", with(leaf.replacing(nil)))
        }
        let headers = signatureHeaders.map { index in
            var bent = callback
            bent.headers.remove(at: index)
            return (callback.headers[index].name, bent)
        }
        return fields + members + headers
    }

    /// One letter or digit changed at every place, and each field emptied, said twice with two
    /// values, and with the value of its neighbour.
    var alterations: [Alteration] {
        let fields = pairs.indices.flatMap { index in
            (altered(index) + exchanged(index)).map { changed in
                var all = pairs
                all[index] = changed
                return Alteration(callback: with(all), isOfSignature: isSignature(name(index)))
            }
        }
        return fields + alteredLeaves + alteredHeaders
    }
}

// MARK: - Queries and forms

extension CallbackFields {
    private func name(_ index: Int) -> String {
        String(decoding: pairs[index].prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
    }

    private func value(_ index: Int) -> String {
        let value = pairs[index].drop { $0 != UInt8(ascii: "=") }.dropFirst()
        return String(decoding: value, as: UTF8.self)
    }

    private func altered(_ index: Int) -> [[UInt8]] {
        let pair = pairs[index]
        let start = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.startIndex
        return pair.indices.compactMap { place in
            let isCapital = (0x41...0x5A).contains(pair[place])
            guard AnswerSignature.isPlain(pair[place]) || isCapital && place > start
            else { return nil }
            var changed = pair
            changed[place] = AnswerSignature.other(pair[place])
            return changed
        }
    }

    private func exchanged(_ index: Int) -> [[UInt8]] {
        let name = Array("\(self.name(index))=".utf8)
        let next = value((index + 1) % pairs.count)
        guard !value(index).isEmpty, next != value(index) else { return [] }
        return [
            name, name + Array(next.utf8), pairs[index] + Array("&".utf8) + name + Array("7".utf8),
        ]
    }

    private func with(_ pairs: [[UInt8]]) -> IssuerCallback {
        let bytes = Array(pairs.joined(separator: [UInt8(ascii: "&")]))
        var bent = callback
        if isQuery { bent.rawQuery = bytes } else { bent.body = bytes }
        return bent
    }
}

// MARK: - JSON and headers

extension CallbackFields {
    private var leaves: [JSONValue.Place] { json?.places.filter(\.isLeaf) ?? [] }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
    }

    private var alteredLeaves: [Alteration] {
        let leaves = leaves
        return leaves.indices.flatMap { index in
            let leaf = leaves[index]
            let next = leaves[(index + 1) % leaves.count].value
            let others = Self.altered(leaf.value) + (next == leaf.value ? [] : [next, .string("")])
            return others.map { other in
                Alteration(
                    callback: with(leaf.replacing(other)),
                    isOfSignature: leaf.name.map(isSignature) == true
                )
            }
        }
    }

    /// A text or a number with one letter or digit changed at every place.
    private static func altered(_ value: JSONValue) -> [JSONValue] {
        let bytes = Array(text(value).utf8)
        return bytes.indices.filter { AnswerSignature.isPlain(bytes[$0]) }.compactMap { index in
            var changed = bytes
            changed[index] = AnswerSignature.other(changed[index])
            if value.stringValue == nil { return try? JSONValue.parse(changed) }
            return .string(String(decoding: changed, as: UTF8.self))
        }
    }

    private func with(_ json: JSONValue) -> IssuerCallback {
        var bent = callback
        bent.body = json.serialized()
        return bent
    }

    private var signatureHeaders: [Int] {
        callback.headers.indices.filter { isSignature(callback.headers[$0].name) }
    }

    private var alteredHeaders: [Alteration] {
        signatureHeaders.flatMap { index in
            AnswerSignature.bent(callback.headers[index].value).map { value in
                var bent = callback
                bent.headers[index].value = value
                return Alteration(callback: bent, isOfSignature: true)
            }
        }
    }
}
