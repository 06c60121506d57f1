import CardModel
import WireFormat

/// A text with places for what an inquiry and the settings provide: `{settings.base_url}/v1/{key}`.
///
/// `{{` and `}}` stand for the braces themselves. A place that ends in `?` is optional: when it has
/// no value, the member, header or parameter that holds it is left out.
struct TextTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal(String)
        case place(Place, isOptional: Bool)
    }

    var parts: [Part]

    /// What the places are filled with.
    struct Values: Sendable {
        /// Nil while only the configuration is known.
        var inquiry: Inquiry?
        var settings: [String: String]
        var secrets: [String: SecretValue]
        /// Of the message that is being signed or verified.
        var message: [MessagePart: String] = [:]

        init(inquiry: Inquiry?, setup: AdapterSetup) {
            self.inquiry = inquiry
            settings = setup.settings
            secrets = setup.secrets
        }
    }

    /// A filled text, and which parts of it must not be shown.
    struct Filled {
        var text = ""
        var secretParts: [String] = []
    }

    /// Fills every place; nil when an optional one has no value.
    ///
    /// - Parameter encode: applied to the places' values, not to the literal text. The first
    ///   place of a URL is a base address and comes as it is (`encodesFirstPlace` false).
    func filled(
        with values: Values,
        encodesFirstPlace: Bool = true,
        encode: (String) -> String = { $0 }
    ) throws(AdapterError) -> Filled? {
        var result = Filled()
        for (index, part) in parts.enumerated() {
            switch part {
            case .literal(let text): result.text += text
            case .place(let place, let isOptional):
                guard let value = Self.value(of: place, in: values),
                    !value.isEmpty || place.mayBeEmpty
                else {
                    if isOptional { return nil }
                    throw Self.missing(place)
                }
                let written = index == 0 && !encodesFirstPlace ? value : encode(value)
                result.text += written
                if place.isSecret { result.secretParts.append(written) }
            }
        }
        return result
    }

    /// Whether any place holds a key or credential.
    var holdsSecret: Bool {
        parts.contains { part in
            switch part {
            case .literal: false
            case .place(let place, _): place.isSecret
            }
        }
    }

    private static func value(of place: Place, in values: Values) -> String? {
        let inquiry = values.inquiry
        return switch place {
        case .key: inquiry?.askedCode.key.withUnredacted { $0 }
        case .serial: inquiry?.askedCode.serial?.text
        case .product: inquiry?.product
        case .faceValueMinor: inquiry?.faceValue.map { String($0.minorUnits) }
        case .faceValueCurrency: inquiry?.faceValue?.currency
        case .issuerReference: inquiry?.issuerReference?.withUnredacted { $0 }
        case .nonce: inquiry.map { String($0.nonce) }
        case .askedAt(let notation): inquiry.map { notation.text($0.askedAt, $0.zone) }
        case .setting(let name): values.settings[name]
        case .secret(let name): values.secrets[name]?.withUnredacted { $0 }
        case .message(let part): values.message[part]
        }
    }

    private static func missing(_ place: Place) -> AdapterError {
        switch place {
        case .setting, .secret:
            AdapterError(
                code: .settings,
                message: "the setting `\(place.name)` is not configured",
                cause: .ourAccount
            )
        case .key, .serial, .product, .faceValueMinor, .faceValueCurrency, .issuerReference,
            .nonce, .askedAt, .message:
            AdapterError(
                code: .inquiry,
                message: "this issuer is asked with `{\(place.name)}`, and the delivery has none",
                cause: .ourRequest
            )
        }
    }
}

extension TextTemplate.Place {
    /// A message without a body or a query is signed as it is.
    fileprivate var mayBeEmpty: Bool {
        if case .message = self { true } else { false }
    }
}
