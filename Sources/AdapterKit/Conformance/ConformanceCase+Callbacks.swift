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
            let (_, callback, order) = try believed(by: subject)
            let adapter = subject.fresh as? any CallbackReadingAdapter
            let number = adapter?.orderNumber(in: callback)
            return number == order.number ? [] : ["another order is named"]
        },
        ConformanceCase(
            "altered-callback",
            zh: "被改动的回调不被采信",
            en: "a callback that was changed after it was signed is refused",
            for: .callbacks
        ) { subject in
            let (fixture, callback, order) = try believed(by: subject)
            let fields = subject.fields(of: callback)
            var broken: Set<String> = []
            for bent in fields.alterations {
                let outcome = await ConformanceOutcome.of(
                    .callback(bent.callback, about: order),
                    subject.fresh,
                    using: silence
                )
                // A field that the protocol leaves unsigned may change, but not what follows.
                if outcome.refusal == nil, bent.isOfSignature {
                    broken.insert("a callback with another signature is believed")
                } else if outcome.refusal == nil, outcome.state != fixture.expected.state,
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
            let (_, callback, order) = try believed(by: subject)
            let unsigned = subject.fields(of: callback).unsigned
            guard !unsigned.isEmpty else {
                return ["the callback has no field that is known to be a signature"]
            }
            var broken: Set<String> = []
            for (name, bent) in unsigned {
                let outcome = await ConformanceOutcome.of(
                    .callback(bent, about: order),
                    subject.fresh,
                    using: silence
                )
                if outcome.refusal == nil {
                    broken.insert("a callback without `\(name)` is believed")
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
            let fixture = try subject.required(subject.fixtures.attacks.callback)
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
            let (_, callback, order) = try believed(by: subject)
            var broken: Set<String> = []
            for (what, other) in otherOrders(than: order, namedIn: subject.fields(of: callback)) {
                let outcome = await ConformanceOutcome.of(
                    .callback(callback, about: other),
                    subject.fresh,
                    using: silence
                )
                if outcome.refusal == nil { broken.insert("another \(what) is believed") }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "rubbish-callback",
            zh: "乱码回调被拒绝",
            en: "rubbish is refused, and crashes nothing",
            for: .callbacks
        ) { subject in
            let (_, callback, order) = try believed(by: subject)
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
            let fixture = try subject.required(subject.fixtures.attacks.callback)
            return subject.leaks(await subject.answers(fixture), fixture.question.inquiry)
        },
    ]

    /// The callback that attacks bend, and the order it is about.
    private static func believed(
        by subject: ConformanceSubject
    ) throws -> (ConformanceFixture, IssuerCallback, RedemptionOrder) {
        let fixture = try subject.required(subject.fixtures.attacks.callback)
        guard case .callback(let callback, let order) = fixture.question else {
            throw NotApplicable(
                zh: "样例指定的不是回调",
                en: "the fixtures name no callback to start from"
            )
        }
        return (fixture, callback, order)
    }

    private static let rubbish: [[UInt8]] = [
        [], Array("%".utf8), Array("&&&==&".utf8), Array("a=%ZZ&b=%f".utf8),
        [UInt8](repeating: 0xFF, count: 300), Array("{\"a\":".utf8),
        Array(String(repeating: "a=1&", count: 5_000).utf8),
    ]

    /// A callback asks nobody.
    private static let silence = ScriptedIssuer(answers: [])

    /// Orders that a callback is not about: of another number, and of another serial and face
    /// value where the callback names those.
    private static func otherOrders(
        than order: RedemptionOrder,
        namedIn fields: CallbackFields
    ) -> [(String, RedemptionOrder)] {
        var number = order
        number.number = order.number == 1 ? 2 : order.number - 1
        var others = [("order's callback", number)]
        if let serial = order.inquiry.code.serial?.text, fields.values.contains(serial) {
            var other = order
            other.inquiry.code.serial = SerialNumber(neighbour(of: serial))
            others.append(("card's serial", other))
        }
        if let value = order.inquiry.faceValue, fields.names(value) {
            var other = order
            other.inquiry.faceValue = Money(
                minorUnits: value.minorUnits * 2,
                currency: value.currency
            )
            others.append(("amount", other))
        }
        return others
    }
}

extension ConformanceSubject {
    fileprivate func fields(of callback: IssuerCallback) -> CallbackFields {
        CallbackFields(callback, signature: fixtures.attacks.callbackSignature)
    }
}
