import WireFormat

/// One kind of question that an adapter can put.
enum SandboxQuestion: String, Sendable, Hashable, CaseIterable {
    case voucherDetails = "GetVoucherDetails"
    case voucherHistory = "GetVoucherHistory"
    /// A call of the voucher server that is none of the above, or none at all.
    case otherVoucherCall = "other"
    case licenseValidation = "validate-key"

    var issuerProtocol: SandboxProtocol {
        switch self {
        case .voucherDetails, .voucherHistory, .otherVoucherCall: .ericssonVSIP
        case .licenseValidation: .keygen
        }
    }
}

/// How often what was asked: numbers only, nothing from which a code could be guessed.
struct CallCounts: Sendable {
    /// Where questions are counted that named no code.
    static let refused = "refused"

    private(set) var total = 0
    private(set) var states: [SandboxQuestion: [String: Int]] = [:]
    private(set) var faults: [String: Int] = [:]
    private var open = 0
    /// The most questions that were open at one time: an adapter's concurrency, seen from here.
    private(set) var concurrentMaximum = 0

    /// Redirects of ours that a caller followed; an adapter never does.
    private(set) var redirectsFollowed = 0

    mutating func redirectFollowed() { redirectsFollowed += 1 }

    mutating func began() {
        open += 1
        concurrentMaximum = max(concurrentMaximum, open)
    }

    mutating func ended() {
        open -= 1
    }

    mutating func count(_ question: SandboxQuestion, state: String, faults: [SandboxFault]) {
        total += 1
        states[question, default: [:]][state, default: 0] += 1
        for fault in faults { self.faults[fault.name, default: 0] += 1 }
    }

    /// Forgets what was counted, not what is still open.
    mutating func clear() {
        let open = open
        self = CallCounts()
        self.open = open
        concurrentMaximum = open
    }

    /// The answer of `GET /sandbox/calls`; members in a fixed order.
    var json: JSONValue {
        var operations = JSONObject()
        for question in SandboxQuestion.allCases {
            guard let counted = states[question] else { continue }
            operations["\(question.issuerProtocol.rawValue) \(question.rawValue)"] = [
                "total": .integer(Int64(counted.values.reduce(0, +))),
                "states": Self.json(counted),
            ]
        }
        return [
            "total": .integer(Int64(total)),
            "concurrent_max": .integer(Int64(concurrentMaximum)),
            "operations": .object(operations),
            "faults": Self.json(faults),
            "redirects_followed": .integer(Int64(redirectsFollowed)),
        ]
    }

    private static func json(_ numbers: [String: Int]) -> JSONValue {
        .object(
            JSONObject(
                numbers.sorted { $0.key < $1.key }
                    .map { .init(name: $0.key, value: .integer(Int64($0.value))) }
            )
        )
    }
}
