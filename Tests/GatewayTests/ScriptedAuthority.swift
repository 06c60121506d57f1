import Gateway
import Synchronization
import WireFormat

@testable import EvidenceLog

/// An authority whose answers a test writes; its clock is the test's, plus an offset.
final class ScriptedAuthority: TimestampAuthority {
    enum Behaviour: Sendable {
        case stamps
        case fails(StampingFailure)
        /// Answers nothing until it is broken off.
        case hangs
    }

    private struct State {
        var behaviour: Behaviour
        var stamped: [[UInt8]] = []
        var asked = 0
    }

    static let policy = "1.2.3.4.1"

    let name: String
    private let time: any TimeSource
    private let offset: Duration
    private let state: Mutex<State>

    init(
        _ name: String = "tsa-1",
        time: any TimeSource,
        offset: Duration = .zero,
        _ behaviour: Behaviour = .stamps
    ) {
        self.name = name
        self.time = time
        self.offset = offset
        state = Mutex(State(behaviour: behaviour))
    }

    func follow(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// What was stamped, in order.
    var stamped: [[UInt8]] { state.withLock { $0.stamped } }
    var askedCount: Int { state.withLock { $0.asked } }

    func stamp(_ bytes: [UInt8]) async throws(StampingFailure) -> IssuedTimeStamp {
        let behaviour = state.withLock { state in
            state.asked += 1
            return state.behaviour
        }
        switch behaviour {
        case .stamps: break
        case .fails(let failure): throw failure
        case .hangs:
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
            throw StampingFailure(.unavailable, "cancelled")
        }
        let number = state.withLock { state in
            state.stamped.append(bytes)
            return state.stamped.count
        }
        let now = time.now()
        return IssuedTimeStamp(
            token: [0x30, 0x01, UInt8(truncatingIfNeeded: number)],
            stamp: VerifiedTimeStamp(
                genTime: now + offset,
                accuracy: .seconds(1),
                accuracyIsStated: true,
                policy: Self.policy,
                serialNumber: "01",
                imprintAlgorithm: .sha256,
                authorityName: "CN=Scripted",
                chain: [[0x30, 0x00]],
                revocationListAddresses: [],
                revocation: .notChecked
            ),
            revocationLists: [],
            revocationNote: nil,
            askedAt: now,
            answeredAt: now
        )
    }
}
