import CardModel

/// Finds what is wrong with a code that the hot loop did not pass. Slow and careful; few lines
/// come here.
struct CodeFault {
    let code: RecordParser.ParsedCode
    let marks: (serial: FieldNormaliser.Marks, key: FieldNormaliser.Marks)
    let format: CardFormat
    let requiresSerial: Bool

    /// The first fault in the order a person would look, or nil when there is none.
    var first: Malformation? {
        if let unreadable { return unreadable }
        if requiresSerial, code.serial.isEmpty { return Malformation(.serialMissing) }
        if code.key.isEmpty { return Malformation(.keyMissing) }
        if [code.serial, code.key].contains(where: SpreadsheetErrors.contains) {
            return Malformation(.spreadsheetError)
        }
        let serial = String(decoding: code.serial, as: UTF8.self)
        let card = CardCode(
            serial: serial.isEmpty ? nil : SerialNumber(serial),
            key: CardKey(String(decoding: code.key, as: UTF8.self))
        )
        guard let finding = format.findings(in: card).first(where: { !$0.isAdvisory }) else {
            return nil
        }
        var malformation = Malformation(finding)
        malformation.repair = repair(finding)
        return malformation
    }

    /// The one edit that makes the code plausible, nil when there is none. The other part must be
    /// good as it is.
    private func repair(_ finding: FormatFinding) -> Repair? {
        switch finding.defect {
        case .missing, .spreadsheetExponent, .spreadsheetZeros, .mojibake, .markup,
            .unknownPrefix, .partsSwapped:
            return nil
        case .wrongLength, .foreignSymbol, .checkDigitFailed: break
        }
        switch finding.part {
        case .serial:
            guard let rule = format.serial, format.key.accepts(UnsafeRawBufferPointer(code.key))
            else { return nil }
            return rule.repair(of: Array(code.serial)).map { Repair($0, of: .serial) }
        case .key:
            let isSerialGood =
                code.serial.isEmpty
                || format.serial?.accepts(UnsafeRawBufferPointer(code.serial)) ?? true
            guard isSerialGood else { return nil }
            return format.key.repair(of: Array(code.key)).map { Repair($0, of: .key) }
        }
    }

    /// Faults of the text itself.
    private var unreadable: Malformation? {
        let both = marks.serial.union(marks.key)
        if marks.serial.contains(.tooLong) { return Malformation(.serialTooLong) }
        if marks.key.contains(.tooLong) { return Malformation(.keyTooLong) }
        if both.contains(.notUTF8) { return Malformation(.notUTF8) }
        return both.contains(.controlCharacter) ? Malformation(.controlCharacter) : nil
    }
}

/// What spreadsheets show in place of a value that they could not work out
/// (ECMA-376-1, 18.17.3 Error values, and those that Excel added).
enum SpreadsheetErrors {
    private static let texts: [[UInt8]] = [
        "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA",
        "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!",
    ].map { Array($0.utf8) }

    static func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.first == 0x23 && texts.contains { $0.elementsEqual(text) }
    }
}

extension Malformation {
    /// A format's finding, without the symbols it may have been misread from: they would show a
    /// part of the key.
    init(_ finding: FormatFinding) {
        let isSerial = finding.part == .serial
        switch finding.defect {
        case .missing: self.init(isSerial ? .serialMissing : .keyMissing)
        case .wrongLength(let count, let allowed):
            self.init(
                isSerial ? .serialLength : .keyLength,
                count,
                least: allowed.ranges.first?.lowerBound ?? 0,
                most: allowed.ranges.last?.upperBound ?? 0
            )
            hasGap = allowed.ranges.count == 2 && allowed.ranges.allSatisfy { $0.count == 1 }
        case .foreignSymbol(let position, _):
            self.init(isSerial ? .serialSymbol : .keySymbol, position)
        case .unknownPrefix: self.init(isSerial ? .serialSymbol : .keySymbol, 1)
        case .partsSwapped: self.init(.swapped)
        case .spreadsheetExponent, .spreadsheetZeros: self.init(.spreadsheetNumber)
        case .mojibake: self.init(.mojibake)
        case .markup: self.init(.markup)
        case .checkDigitFailed: self.init(isSerial ? .serialCheckDigit : .keyCheckDigit)
        }
    }
}
