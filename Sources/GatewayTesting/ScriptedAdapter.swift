public import AdapterKit
public import CardModel
import Synchronization

/// An adapter that answers by a script and remembers what it was asked; asks nobody.
public final class ScriptedAdapter: IssuerAdapter {
    /// What one inquiry gets: the inquiry, and how many came before it.
    public typealias Script =
        @Sendable (Inquiry, Int) async throws(AdapterError) -> InquiryResult

    private struct State {
        var script: Script
        var inquiries: [Inquiry] = []
        var running = 0
        var mostRunning = 0
    }

    public let descriptor: AdapterDescriptor
    private let state: Mutex<State>

    /// Limits that hold nobody up.
    public static let generous = AdapterLimits(
        concurrency: 64,
        requestsPerSecond: 1_000,
        burst: 1_000
    )

    public init(
        id: String = "issuer",
        limits: AdapterLimits = ScriptedAdapter.generous,
        disclosesTo: LocalisedText? = nil,
        canaries: [Canary] = [],
        script: @escaping Script
    ) {
        descriptor = AdapterDescriptor(
            id: id,
            version: 1,
            name: LocalisedText(zhCN: "剧本", en: "script"),
            kind: .local,
            operations: [.inquire: .readOnly],
            disclosesTo: disclosesTo,
            canaries: canaries,
            limits: limits
        )
        state = Mutex(State(script: script))
    }

    /// Gives every inquiry the same answer.
    public convenience init(
        id: String = "issuer",
        limits: AdapterLimits = ScriptedAdapter.generous,
        always result: InquiryResult
    ) {
        self.init(id: id, limits: limits) { (_, _) throws(AdapterError) in result }
    }

    /// Changes the script for the inquiries to come.
    public func follow(_ script: @escaping Script) { state.withLock { $0.script = script } }

    /// Answers the inquiries to come with `result`.
    public func answer(_ result: InquiryResult) {
        follow { (_, _) throws(AdapterError) in result }
    }

    public var inquiries: [Inquiry] { state.withLock { $0.inquiries } }

    /// The most inquiries that were under way at one time.
    public var mostRunning: Int { state.withLock { $0.mostRunning } }

    /// How a registry makes this adapter.
    public var factory: AdapterFactory { AdapterFactory(descriptor: descriptor) { _, _ in self } }

    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let (script, number) = state.withLock { state in
            state.inquiries.append(inquiry)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            return (state.script, state.inquiries.count - 1)
        }
        defer { state.withLock { $0.running -= 1 } }
        return try await script(inquiry, number)
    }
}

/// A door that holds callers up until it is opened, or their task is cancelled.
public final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var next: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// How many stand before the door.
    public var waitingCount: Int { state.withLock { $0.waiting.count } }

    public func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for caller in waiting { caller.resume() }
    }

    /// Returns when the door is open or the caller's task is cancelled.
    public func pass() async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}
