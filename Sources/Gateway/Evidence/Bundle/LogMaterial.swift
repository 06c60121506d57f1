import EvidenceLog
import WireFormat

/// What every bundle says of its log, whatever it is about.
protocol LogMaterial {
    /// The platform's logs from the one that the bundle is of to the one whose key signs it.
    var logs: [LogRecord] { get }
    /// `.tlog-proof` files of the last leaf of each log that ended, of ``logs``, under its last
    /// checkpoint: they lead from the log's key to the one that signs.
    var succession: [[UInt8]] { get }
    /// Time stamps around all entries, by size.
    var stamps: [TimeStampRecord] { get }
    /// From the size of each stamped checkpoint to ``head``.
    var consistency: [UInt64: [TreeHash]] { get }
    /// Whom a reader should believe about the log.
    var logPolicy: LogPolicy { get }
    /// What every proof ends in.
    var head: SignedCheckpoint { get }
    /// Every entry that the bundle proves, by index.
    var provenEntries: [MaterialEntry] { get }
}

extension LogMaterial {
    /// The log that the bundle is of.
    var log: LogRecord { logs[0] }

    /// A log has one key from its first entry on; a line for each log from this one to the one
    /// whose key signs the bundle.
    fileprivate var keysHistory: [UInt8] {
        logs.flatMap { log -> [UInt8] in
            let line: JSONValue = [
                "first_index": 0, "log": .integer(Int64(log.ordinal)),
                "origin": .string(log.origin),
                "size": log.finalSize.map { .integer(Int64($0)) } ?? .null,
                "vkey": .string(log.vkey),
            ]
            return line.serialized() + [UInt8(ascii: "\n")]
        }
    }
}

extension [CanonicalArchive.File] {
    mutating func add(_ path: BundlePath, _ bytes: [UInt8]) {
        append(.init(path: path.path, bytes: bytes))
    }

    /// Whom to believe: head, policy, keys, and what leads from key to key.
    mutating func addTrust(of material: some LogMaterial) {
        add(.checkpoint, material.head.serialized)
        add(.policy, material.logPolicy.serialized)
        add(.statement("trust/log.vkey"), [UInt8]("\(material.log.vkey)\n".utf8))
        add(.keysHistory, material.keysHistory)
        for (number, proof) in material.succession.enumerated() {
            add(.succession(number + 1), proof)
        }
        if !material.logPolicy.witnesses.isEmpty {
            let keys = material.logPolicy.witnesses.map { "\($0.key.vkey)\n" }
            add(.statement("trust/witnesses.vkey"), [UInt8](keys.joined().utf8))
        }
    }

    /// The stamps with what verifies them, and the authorities' roots.
    mutating func addTime(of material: some LogMaterial) throws {
        var roots: [[UInt8]] = []
        var sizes: Set<UInt64> = []
        for stamp in material.stamps {
            func path(_ file: BundlePath.StampFile) -> BundlePath {
                .stamped(size: stamp.size, file)
            }
            if sizes.insert(stamp.size).inserted {
                add(path(.checkpoint), stamp.checkpoint)
                let hashes = material.consistency[stamp.size] ?? []
                add(path(.consistency), hashes.flatMap { [UInt8]("\($0.base64)\n".utf8) })
            }
            let name = stamp.authority
            add(path(.response(authority: name)), try TimeStampToken(der: stamp.token).response)
            add(path(.certificates(authority: name)), [UInt8](stamp.chain.utf8))
            if !stamp.revocationLists.isEmpty {
                add(path(.revocationLists(authority: name)), [UInt8](stamp.revocationLists.utf8))
            }
            if let list = stamp.list {
                add(path(.stampedText(authority: name)), list.text)
                add(path(.place(authority: name)), list.place.serialized)
            }
            // The chain was built to a configured root when the stamp was taken; it ends there.
            let chain = try PEMText.blocks(PEMText.certificate, in: stamp.chain)
            if let root = chain.last, !roots.contains(root) { roots.append(root) }
        }
        if !roots.isEmpty {
            add(.authorities, [UInt8](PEMText.text(PEMText.certificate, roots).utf8))
        }
    }
}
