import WireFormat

extension EvidenceBundle {
    /// Verifies the bundle offline, as docs/evidence-bundle.md says. The container was verified
    /// when it was read.
    ///
    /// - Parameters:
    ///   - logKey: The key pinned for the log.
    ///   - policy: Logs and witnesses to believe. With neither, the bundle's own policy is taken,
    ///     and the report says that it came with the evidence.
    ///   - authorities: Whose time stamps to believe, and to ask for one of; nil takes the roots
    ///     in the bundle.
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
    /// The same of attachments, by the entry: their names end in anything.
    var namedAttachments: [UInt64: TreeHash] = [:]
    /// Policies that opened fields name, by hexadecimal hash.
    var namedPolicies: Set<String> = []
    /// Items that have a record, by the proof of their entry.
    let items: [BundlePath: [Int]]

    init(_ bundle: EvidenceBundle) {
        self.bundle = bundle
        items = bundle.paths.reduce(into: [:]) { items, path in
            if case .entry(let folder, let index, .itemRecord(let item)) = path {
                items[.entry(folder, index: index, .proof), default: []].append(item)
            }
        }
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
            do throws(EvidenceError) {
                let policy = try LogPolicy(bytes: bytes)
                checkKeyFiles(policy)
                own = policy
            } catch {
                fail(BundlePath.policy.path, error)
            }
        } else {
            missing(.policy)
        }
        let isPolicyPinned = policy != nil
        return Trust(
            key: logKey,
            source: logKey != nil ? .pinned : isPolicyPinned ? .policy : .evidence,
            policy: policy ?? own,
            policySource: isPolicyPinned ? .pinned : .evidence,
            ownAsksForNone: own?.quorum == LogPolicy.Quorum.none
        )
    }

    /// Whom to believe about this bundle.
    struct Trust {
        /// Nil: a log of the policy.
        let key: NoteVerifierKey?
        let source: VerificationReport.KeySource
        let policy: LogPolicy?
        let policySource: VerificationReport.PolicySource
        /// Whether the bundle's own policy asks for no witness.
        let ownAsksForNone: Bool
    }

    /// The key files are the policy's keys, for programs that take a key and no policy: those
    /// must not be led to another one.
    private mutating func checkKeyFiles(_ policy: LogPolicy) {
        for (path, keys) in [
            ("trust/log.vkey", policy.logs.map(\.key)),
            ("trust/witnesses.vkey", policy.witnesses.map(\.key)),
        ] {
            guard let bytes = bundle[.statement(path)] else { continue }
            guard bytes != Array(keys.map { "\($0.vkey)\n" }.joined().utf8) else { continue }
            fail(path, EvidenceError(.fileDiffers, "does not hold the keys of the policy"))
        }
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
                let whose = trust.policySource == .pinned ? "that you gave" : "beside it"
                throw EvidenceError(.noKnownSignature, "the policy \(whose) names no log")
            }
            report.checkSignatures(
                of: signed,
                logKey: key.map { ($0, trust.source) },
                policy: trust.policy,
                from: trust.policySource,
                part: .file(path: BundlePath.checkpoint.path),
                remark: trust.policySource == .pinned && trust.ownAsksForNone
                    ? Self.madeUnwitnessed : ""
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

    private static let madeUnwitnessed =
        "; the bundle's own policy asks for none, as before a quorum has cosigned"

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
