extension PlatformDirectory {
    /// How the gateway makes the fingerprints of delivered codes, for a stock to be held against
    /// its store.
    ///
    /// - Parameters:
    ///   - sealed: the deployment's secrets as the store keeps them.
    ///   - issuer: the issuer domain of the product.
    /// - Returns: nil when they do not open with the master key.
    public func soldFingerprinting(
        sealed: [UInt8],
        issuer: String
    ) -> LastingFingerprinting? {
        opened(deployment: sealed).map {
            LastingFingerprinting(pepper: $0.pepper, issuer: issuer)
        }
    }
}
