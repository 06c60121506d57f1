/// The one parameter of `GetVoucherDetails` and `GetVoucherHistory`.
struct VoucherRequest: Sendable, Equatable {
    /// The serial number or the activation code, whichever was sent.
    let identifier: String
    let isActivationCode: Bool

    var activationCode: String? { isActivationCode ? identifier : nil }

    /// A fault that the request earns.
    struct Refusal: Error, Sendable, Equatable {
        let code: Int
    }

    /// - Throws: 1000 for both or unknown members, 1001 for neither, 1002 for the wrong type,
    ///   1003 for symbols or
    ///   a length outside the protocol's bounds.
    init(_ call: XMLRPCCall) throws(Refusal) {
        guard call.parameters.count == 1 else {
            throw Refusal(code: call.parameters.isEmpty ? 1001 : 1000)
        }
        guard case .structure(let members) = call.parameters[0] else { throw Refusal(code: 1002) }
        let known = ["serialNumber", "activationCode", "networkOperatorId"]
        guard members.members.allSatisfy({ known.contains($0.name) }) else {
            throw Refusal(code: 1000)
        }
        if let operatorID = members["networkOperatorId"], Self.text(operatorID) == nil {
            throw Refusal(code: 1002)
        }
        switch (members["serialNumber"], members["activationCode"]) {
        case (nil, nil): throw Refusal(code: 1001)
        case (_?, _?): throw Refusal(code: 1000)
        case (let serial?, nil):
            identifier = try Self.bounded(serial) { Self.isDigit($0) || Self.isLetter($0) }
            isActivationCode = false
        case (nil, let code?):
            identifier = try Self.bounded(code, Self.isDigit)
            isActivationCode = true
        }
    }

    /// Both identifiers have 8 to 20 symbols.
    fileprivate static func bounded(
        _ value: XMLRPCValue,
        _ isAllowed: (UInt8) -> Bool
    ) throws(Refusal) -> String {
        guard let text = text(value) else { throw Refusal(code: 1002) }
        guard (8...20).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed) else {
            throw Refusal(code: 1003)
        }
        return text
    }

    private static func text(_ value: XMLRPCValue) -> String? {
        if case .string(let text) = value { text } else { nil }
    }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39) ~= byte }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A) ~= byte || (0x61...0x7A) ~= byte
    }
}

/// The one parameter of `LoadVoucherCheck`.
struct SerialRange: Sendable, Equatable {
    let first: String
    let last: String

    /// - Throws: as ``VoucherRequest``; 1003 also for a range that does not run forwards.
    init(_ call: XMLRPCCall) throws(VoucherRequest.Refusal) {
        guard call.parameters.count == 1 else {
            throw VoucherRequest.Refusal(code: call.parameters.isEmpty ? 1001 : 1000)
        }
        guard case .structure(let members) = call.parameters[0] else {
            throw VoucherRequest.Refusal(code: 1002)
        }
        let known = ["serialNumberFirst", "serialNumberLast", "networkOperatorId"]
        guard members.members.allSatisfy({ known.contains($0.name) }) else {
            throw VoucherRequest.Refusal(code: 1000)
        }
        guard let first = members["serialNumberFirst"], let last = members["serialNumberLast"]
        else { throw VoucherRequest.Refusal(code: 1001) }
        self.first = try VoucherRequest.bounded(first, VoucherRequest.isDigit)
        self.last = try VoucherRequest.bounded(last, VoucherRequest.isDigit)
        guard self.first.utf8.count == self.last.utf8.count, self.first <= self.last else {
            throw VoucherRequest.Refusal(code: 1003)
        }
    }
}
