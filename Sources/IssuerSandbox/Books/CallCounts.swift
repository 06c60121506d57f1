import WireFormat

/// One kind of question that an adapter can put.
struct SandboxQuestion: Sendable, Hashable {
    let issuerProtocol: SandboxProtocol
    /// As the protocol names the operation.
    let name: String

    init(_ issuerProtocol: SandboxProtocol, _ name: String) {
        self.issuerProtocol = issuerProtocol
        self.name = name
    }

    var label: String { "\(issuerProtocol.rawValue) \(name)" }
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
    /// Inquiries that asked for a use to be counted; an adapter's never do.
    var usesCounted = 0
    var redemptions = RedemptionCounts()
    var callbacksSent = 0
    var callbacksAcknowledged = 0

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
    func json(orders: JSONValue) -> JSONValue {
        [
            "total": .integer(Int64(total)),
            "concurrent_max": .integer(Int64(concurrentMaximum)),
            "operations": .object(operations),
            "faults": Self.json(faults),
            "redirects_followed": .integer(Int64(redirectsFollowed)),
            "uses_counted": .integer(Int64(usesCounted)),
            "redemptions": redemptions.json,
            "orders": orders,
            "callbacks": [
                "sent": .integer(Int64(callbacksSent)),
                "acknowledged": .integer(Int64(callbacksAcknowledged)),
            ],
        ]
    }

    private var operations: JSONObject {
        var operations = JSONObject()
        for (question, counted) in states.sorted(by: { $0.key.label < $1.key.label }) {
            operations[question.label] = [
                "total": .integer(Int64(counted.values.reduce(0, +))),
                "states": Self.json(counted),
            ]
        }
        return operations
    }

    static func json(_ numbers: [String: Int]) -> JSONValue {
        .object(
            JSONObject(
                numbers.sorted { $0.key < $1.key }
                    .map { .init(name: $0.key, value: .integer(Int64($0.value))) }
            )
        )
    }
}

/// What consuming questions did to cards, as the issuer's own accounts show it.
struct RedemptionCounts: Sendable {
    /// Requests to take a card's value, refused ones included.
    var requests = 0
    /// Cards whose value was taken.
    var codesRedeemed = 0
    /// Cards that were handed in more than once, under whatever number.
    var codesSubmittedAgain = 0
    /// Cards that somebody tried to redeem again after their value had been taken: twice the
    /// loss, had the issuer not refused.
    var codesRedeemedTwice = 0

    var json: JSONValue {
        [
            "requests": .integer(Int64(requests)),
            "codes_redeemed": .integer(Int64(codesRedeemed)),
            "submitted_again": .integer(Int64(codesSubmittedAgain)),
            "redeemed_twice": .integer(Int64(codesRedeemedTwice)),
        ]
    }
}
