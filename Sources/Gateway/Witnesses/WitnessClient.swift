import AdapterKit
import EvidenceLog
import Metrics
import WireFormat

/// Shows one witness a checkpoint, and keeps what it says.
///
/// Source: https://c2sp.org/tlog-witness.
struct WitnessClient: Sendable {
    /// Requests about one checkpoint: the second one follows a 409, which told the size that the
    /// proof has to begin at. A size that changes again is somebody else's asking.
    private static let mostRequests = 2

    let member: WitnessRoster.Member
    let quorum: WitnessQuorum
    let timeLimit: Duration
    let store: any Store
    let reader: LogReader
    let transport: any HTTPTransport

    /// - Parameter position: entries that the witness cosigned last, as far as we know.
    func show(
        _ checkpoint: SignedCheckpoint,
        of log: LogRecord,
        position: UInt64
    ) async -> WitnessOutcome {
        let size = checkpoint.checkpoint.size
        // A position beyond our own tree is asked about anew: the answer decides.
        var old = position <= size ? position : 0
        for _ in 0..<Self.mostRequests {
            let answer: WitnessAnswer
            do {
                answer = try await ask(checkpoint, of: log, from: old)
            } catch let error as TransportError {
                count("unreachable")
                return error.code == .cancelled ? .cancelled : .unreachable(error.code.rawValue)
            } catch {
                return .unusable("the proof could not be made: \(error)")
            }
            count(answer.word)
            switch answer {
            case .cosigned(let signature, let time):
                return await keep(signature, at: time, of: log, size: size)
            case .otherSize(let told) where told > size:
                return await beyond(told, of: log)
            case .otherSize(let told):
                guard told != old else { return .unusable("it asks for the size that was sent") }
                old = told
            case .inconsistent: return .alarm(.forked(cosigned: old))
            case .refused(let status): return .refused(status: status)
            case .failed(let status): return .unreachable("status \(status)")
            case .unreadable(let error): return .unusable("\(error)")
            }
        }
        return .unusable("the size that it asks for changes with each request")
    }

    private func ask(
        _ checkpoint: SignedCheckpoint,
        of log: LogRecord,
        from old: UInt64
    ) async throws -> WitnessAnswer {
        let proof = try await reader.consistencyProof(
            of: log,
            from: old,
            to: checkpoint.checkpoint.size
        )
        let request = try AddCheckpointRequest(
            oldSize: old,
            proof: proof.path,
            checkpoint: checkpoint
        )
        let response = try await transport.send(
            OutboundRequest(
                method: "POST",
                url: SecretURL("\(member.url)/add-checkpoint", secretParts: [member.url]),
                headers: [
                    OutboundHeader(name: "content-type", value: "text/plain; charset=utf-8"),
                    OutboundHeader(name: "user-agent", value: "cardproof"),
                ],
                body: request.serialized,
                timeout: timeLimit,
                responseBytesLimit: WitnessAnswer.largestByteCount
            )
        )
        return WitnessAnswer(
            status: response.status,
            mediaType: response.mediaType,
            body: response.body,
            to: checkpoint,
            by: member.key
        )
    }

    private func keep(
        _ signature: NoteSignature,
        at time: Instant,
        of log: LogRecord,
        size: UInt64
    ) async -> WitnessOutcome {
        var line: [UInt8] = []
        signature.append(to: &line)
        let record = CosignatureRecord(
            platform: log.platform,
            size: log.firstIndex + size,
            witness: member.key.vkey,
            line: line,
            cosignedAt: time
        )
        do throws(StoreError) {
            try await store.keepCosignature(record, quorum: quorum)
            return .cosigned(size: size, at: time)
        } catch {
            return .unusable("its cosignature could not be kept: \(error)")
        }
    }

    /// The witness has seen more than what it was shown: of this store, or of another.
    private func beyond(_ told: UInt64, of log: LogRecord) async -> WitnessOutcome {
        guard let size = try? await reader.size(of: log) else {
            return .unusable("the log could not be read")
        }
        guard told > size else { return .outdated(cosigned: told) }
        return .alarm(.rolledBack(cosigned: told, size: size))
    }

    private func count(_ result: String) {
        Counter(
            label: "cardproof_witness_requests_total",
            dimensions: [("witness", member.name), ("result", result)]
        ).increment()
    }
}

extension WitnessAnswer {
    /// The word of an answer in the metrics.
    fileprivate var word: String {
        switch self {
        case .cosigned: "cosigned"
        case .otherSize: "other_size"
        case .inconsistent: "inconsistent"
        case .refused: "refused"
        case .failed: "failed"
        case .unreadable: "unreadable"
        }
    }
}
