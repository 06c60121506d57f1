/// HELP texts of the metrics, by their swift-metrics labels.
enum MetricDescriptions {
    static let all: [String: String] = [
        "cardproof_notices_total": "Delivery notices by how they were answered.",
        "cardproof_shop_messages_total":
            "Messages of shops in their own formats, by how they were taken.",
        "cardproof_checks_total": "Inquiries by adapter and by the state they found.",
        "cardproof_adapter_program_ends_total":
            "Ends of the programs of process adapters, by why they ended.",
        "cardproof_shadow_comparisons_total":
            "Questions that were also put to a shadow adapter, by what both said.",
        "cardproof_check_queue": "Time from when a check was due until its issuer was asked.",
        "cardproof_check_ask": "Time an issuer took to answer a check, all its requests together.",
        "cardproof_checks_reask_pending": "Checks that were asked before and are asked again.",
        "cardproof_issuer_in_flight": "Questions under way at an issuer.",
        "cardproof_issuer_breaker_state":
            "Whether a failing issuer is left alone: 0 asked, 1 tried, 2 left alone.",
        "cardproof_issuer_paused_until_seconds":
            "When an issuer that is left alone is asked again, in Unix time; 0 when it is asked.",
        "cardproof_issuer_pauses_total": "Pauses of an issuer, by reason.",
        "cardproof_adapter_degraded":
            "1 while an adapter's canaries say that its word cannot count.",
        "cardproof_canary_answers_total": "Answers to canaries, by what they are worth.",
        "cardproof_redemptions_total": "Steps of orders to spend a code, by the state they led to.",
        "cardproof_callbacks_total": "Reports of issuers by adapter and how they were taken.",
        "cardproof_time_stamps_total":
            "Questions to stamping authorities, by how they ended.",
        "cardproof_time_stamp_last_seconds":
            "Time of an authority's last stamp that was kept, in Unix time; 0 before the first.",
        "cardproof_clock_offset_seconds":
            "By how much an authority's clock was ahead of ours at its last stamp.",
        "cardproof_event_attempts_total": "Attempts to send an event, by how they ended.",
        "cardproof_erasures_total": "Requests to erase a delivery, by what became of it.",
        "cardproof_store_checkpoints_total":
            "Copies of the write-ahead log into the database, by how they ended.",
        "cardproof_witness_requests_total": "Requests to witnesses, by what they answered.",
        "cardproof_witness_alarm":
            "1 while a witness says that it has seen another history of a log.",
        "cardproof_witness_behind_entries": "Entries of a log that a witness has not cosigned yet.",
        "http.server.request.duration": "Time from a request's head to its answer, by route.",
        "http.server.open_connections": "Open connections by listener.",
    ]
}
