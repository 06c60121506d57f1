import Gateway

/// `Prefer: wait=N` (RFC 7240 §4.3): how many seconds the caller would wait for the verdicts.
struct WaitPreference {
    /// Capped at ``DeliveryGateway/longestWait``.
    let seconds: Int

    var duration: Duration { .seconds(seconds) }

    /// The value of `Preference-Applied`.
    var text: String { "wait=\(seconds)" }

    /// Nil when the header holds no such preference, or not in whole seconds: a preference that
    /// is not understood is ignored.
    init?(_ header: String) {
        for preference in header.split(separator: ",") {
            let parts = preference.split(separator: ";")[0]
                .split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\"" } }
            guard parts.count == 2, parts[0].lowercased() == "wait" else { continue }
            guard let number = Int(parts[1]), number >= 0 else { return nil }
            let longest = Int(DeliveryGateway.longestWait.components.seconds)
            seconds = min(number, longest)
            return
        }
        return nil
    }
}
