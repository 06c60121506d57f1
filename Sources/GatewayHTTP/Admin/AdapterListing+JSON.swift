public import AdapterKit
import CardModel
public import WireFormat

extension AdapterRegistry.Listing {
    /// What `adapter list` and `adapter describe` show.
    public var jsonValue: JSONValue {
        [
            "id": .string(id), "adapter": .string(descriptor.label),
            "name": descriptor.name.jsonValue, "kind": .string(descriptor.kind.rawValue),
            "origin": .string(origin.text), "ready": .bool(isReady),
            "missing_settings": .array(missingSettings.map { .string($0) }),
            "off": off.map { .string($0.rawValue) } ?? .null,
            "shadow": shadow.map { .string($0) } ?? .null,
            "not_tested_live": .bool(descriptor.notTestedLive),
            "formats": .array(descriptor.formats.map { .string($0) }),
            "operations": descriptor.operationsValue,
            "settlement": descriptor.settlement.jsonValue,
            "discloses_to": descriptor.disclosesTo?.jsonValue ?? .null,
            "canaries": .array(descriptor.canaries.map { .string($0.name) }),
            "limits": descriptor.limits.jsonValue,
            "settings": .array(descriptor.settings.map(\.jsonValue)),
            "answers": .array(descriptor.answers.map(\.jsonValue)),
        ]
    }
}

extension AdapterFactory.Origin {
    /// `built_in`, or the manifest's file.
    fileprivate var text: String {
        switch self {
        case .builtIn: "built_in"
        case .manifest(let file): file
        }
    }
}

extension AdapterDescriptor {
    fileprivate var operationsValue: JSONValue {
        .array(
            operations.sorted { $0.key.rawValue < $1.key.rawValue }.map { operation, effect in
                [
                    "operation": .string(operation.rawValue), "effect": .string(effect.rawValue),
                    "note": operationNotes[operation]?.jsonValue ?? .null,
                    "needs_consent": .bool(needsConsent(operation)),
                ]
            }
        )
    }
}

extension Settlement {
    fileprivate var jsonValue: JSONValue {
        [
            "query": .bool(byQuery), "callback": .bool(byCallback),
            "adapter": byAdapter.map { .string($0) } ?? .null,
            "note": note?.jsonValue ?? .null,
        ]
    }
}

extension AdapterLimits {
    fileprivate var jsonValue: JSONValue {
        [
            "concurrency": .integer(Int64(concurrency)),
            "requests_per_second": .decimal("\(requestsPerSecond)"),
            "burst": .integer(Int64(burst)),
            "timeout_seconds": .integer(Int64(timeout.wholeSeconds)),
            "response_bytes": .integer(Int64(responseBytes)),
            "skew_margin_seconds": .integer(Int64(skewMarginSeconds)),
        ]
    }
}

extension SettingDeclaration {
    fileprivate var jsonValue: JSONValue {
        [
            "name": .string(name), "kind": .string(kind.rawValue), "secret": .bool(isSecret),
            "required": .bool(isRequired),
            "default": defaultValue.map { .string($0) } ?? .null,
            "summary": summary?.jsonValue ?? .null,
        ]
    }
}

extension AnswerMeaning {
    fileprivate var jsonValue: JSONValue {
        [
            "answer": .string(answer), "words": words.jsonValue, "state": .string(state.rawValue),
            "cause": cause.map { .string($0.rawValue) } ?? .null,
        ]
    }
}
