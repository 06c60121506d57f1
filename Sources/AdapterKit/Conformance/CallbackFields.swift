import CardModel

/// The fields of a callback that came as a query or a form, and what a thief may do to them.
struct CallbackFields {
    /// A callback with one thing changed.
    struct Alteration {
        var callback: IssuerCallback
        /// Whether it was the signature that was changed.
        var isOfSignature: Bool
    }

    let callback: IssuerCallback
    private let pairs: [[UInt8]]
    private let isQuery: Bool

    init(_ callback: IssuerCallback) {
        self.callback = callback
        isQuery = !callback.rawQuery.isEmpty
        let bytes = isQuery ? callback.rawQuery : callback.body
        pairs = bytes.split(separator: UInt8(ascii: "&")).map(Array.init)
    }

    func name(_ index: Int) -> String {
        String(decoding: pairs[index].prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
    }

    private func value(_ index: Int) -> String {
        let value = pairs[index].drop { $0 != UInt8(ascii: "=") }.dropFirst()
        return String(decoding: value, as: UTF8.self)
    }

    /// As they came, still percent-encoded.
    var values: [String] { pairs.indices.map { value($0) } }

    /// Whether an amount stands in a field, in whatever unit.
    func names(_ amount: Money) -> Bool {
        let minor = amount.minorUnits
        let cents = minor % 100 < 10 ? "0\(minor % 100)" : "\(minor % 100)"
        return values.contains {
            ["\(minor)", "\(minor / 100)", "\(minor / 100).\(cents)"].contains($0)
        }
    }

    /// Where the signatures stand, which go by these names in the protocols we know.
    var signatures: [Int] {
        pairs.indices.filter { index in
            [
                "hmac", "mac", "md5string", "verifystring", "sign", "signstring", "signature",
                "sig",
                "signdata", "signmsg",
            ].contains(name(index).lowercased())
        }
    }

    func without(_ index: Int) -> IssuerCallback {
        var left = pairs
        left.remove(at: index)
        return with(left)
    }

    /// One letter or digit changed at every place, and each field emptied, said twice with two
    /// values, and with the value of its neighbour.
    var alterations: [Alteration] {
        let signatures = Set(signatures)
        return pairs.indices.flatMap { index in
            (altered(index) + exchanged(index)).map { changed in
                var all = pairs
                all[index] = changed
                return Alteration(callback: with(all), isOfSignature: signatures.contains(index))
            }
        }
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
