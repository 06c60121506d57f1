import CardModel

/// A callback is believed only whole, authentic, and about its order.
extension ConformanceCase {
    static let callbacks: [ConformanceCase] = [
        ConformanceCase(
            "callback-names-its-order",
            zh: "回调指明订单",
            en: "the order a callback names is the one it is about",
            for: .callbacks
        ) { subject in
            guard case .callback(let callback, let order)? = subject.attacks.callback?.question,
                let adapter = subject.fresh as? any CallbackReadingAdapter
            else { return [] }
            let number = adapter.orderNumber(in: callback)
            return number == order.number ? [] : ["another order is named"]
        },
        ConformanceCase(
            "altered-callback",
            zh: "被改动的回调不被采信",
            en: "a callback that was changed after it was signed is refused",
            for: .callbacks
        ) { subject in
            guard case .callback(let callback, let order)? = subject.attacks.callback?.question,
                let expected = subject.attacks.callback?.expected
            else { return [] }
            var broken: Set<String> = []
            for bent in alterations(of: callback) {
                let outcome = await ConformanceOutcome.of(
                    .callback(bent, about: order),
                    subject.fresh,
                    using: silence
                )
                // A field that the protocol leaves unsigned may change, but not what follows.
                if outcome.refusal == nil, outcome.state != expected.state,
                    outcome.state != .indeterminate
                {
                    broken.insert("an altered callback gave `\(outcome.state.rawValue)`")
                }
                broken.formUnion(subject.leaks(outcome, order.inquiry))
            }
            return broken.sorted()
        },
        ConformanceCase(
            "callback-without-signature",
            zh: "没有签名的回调不被采信",
            en: "a callback without its signature is refused",
            for: .callbacks
        ) { subject in
            guard case .callback(let callback, let order)? = subject.attacks.callback?.question
            else { return [] }
            let fields = FormFields(callback)
            var broken: Set<String> = []
            for index in fields.pairs.indices {
                let outcome = await ConformanceOutcome.of(
                    .callback(fields.without(index), about: order),
                    subject.fresh,
                    using: silence
                )
                if fields.isSignature(index), outcome.refusal == nil {
                    broken.insert("a callback without `\(fields.name(index))` is believed")
                }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "replayed-callback",
            zh: "重复的回调得到同样的回应",
            en: "a callback that comes again hears the same and means the same",
            for: .callbacks
        ) { subject in
            guard let fixture = subject.attacks.callback else { return [] }
            let adapter = subject.fresh
            let first = await ConformanceOutcome.of(fixture.question, adapter, using: silence)
            let second = await ConformanceOutcome.of(fixture.question, adapter, using: silence)
            let isSame =
                first.acknowledgement == second.acknowledgement && first.state == second.state
                && first.disposition == second.disposition
            return isSame ? [] : ["the same callback gave two answers"]
        },
        ConformanceCase(
            "callback-for-another-order",
            zh: "关于其他订单的回调不被采信",
            en: "a callback about another order, card or amount is refused",
            for: .callbacks
        ) { subject in
            guard case .callback(let callback, let order)? = subject.attacks.callback?.question
            else { return [] }
            var other = order
            other.number = order.number == 1 ? 2 : order.number - 1
            let outcome = await ConformanceOutcome.of(
                .callback(callback, about: other),
                subject.fresh,
                using: silence
            )
            return outcome.refusal == nil ? ["another order's callback is believed"] : []
        },
        ConformanceCase(
            "rubbish-callback",
            zh: "乱码回调被拒绝",
            en: "rubbish is refused, and crashes nothing",
            for: .callbacks
        ) { subject in
            guard case .callback(let callback, let order)? = subject.attacks.callback?.question
            else { return [] }
            var broken: Set<String> = []
            for rubbish in rubbish {
                var bent = callback
                bent.rawQuery = rubbish
                bent.body = rubbish
                let outcome = await ConformanceOutcome.of(
                    .callback(bent, about: order),
                    subject.fresh,
                    using: silence
                )
                if outcome.refusal == nil { broken.insert("rubbish is believed") }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "hidden-callback",
            zh: "回调的记录不显示卡密",
            en: "what is kept of a callback shows no key",
            for: .callbacks
        ) { subject in
            guard let fixture = subject.attacks.callback else { return [] }
            return subject.leaks(await subject.answers(fixture), fixture.question.inquiry)
        },
    ]

    private static let rubbish: [[UInt8]] = [
        [], Array("%".utf8), Array("&&&==&".utf8), Array("a=%ZZ&b=%f".utf8),
        [UInt8](repeating: 0xFF, count: 300), Array("{\"a\":".utf8),
        Array(String(repeating: "a=1&", count: 5_000).utf8),
    ]

    /// A callback asks nobody.
    private static let silence = ScriptedIssuer(answers: [])

    /// The callback with one letter or digit changed, at every place of its query and body.
    private static func alterations(of callback: IssuerCallback) -> [IssuerCallback] {
        func altered(_ bytes: [UInt8]) -> [[UInt8]] {
            bytes.indices.compactMap { index in
                let byte = bytes[index]
                guard (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                else { return nil }
                var copy = bytes
                copy[index] =
                    byte == 0x37 ? 0x33 : (byte < 0x3A ? 0x37 : (byte == 0x71 ? 0x72 : 0x71))
                return copy
            }
        }
        return altered(callback.rawQuery).map { bytes in
            var bent = callback
            bent.rawQuery = bytes
            return bent
        }
            + altered(callback.body).map { bytes in
                var bent = callback
                bent.body = bytes
                return bent
            }
    }
}

extension ConformanceSubject {
    fileprivate var attacks: ConformanceFixtures.Attacks { fixtures.attacks }
}

/// The fields of a callback that came as a query or a form.
private struct FormFields {
    let callback: IssuerCallback
    let pairs: [[UInt8]]
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

    /// Signatures go by these names in the protocols we know.
    func isSignature(_ index: Int) -> Bool {
        ["hmac", "md5string", "verifystring", "sign", "signature"]
            .contains(name(index).lowercased())
    }

    func without(_ index: Int) -> IssuerCallback {
        var left = pairs
        left.remove(at: index)
        let bytes = Array(left.joined(separator: [UInt8(ascii: "&")]))
        var bent = callback
        if isQuery { bent.rawQuery = bytes } else { bent.body = bytes }
        return bent
    }
}
