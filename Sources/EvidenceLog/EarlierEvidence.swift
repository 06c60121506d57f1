/// What was kept of a log earlier, whatever it was kept in: any of it shows a log that was
/// rewritten or rolled back.
public enum EarlierEvidence {
    /// The checkpoints in a file: the file itself, the one that a `.tlog-proof` ends in, or those
    /// of an evidence bundle. A file that is none of these counts as a checkpoint, which then does
    /// not verify.
    ///
    /// - Parameter name: How a report names the file.
    public static func checkpoints(
        in bytes: [UInt8],
        name: String
    ) -> [(name: String, bytes: [UInt8])] {
        if let bundle = try? EvidenceBundle(bytes: bytes) {
            return bundle.paths.compactMap { path in
                switch path {
                case .checkpoint, .stamped(_, .checkpoint):
                    bundle[path].map { ("\(name), \(path.path)", $0) }
                default: nil
                }
            }
        }
        if let proof = try? LogProof(bytes: bytes) {
            return [(name, proof.checkpoint.serialized)]
        }
        return [(name, bytes)]
    }
}
