import AdapterKit
import CardModel
import Logging
import Metrics

/// Where differences between an adapter and its shadow are told: a counter, and a line in the log
/// for each difference. Neither holds a code.
enum ShadowReport {
    /// The counter's name; its dimensions are below.
    static let metric = "cardproof_shadow_comparisons_total"

    static func report(_ comparison: ShadowComparison) {
        Counter(
            label: metric,
            dimensions: [
                ("adapter", comparison.acting), ("shadow", comparison.shadow),
                ("outcome", comparison.outcome.rawValue),
                ("state", comparison.said.state.rawValue),
                ("shadow_state", comparison.wouldSay.state.rawValue),
            ]
        ).increment()
        guard comparison.outcome == .different else { return }
        Logger(label: "cardproof").warning(
            "the shadow adapter would have said something else",
            metadata: [
                "adapter": "\(comparison.acting)", "shadow": "\(comparison.shadow)",
                "differs": "\(comparison.differences.joined(separator: ","))",
                "state": "\(comparison.said.state.rawValue)",
                "shadow_state": "\(comparison.wouldSay.state.rawValue)",
            ]
        )
    }
}
