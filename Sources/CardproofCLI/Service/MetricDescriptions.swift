/// HELP texts of the metrics, by their swift-metrics labels.
enum MetricDescriptions {
    static let all: [String: String] = [
        "cardproof_notices_total": "Delivery notices by how they were answered.",
        "cardproof_checks_total": "Inquiries by adapter and by the state they found.",
        "cardproof_event_attempts_total": "Attempts to send an event, by how they ended.",
        "http.server.open_connections": "Open connections by listener.",
    ]
}
