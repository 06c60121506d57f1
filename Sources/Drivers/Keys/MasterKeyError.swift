import Glibc

/// Why there is no master key. Each text says where and what to do, and shows no key.
public enum MasterKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing(path: String, origin: MasterKeyFile.Origin)
    case cannotRead(path: String, reason: String)
    case notAFile(path: String)
    case foreignOwner(path: String, owner: UInt32)
    case readableByOthers(path: String, permissions: UInt32)
    case notAKey(path: String)
    case alreadyExists(path: String)
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path, .ownFile):
            "there is no master key at \(path); make one with `cardproof keys init`"
        case .missing(let path, .systemdCredential):
            "there is no master key at \(path); make one with `cardproof keys init` and name it"
                + " in the unit: LoadCredential=\(MasterKeyFile.credentialName):PATH"
        case .cannotRead(let path, let reason):
            "the master key \(path) cannot be read: \(reason)"
        case .notAFile(let path):
            "the master key \(path) is not a regular file"
        case .foreignOwner(let path, let owner):
            "the master key \(path) belongs to user \(owner), neither to the user this runs as nor"
                + " to root; change its owner with `chown`"
        case .readableByOthers(let path, let permissions):
            "the master key \(path) is open to others (mode 0\(String(permissions, radix: 8)));"
                + " close it with `chmod 600 \(path)`, and think of the key as known to whoever"
                + " could read it"
        case .notAKey(let path):
            "\(path) is not a master key: one line of base64 with \(MasterKeyFile.keyBytes) octets"
                + " is expected"
        case .alreadyExists(let path):
            "\(path) exists already and is not overwritten: everything sealed under its key would"
                + " be lost; move it away first if that is what you want"
        case .cannotWrite(let path, let reason):
            "the master key could not be written to \(path): \(reason)"
        }
    }
}

/// The system's own words for an error number.
enum SystemReason {
    static func text(_ number: Int32) -> String {
        switch number {
        case EACCES, EPERM: "permission denied"
        case ENOENT, ENOTDIR: "no such directory"
        case EISDIR: "it is a directory"
        case EROFS: "the file system is read-only"
        case ENOSPC, EDQUOT: "no space is left"
        case EMFILE, ENFILE: "no file descriptors are left"
        case ELOOP: "it is a symbolic link"
        case EIO: "the disk reported an error"
        default: "system error \(number)"
        }
    }
}
