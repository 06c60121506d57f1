public import CardModel
import Synchronization
import WireFormat

/// A new version of an adapter, asked beside the one that decides. Nothing it says is acted upon;
/// where the two differ is reported.
///
/// The old version is asked first and its answer goes out at once. The new one is asked
/// afterwards, within its own limits, and only where asking changes nothing at the issuer.
struct ShadowedAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let acting: any IssuerAdapter
    private let shadow: any IssuerAdapter
    private let pace: ShadowPace
    private let report: @Sendable (ShadowComparison) -> Void

    init(
        _ acting: any IssuerAdapter,
        beside shadow: any IssuerAdapter,
        report: @escaping @Sendable (ShadowComparison) -> Void
    ) {
        descriptor = acting.descriptor
        self.acting = acting
        self.shadow = shadow
        self.report = report
        pace = ShadowPace(limits: shadow.descriptor.limits)
    }

    /// Why `shadow` cannot be asked beside `acting`; nil when it can.
    static func objection(
        to shadow: any IssuerAdapter,
        beside acting: any IssuerAdapter
    ) -> String? {
        if acting is any RedeemingAdapter || shadow is any RedeemingAdapter {
            return "an adapter that spends codes is never shadowed"
        }
        if acting is any LocalAdapter || shadow is any LocalAdapter {
            return "an adapter that asks nobody has no answers to compare"
        }
        for adapter in [acting, shadow] {
            guard adapter.descriptor.inquiryEffect == .readOnly else {
                return "asking twice would leave a second trace: the inquiry of "
                    + "`\(adapter.descriptor.id)` is not `read_only`"
            }
            guard adapter.descriptor.disclosesTo == nil else {
                return "`\(adapter.descriptor.id)` shows codes to a third party, which needs "
                    + "their owner's consent"
            }
        }
        return nil
    }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        do throws(AdapterError) {
            let result = try await acting.inquire(inquiry, using: transport)
            compare(ShadowComparison.Side(result), inquiry, transport)
            return result
        } catch {
            compare(ShadowComparison.Side(error), inquiry, transport)
            throw error
        }
    }

    private func compare(
        _ said: ShadowComparison.Side,
        _ inquiry: Inquiry,
        _ transport: any HTTPTransport
    ) {
        guard pace.begin(at: inquiry.askedAt) else { return }
        Task { [self] in
            defer { pace.end() }
            let other: ShadowComparison.Side
            do throws(AdapterError) {
                other = .init(try await shadow.inquire(inquiry, using: transport))
            } catch {
                other = .init(error)
            }
            report(
                ShadowComparison(
                    acting: acting.descriptor.label,
                    shadow: shadow.descriptor.label,
                    said: said,
                    wouldSay: other
                )
            )
        }
    }
}

/// What two versions of an adapter said about one code. Holds no code and no text of an issuer.
public struct ShadowComparison: Sendable, Hashable {
    public struct Side: Sendable, Hashable {
        public var state: VerdictState
        public var cause: IndeterminateCause?
        var certainty: Certainty?
        var issuerCode: String?
        var issuerAt: Instant?
        var expiresOn: CalendarDate?
        var actualValue: Money?
        var balanceUntil: CalendarDate?
        var term: MembershipTerm?
        /// By name; texts of the issuer's stay out.
        var attributes: Set<String> = []

        init(_ result: InquiryResult) {
            state = result.state
            cause = result.cause
            certainty = result.certainty
            issuerCode = result.issuer.code
            issuerAt = result.issuer.at
            expiresOn = result.expiresOn
            actualValue = result.actualValue
            balanceUntil = result.balanceUntil
            term = result.term
            attributes = Set(result.attributes.values.keys)
        }

        init(_ error: AdapterError) {
            state = .indeterminate
            cause = error.cause
        }
    }

    /// `town-library@1`
    public var acting: String
    public var shadow: String
    public var said: Side
    public var wouldSay: Side

    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case same
        /// Both decided, differently, or with other facts.
        case different
        /// One of the two came to no decision: most often the issuer, at that moment.
        case incomparable
    }

    public var outcome: Outcome {
        if differences.isEmpty { return .same }
        let isUndecided = (said.state == .indeterminate) != (wouldSay.state == .indeterminate)
        return isUndecided ? .incomparable : .different
    }

    /// The names of what differs.
    public var differences: [String] {
        var names: [String] = []
        if said.state != wouldSay.state { names.append("state") }
        if said.cause != wouldSay.cause { names.append("cause") }
        guard said.state != .indeterminate, wouldSay.state != .indeterminate else { return names }
        if said.certainty != wouldSay.certainty { names.append("certainty") }
        if said.issuerCode != wouldSay.issuerCode { names.append("issuer_code") }
        if said.issuerAt != wouldSay.issuerAt { names.append("issuer_at") }
        if said.expiresOn != wouldSay.expiresOn { names.append("expires_on") }
        if said.actualValue != wouldSay.actualValue { names.append("actual_value") }
        if said.balanceUntil != wouldSay.balanceUntil { names.append("balance_until") }
        if said.term != wouldSay.term { names.append("term") }
        if said.attributes != wouldSay.attributes { names.append("attributes") }
        return names
    }
}

/// Keeps a shadow within its own limits; what does not fit is not asked.
private final class ShadowPace: Sendable {
    private struct State {
        var inFlight = 0
        var nextAt: Instant?
    }

    private let mostInFlight: Int
    private let pause: Duration
    private let state = Mutex(State())

    init(limits: AdapterLimits) {
        mostInFlight = limits.concurrency
        pause = .seconds(1) / limits.requestsPerSecond
    }

    /// False when another question would be too many.
    func begin(at now: Instant) -> Bool {
        state.withLock { state in
            guard state.inFlight < mostInFlight, state.nextAt.map({ now >= $0 }) ?? true
            else { return false }
            state.inFlight += 1
            state.nextAt = now + pause
            return true
        }
    }

    func end() { state.withLock { $0.inFlight -= 1 } }
}
