import EvidenceLog
import WireFormat

/// One stamp over every log that grew since an authority's last.
struct StampRound: Sendable {
    let authority: any TimestampAuthority
    let store: any StoreReading
    let committer: Committer
    let time: any TimeSource

    /// A log that grew.
    private struct Grown {
        let log: LogRecord
        let size: UInt64
        /// The checkpoint file as served.
        let checkpoint: [UInt8]
    }

    /// Stamps and keeps the stamp.
    ///
    /// - Returns: nil when no log grew.
    /// - Throws: ``StampingFailure``; ``StoreError`` and ``Committer/Failure`` when our own side
    ///   cannot read or write now.
    func run(over platforms: [PlatformNumber]) async throws -> IssuedTimeStamp? {
        var grown: [Grown] = []
        for platform in platforms {
            grown += try await self.grown(platform)
        }
        guard !grown.isEmpty else { return nil }
        let list = grown.count > 1 ? StampedList(checkpoints: grown.map(\.checkpoint)) : nil
        let issued = try await authority.stamp(list?.text ?? grown[0].checkpoint)
        let records = grown.enumerated().map { index, log in
            record(
                log,
                issued,
                list: list.map { .init(text: $0.text, place: $0.place(ofCheckpoint: index)) }
            )
        }
        _ = try await committer.submit(
            .recordTimeStamp(TimeStampReport(records: records, at: time.now()))
        )
        return issued
    }

    /// The platform's logs that have what this authority has not stamped: those that ended since
    /// with their last checkpoints, so that no entry stays without a time, and the open one.
    private func grown(_ platform: PlatformNumber) async throws -> [Grown] {
        let stamped = try await store.latestTimeStamp(of: platform, by: authority.name)?.end ?? 0
        let growth = LogGrowth(store: store)
        var grown: [Grown] = []
        for log in try await store.logs(of: platform)
        where log.end.map({ $0 > stamped }) ?? true {
            guard let file = try await LogReader(store: store).checkpoint(of: log) else { continue }
            let checkpoint = try SignedCheckpoint(bytes: file).checkpoint
            // It may have ended since the list was read: then it comes in the next round.
            guard checkpoint.origin == log.origin,
                try await growth.hasGrown(
                    platform,
                    from: max(stamped, log.firstIndex),
                    to: log.firstIndex + checkpoint.size
                )
            else { continue }
            grown.append(Grown(log: log, size: checkpoint.size, checkpoint: file))
        }
        return grown
    }

    private func record(
        _ grown: Grown,
        _ issued: IssuedTimeStamp,
        list: TimeStampRecord.List?
    ) -> TimeStampRecord {
        TimeStampRecord(
            platform: grown.log.platform,
            firstIndex: grown.log.firstIndex,
            size: grown.size,
            checkpoint: grown.checkpoint,
            authority: authority.name,
            policy: issued.stamp.policy,
            genTime: issued.stamp.genTime,
            accuracy: issued.stamp.accuracy,
            token: issued.token,
            chain: PEMText.text(PEMText.certificate, issued.stamp.chain),
            revocationLists: PEMText.text(PEMText.revocationList, issued.revocationLists),
            list: list
        )
    }
}
