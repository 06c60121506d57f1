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
        let platform: PlatformNumber
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
            if let log = try await self.grown(platform) { grown.append(log) }
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

    private func grown(_ platform: PlatformNumber) async throws -> Grown? {
        guard let file = try await LogReader(store: store).checkpoint(of: platform) else {
            return nil
        }
        let size = try SignedCheckpoint(bytes: file).checkpoint.size
        let stamped = try await store.latestTimeStamp(of: platform, by: authority.name)?.size
        guard
            try await LogGrowth(store: store).hasGrown(platform, from: stamped ?? 0, to: size)
        else { return nil }
        return Grown(platform: platform, size: size, checkpoint: file)
    }

    private func record(
        _ log: Grown,
        _ issued: IssuedTimeStamp,
        list: TimeStampRecord.List?
    ) -> TimeStampRecord {
        TimeStampRecord(
            platform: log.platform,
            size: log.size,
            checkpoint: log.checkpoint,
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
