import CardModel
import WireFormat

/// A text with places for what an inquiry and the settings provide: `{settings.base_url}/v1/{key}`.
///
/// `{{` and `}}` stand for the braces themselves. A place that ends in `?` is optional: when it has
/// no value, the member, header or parameter that holds it is left out.
struct TextTemplate: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        case key
        case serial
        case product
        case faceValueMinor
        case faceValueCurrency
        case askedAt
        case setting(String)
        case secret(String)

        /// The places without a prefix, as written.
        static let plain: [String: Place] = [
            "key": .key, "serial": .serial, "product": .product,
            "face_value.minor": .faceValueMinor, "face_value.currency": .faceValueCurrency,
            "asked_at": .askedAt,
        ]

        var isSecret: Bool {
            switch self {
            case .key, .secret: true
            case .serial, .product, .faceValueMinor, .faceValueCurrency, .askedAt, .setting: false
            }
        }

        /// How the place is written.
        var name: String {
            switch self {
            case .key: "key"
            case .serial: "serial"
            case .product: "product"
            case .faceValueMinor: "face_value.minor"
            case .faceValueCurrency: "face_value.currency"
            case .askedAt: "asked_at"
            case .setting(let name): "settings.\(name)"
            case .secret(let name): "secrets.\(name)"
            }
        }
    }

    enum Part: Sendable, Hashable {
        case literal(String)
        case place(Place, isOptional: Bool)
    }

    var parts: [Part]

    /// What the places are filled with.
    struct Values: Sendable {
        var inquiry: Inquiry
        var settings: [String: String]
        var secrets: [String: SecretValue]
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
                guard let value = Self.value(of: place, in: values), !value.isEmpty else {
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
        switch place {
        case .key: values.inquiry.askedCode.key.withUnredacted { $0 }
        case .serial: values.inquiry.askedCode.serial?.text
        case .product: values.inquiry.product
        case .faceValueMinor: values.inquiry.faceValue.map { String($0.minorUnits) }
        case .faceValueCurrency: values.inquiry.faceValue?.currency
        case .askedAt: values.inquiry.askedAt.rfc3339
        case .setting(let name): values.settings[name]
        case .secret(let name): values.secrets[name]?.withUnredacted { $0 }
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
        case .key, .serial, .product, .faceValueMinor, .faceValueCurrency, .askedAt:
            AdapterError(
                code: .inquiry,
                message: "this issuer is asked with `{\(place.name)}`, and the delivery has none",
                cause: .ourRequest
            )
        }
    }
}
