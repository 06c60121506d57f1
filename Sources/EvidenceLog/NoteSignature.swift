import WireFormat

/// One signature line of a note: who claims to have signed, and the signature's bytes, whose
/// form depends on the key.
///
/// Source: https://c2sp.org/signed-note, "Format".
public struct NoteSignature: Sendable, Hashable {
    public let name: String
    public let keyID: UInt32
    public let bytes: [UInt8]

    public init(name: String, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// Appends the line with its newline.
    public func append(to buffer: inout [UInt8]) {
        buffer.append(contentsOf: Self.lineStart)
        buffer.append(contentsOf: name.utf8)
        buffer.append(StrictText.space)
        Base64.append(keyID.bigEndianBytes + bytes, to: &buffer)
        buffer.append(StrictText.newline)
    }

    /// Reads a line without its newline.
    init(line: ArraySlice<UInt8>, location: String) throws(EvidenceError) {
        guard line.starts(with: Self.lineStart) else {
            throw EvidenceError(.malformedNote, at: location, "does not begin with an em dash")
        }
        let rest = line.dropFirst(Self.lineStart.count)
        guard let separator = rest.firstIndex(of: StrictText.space),
            let name = StrictText.text(rest[..<separator]), StrictText.isKeyName(name)
        else {
            throw EvidenceError(.malformedNote, at: location, "has no key name and signature")
        }
        let encoded = String(decoding: rest[(separator + 1)...], as: UTF8.self)
        guard let payload = Base64.decode(encoded), payload.count > 4 else {
            throw EvidenceError(
                .malformedNote,
                at: location,
                "not the base64 of a key id and a signature"
            )
        }
        self.name = name
        keyID = payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        bytes = Array(payload.dropFirst(4))
    }

    /// U+2014 and a space.
    private static let lineStart: [UInt8] = [0xE2, 0x80, 0x94, 0x20]
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] {
        withUnsafeBytes(of: bigEndian) { Array($0) }
    }
}
