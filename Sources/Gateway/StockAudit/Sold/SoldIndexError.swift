/// Why a file cannot be used as the index that was asked for.
public enum SoldIndexError: Error, Sendable, Equatable {
    case notAnIndex
    /// Written by another version of this program.
    case otherVersion(UInt32)
    /// Its fingerprints were made under the other kind of key.
    case otherOrigin(LastingFingerprinting.Origin)
    case otherKey(LastingFingerprinting.Origin)
    /// Its codes were brought into another normal form.
    case otherNormalForm(found: String, wanted: String)
    /// Its codes are of another issuer domain.
    case otherIssuer(found: String, wanted: String)
    /// The file ends before it should.
    case truncated
    /// Bytes from `offset` on are not what was written.
    case damaged(offset: Int)
    /// The issuer's name does not fit into the header.
    case issuerTooLong
}

extension SoldIndexError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnIndex:
            "is not an index of sold codes; make one with `cardproof audit index`"
        case .otherVersion(let version):
            "has format version \(version), and this cardproof reads \(SoldIndexFormat.version); "
                + "use the cardproof that wrote it, or build it anew from its history files"
        case .otherOrigin(.indexKey):
            "was made under a key of its own, not under the gateway's; give it as --index-key"
        case .otherOrigin(.gateway):
            "was made under the gateway's key; leave out --index-key, and give --config and "
                + "--product"
        case .otherKey(.indexKey):
            "was made under another key than the one of --index-key"
        case .otherKey(.gateway):
            "was made under the key of another gateway"
        case .otherNormalForm(let found, let wanted):
            "holds codes in another normal form (\(found)) than this card format's (\(wanted)); "
                + "give the --card-format or --product it was made with, or build it anew"
        case .otherIssuer(let found, let wanted):
            "holds codes of issuer \(found), and the product's issuer is \(wanted)"
        case .truncated:
            "is cut short; restore it, or build it anew from its history files"
        case .damaged(let offset):
            "is damaged at byte \(offset); restore it, or build it anew from its history files"
        case .issuerTooLong:
            "cannot be made: the issuer's name is too long"
        }
    }
}

/// A ``SoldIndexError`` with the file it is about.
public struct SoldIndexFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public let name: String
    public let reason: SoldIndexError

    public init(name: String, reason: SoldIndexError) {
        self.name = name
        self.reason = reason
    }

    public var description: String { "\(name): \(reason)" }
}
