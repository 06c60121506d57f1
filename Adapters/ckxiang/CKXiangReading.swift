import AdapterKit
import CardModel
import WireFormat

/// `status` of a test.
enum CKXiangStatus: String, CaseIterable {
    case waiting = "0"
    case testing = "1"
    case valid = "2"
    case invalid = "3"
    case redeemed = "4"
    case failed = "5"
    case outOfPoints = "6"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    var meaning: WordMeaning {
        switch self {
        case .valid: .decided(.okUnused)
        case .redeemed: .decided(.used)
        case .waiting, .testing: .undecided(.inProgress)
        // A wrong number, a wrong PIN, a card that never was, another region.
        case .invalid: .undecided(.ambiguousAnswer)
        case .failed: .undecided(.issuerUnavailable)
        case .outOfPoints: .undecided(.ourAccount)
        case .unknown: .undecided(.unmapped)
        }
    }
}

/// Answers of the service.
enum CKXiangReading {
    /// What the service says of a signature it cannot verify.
    private static let badSignature = "验签失败"

    /// The answer's JSON.
    ///
    /// - Throws: `AnswerScreening.Objection` when it cannot be the service's.
    static func json(
        of response: OutboundResponse,
        askedAt: Instant
    ) throws(AnswerScreening.Objection) -> JSONValue {
        let answer = try JSONAnswer(response, askedAt: askedAt)
        guard answer.status == 200, answer["/code"]?.lexeme != nil else {
            throw AnswerScreening.unreadable(response, "the body is not the service's")
        }
        return answer.json
    }

    /// Why an answer other than code 200 decides nothing.
    static func refusal(_ json: JSONValue) -> IndeterminateCause {
        json["msg"]?.stringValue?.contains(badSignature) == true ? .ourAccount : .unmapped
    }

    /// Answers hold the card encrypted; what is kept does not.
    static func withoutData(_ response: OutboundResponse) -> [UInt8] {
        var kept: [UInt8] = []
        var run: [UInt8] = []
        for byte in response.body {
            if isHexadecimal(byte) {
                run.append(byte)
                continue
            }
            kept += run.count >= shortestData ? Array(Scrubber.mark.utf8) : run
            kept.append(byte)
            run = []
        }
        return kept + (run.count >= shortestData ? Array(Scrubber.mark.utf8) : run)
    }

    /// Two blocks of DES in hexadecimal: nothing else in an answer is that long.
    private static let shortestData = 32

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
