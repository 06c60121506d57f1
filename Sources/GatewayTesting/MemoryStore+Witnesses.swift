public import Gateway

extension MemoryStore {
    public func keepCosignature(
        _ cosignature: CosignatureRecord,
        quorum: WitnessQuorum
    ) async throws(StoreError) {
        let isPublished = changing { rows in
            let published = rows.checkpoints[cosignature.platform] ?? []
            guard published.contains(where: { $0.size == cosignature.size }) else { return false }
            let isKnown = rows.cosignatures.contains {
                $0.platform == cosignature.platform && $0.size == cosignature.size
                    && $0.witness == cosignature.witness
            }
            if !isKnown { rows.cosignatures.append(cosignature) }
            let cosigners = rows.cosignatures.filter {
                $0.platform == cosignature.platform && $0.size == cosignature.size
            }
            if quorum.isReached(by: cosigners.map(\.witness)) {
                rows.cosignedSizes[
                    .init(platform: cosignature.platform, quorum: quorum.code),
                    default: []
                ].insert(cosignature.size)
            }
            return true
        }
        guard isPublished else {
            throw .unavailable("no checkpoint of \(cosignature.size) was published")
        }
    }

    public func witnessPositions() async throws(StoreError) -> [WitnessPosition] {
        reading { rows in
            let all = Dictionary(grouping: rows.cosignatures) { [$0.witness, "\($0.platform)"] }
            return all.values.compactMap { own in
                own.max { $0.size < $1.size }.map {
                    WitnessPosition(
                        platform: $0.platform,
                        witness: $0.witness,
                        size: $0.size,
                        cosignedAt: $0.cosignedAt
                    )
                }
            }.sorted { ($0.platform, $0.witness) < ($1.platform, $1.witness) }
        }
    }

    public func cosignatures(
        of platform: PlatformNumber,
        size: UInt64
    ) async throws(StoreError) -> [CosignatureRecord] {
        reading { $0.cosignatures(of: platform, size: size) }
    }

    public func cosignedCheckpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64,
        by quorum: WitnessQuorum
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        reading { rows in
            let log = MemoryRows.CosignedLog(platform: platform, quorum: quorum.code)
            let sizes = rows.cosignedSizes[log]?.filter { $0 >= size } ?? []
            guard let smallest = sizes.min(),
                let plain = rows.checkpoints[platform]?.first(where: { $0.size == smallest })
            else { return nil }
            let cosignatures = rows.cosignatures(of: platform, size: smallest)
            return (smallest, cosignatures.reduce(plain.note) { $0 + $1.line })
        }
    }
}

extension MemoryRows {
    fileprivate func cosignatures(
        of platform: PlatformNumber,
        size: UInt64
    ) -> [CosignatureRecord] {
        cosignatures.filter { $0.platform == platform && $0.size == size }
            .sorted { $0.witness < $1.witness }
    }
}
