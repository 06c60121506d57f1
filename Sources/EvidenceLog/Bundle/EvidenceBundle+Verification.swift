import WireFormat

extension EvidenceBundle {
    /// Verifies the bundle offline, as docs/evidence-bundle.md says. The container was verified
    /// when it was read.
    ///
    /// - Parameters:
    ///   - logKey: The key pinned for the log.
    ///   - policy: Logs and witnesses to believe. With neither, the bundle's own policy is taken,
    ///     and the report says that it came with the evidence.
    ///   - authorities: Whose time stamps to believe; nil takes the roots in the bundle.
    ///   - older: Checkpoints seen earlier, with names for the report.
    public func verify(
        logKey: NoteVerifierKey? = nil,
        policy: LogPolicy? = nil,
        authorities: TimeStampTrust? = nil,
        older: [(name: String, bytes: [UInt8])] = []
    ) async -> VerificationReport {
        var verification = BundleVerification(self)
        await verification.run(
            logKey: logKey,
            policy: policy,
            authorities: authorities,
            older: older
        )
        return verification.report
    }
}

/// The steps of verifying a bundle, in the order of docs/evidence-bundle.md.
struct BundleVerification {
    let bundle: EvidenceBundle
    var report = VerificationReport(subject: .bundle)
    /// The head that every proof must end in; nil when it could not be read.
    var head: SignedCheckpoint?
    /// What opened fields say that a file's SHA-256 is.
    var namedDigests: [BundlePath: TreeHash] = [:]
    /// Policies that opened fields name, by hexadecimal hash.
    var namedPolicies: Set<String> = []

    init(_ bundle: EvidenceBundle) {
        self.bundle = bundle
    }

    mutating func run(
        logKey: NoteVerifierKey?,
        policy: LogPolicy?,
        authorities: TimeStampTrust?,
        older: [(name: String, bytes: [UInt8])]
    ) async {
        checkManifest()
        let trust = trust(logKey: logKey, policy: policy)
        checkHead(trust)
        checkManifestNote()
        checkEntries()
        checkContents()
        await checkTime(authorities)
        checkTimeline()
        compareWithOlder(older)
        report.omit(.furtherEntries)
        report.omit(.content)
    }

    // MARK: Manifest, keys, head

    private mutating func checkManifest() {
        guard let bytes = bundle[.manifest] else { return missing(.manifest) }
        do throws(EvidenceError) {
            let manifest = try BundleManifest(bytes: bytes)
            let expected = BundleManifest(of: bundle.archive.files)
            for (line, file) in zip(manifest.lines, expected.lines) where line != file {
                guard line.path.hasSameBytes(as: file.path) else {
                    throw EvidenceError(
                        .malformedBundle,
                        at: "lines",
                        "\(file.path) is not listed in its place"
                    )
                }
                throw EvidenceError(
                    .fileDiffers, at: file.path, "is not the file that was signed")
            }
            guard manifest.lines.count == expected.lines.count,
                manifest.serialized == bytes
            else {
                throw EvidenceError(.malformedBundle, at: "lines", "list other files")
            }
            report.checks.append(.files(count: expected.lines.count))
        } catch {
            fail(error.code == .malformedBundle ? BundleManifest.path : error.location, error)
        }
    }

    private mutating func trust(logKey: NoteVerifierKey?, policy: LogPolicy?) -> Trust {
        var own: LogPolicy?
        if let bytes = bundle[.policy] {
            do throws(EvidenceError) { own = try LogPolicy(bytes: bytes) } catch {
                fail(BundlePath.policy.path, error)
            }
        } else {
            missing(.policy)
        }
        if let logKey { return Trust(key: logKey, source: .pinned, policy: policy ?? own) }
        if let policy, !policy.logs.isEmpty {
            return Trust(key: nil, source: .policy, policy: policy)
        }
        return Trust(key: nil, source: .evidence, policy: policy ?? own)
    }

    /// Whom to believe about this bundle.
    struct Trust {
        /// Nil: a log of the policy.
        let key: NoteVerifierKey?
        let source: VerificationReport.KeySource
        let policy: LogPolicy?
    }

    private mutating func checkHead(_ trust: Trust) {
        guard let bytes = bundle[.checkpoint] else { return missing(.checkpoint) }
        do throws(EvidenceError) {
            let signed = try SignedCheckpoint(bytes: bytes)
            head = signed
            report.checkpoint = signed.checkpoint
            let origin = signed.checkpoint.origin
            let key =
                trust.key ?? trust.policy?.logs.first { $0.key.name.hasSameBytes(as: origin) }?.key
            guard key != nil || trust.policy?.logs.isEmpty == false else {
                throw EvidenceError(.noKnownSignature, "\(BundlePath.policy.path) names no log")
            }
            report.checkSignatures(
                of: signed,
                logKey: key.map { ($0, trust.source) },
                policy: trust.policy,
                part: .file(path: BundlePath.checkpoint.path)
            )
        } catch {
            fail(BundlePath.checkpoint.path, error)
        }
    }

    /// The note must hold nothing but the one signature over the one text, since whatever else it
    /// held would be unchecked.
    private mutating func checkManifestNote() {
        guard let bytes = bundle[.manifestNote] else { return missing(.manifestNote) }
        guard let key = report.logKey, let manifest = bundle[.manifest] else { return }
        do throws(EvidenceError) {
            let note = try SignedNote(bytes: bytes)
            guard
                note.text == BundleManifest.signedText(origin: key.name, manifest: manifest)
            else { throw EvidenceError(.fileDiffers, "is signed for another list of files") }
            guard let signing = signingKey(after: key) else { return }
            _ = try note.verified(by: [signing])
            guard note.signatures.count == 1 else {
                throw EvidenceError(.malformedNote, "more than the log's one signature")
            }
            report.checks.append(.manifestSignature)
        } catch {
            fail(BundleManifest.notePath, error)
        }
    }

    // MARK: Findings

    mutating func fail(_ path: String, _ error: EvidenceError) {
        report.add(.file(path: path), error)
    }

    mutating func fail(_ path: BundlePath, _ error: EvidenceError) {
        fail(path.path, error)
    }

    mutating func missing(_ path: BundlePath) {
        fail(path, EvidenceError(.missingFile, "is not there"))
    }
}
