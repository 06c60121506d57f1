import WireFormat

/// The evidence and how a stranger checks it.
extension PacketWriter {
    /// By the nodes of the trade (M1-11), then by time.
    private var ordered: [PacketEvidence] {
        PacketSlot.Node.allCases.flatMap { node in
            facts.evidence.filter { $0.slot.node == node }
                .sorted { ($0.capturedAt, $0.file) < ($1.capturedAt, $1.file) }
        }
    }

    var evidence: [String] {
        let rows = ordered.enumerated().map { index, evidence in
            [
                String(index + 1), evidence.slot.name(in: language) + offChannel(evidence),
                evidence.slot.node.name(in: language), proofs(evidence), time(evidence.capturedAt),
                PacketText.code(evidence.file),
            ]
        }
        return table(
            [
                say("序号", "No."), say("证据", "Evidence"), say("阶段", "Stage"),
                say("证明", "Shows"), say("取得时间", "Captured at"), say("文件", "File"),
            ],
            rows
        )
    }

    private func offChannel(_ evidence: PacketEvidence) -> String {
        evidence.isOffChannel ? say("（站外）", " (off channel)") : ""
    }

    private func proofs(_ evidence: PacketEvidence) -> String {
        PacketEvidence.Proof.allCases.filter(evidence.proves.contains)
            .map { $0.name(in: language) }.joined(separator: say("、", ", "))
    }

    var hashes: [String] {
        guard facts.seal != nil else { return [] }
        return table(
            [say("序号", "No."), say("文件", "File"), "SHA-256"],
            ordered.enumerated().map { index, evidence in
                [
                    String(index + 1), PacketText.code(evidence.file),
                    PacketText.code(Hexadecimal.encode(evidence.digest)),
                ]
            }
        )
    }

    /// What is signed, by whom, and how it is checked without the gateway (M1-28).
    var verification: [String] {
        guard let seal = facts.seal else { return [] }
        return [
            item("证据包", "Bundle", PacketText.code(seal.bundleFile)),
            item("日志", "Log", PacketText.code(seal.logOrigin)),
            item(
                "日志头",
                "Log head",
                String(seal.treeSize) + ", " + PacketText.code(seal.rootHash)
            ),
            item("签名密钥", "Signed by", PacketText.code(seal.signer)),
            item("封存时间", "Sealed at", time(seal.sealedAt)),
            "",
            say("1. 逐个计算文件的 SHA-256，与上表对照。", "1. Compute the SHA-256 of each file and compare."),
            say(
                "2. 运行 `cardproof verify`，或证据包内的 `verify.sh`；两者都不需要联网。",
                "2. Run `cardproof verify`, or the `verify.sh` in the bundle; neither needs a "
                    + "network."
            ),
            say(
                "3. 核验会说明签名者、时间和未核验的部分。",
                "3. It says who signed, when, and what was not checked."
            ),
        ]
    }
}
