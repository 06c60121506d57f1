/// HELP texts of the metrics, by their swift-metrics labels.
enum MetricDescriptions {
    static let all: [String: String] = [
        "cardproof_notices_total": "Delivery notices by how they were answered.",
        "cardproof_checks_total": "Inquiries by adapter and by the state they found.",
        "cardproof_adapter_program_ends_total":
            "Ends of the programs of process adapters, by why they ended.",
        "cardproof_shadow_comparisons_total":
            "Questions that were also put to a shadow adapter, by what both said.",
        "cardproof_event_attempts_total": "Attempts to send an event, by how they ended.",
        "cardproof_store_checkpoints_total":
            "Copies of the write-ahead log into the database, by how they ended.",
        "http.server.request.duration": "Time from a request's head to its answer, by route.",
        "http.server.open_connections": "Open connections by listener.",
    ]
}
