/// The fingerprints of one run: of whole codes and of serials, each under a key of its own, so that
/// a serial never equals a key. A run that is held against ``SoldCodes`` makes those of codes as
/// they do.
final class RunHashes {
    private let keyAlone: MultilinearHash
    private let wholeCode: MultilinearHash
    private let serialOnly: MultilinearHash
    private let joined: UnsafeMutablePointer<UInt8>
    private let lasting: LastingFingerprinter?

    init(key: SipHashKey, lasting: LastingFingerprinting?) {
        self.lasting = lasting.map { LastingFingerprinter($0) }
        keyAlone = MultilinearHash(key: key.separated(1))
        wholeCode = MultilinearHash(key: key.separated(2))
        serialOnly = MultilinearHash(key: key.separated(3))
        joined = .allocate(capacity: 2 * StockAuditLimits.fieldBytes + 1)
    }

    deinit { joined.deallocate() }

    /// The one fingerprint that decides whether two codes are the same. From twelve symbols on a
    /// key is the code under any serial or none, and two codes that agree in serial and key agree
    /// in the key; below, serial and key decide together.
    ///
    /// - Parameter code: `inout` although nothing is written: a copy costs as much as the rest.
    @inline(__always)
    func fingerprint(of code: inout RecordParser.ParsedCode) -> Fingerprint {
        if let lasting {
            return lasting.fingerprint(
                serial: code.serial,
                key: code.key,
                keySymbols: code.keySymbols
            )
        }
        // A key that is accepted has at least one symbol.
        guard code.keySymbols >= StockAuditLimits.keyAloneSymbols,
            let key = code.key.baseAddress
        else { return joinedFingerprint(of: code) }
        return keyAlone.fingerprint(key, count: code.key.count)
    }

    /// - Parameter serial: not empty.
    @inline(__always)
    func fingerprint(ofSerial serial: UnsafeBufferPointer<UInt8>) -> Fingerprint {
        guard let base = serial.baseAddress else { return Fingerprint(high: 0, low: 0) }
        return serialOnly.fingerprint(base, count: serial.count)
    }

    private func joinedFingerprint(of code: RecordParser.ParsedCode) -> Fingerprint {
        let serialCount = code.serial.count
        for (index, byte) in code.serial.enumerated() { joined[index] = byte }
        // No UTF-8 text holds this byte: it divides the two unmistakably.
        joined[serialCount] = 0xff
        for (index, byte) in code.key.enumerated() { joined[serialCount + 1 + index] = byte }
        return wholeCode.fingerprint(joined, count: serialCount + 1 + code.key.count)
    }
}
