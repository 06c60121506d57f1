import Gateway
import Glibc

extension MasterKeyFile {
    /// Where the key lies that is to replace this one, from before the store is wrapped under it
    /// until it stands in this one's place. Whatever ends a rotation, one of the two files opens
    /// the store.
    public var next: MasterKeyFile { MasterKeyFile(path: path + ".next") }

    /// Whether there is a file, whatever it holds.
    public var exists: Bool { access(path, F_OK) == 0 }

    /// Puts ``next`` into this file's place, and keeps the key that stood there under another
    /// name: backups of before need it.
    ///
    /// - Parameter instant: when; part of the old key's new name.
    /// - Returns: where the old key is.
    /// - Throws: `alreadyExists` for a second rotation at the same instant, `cannotWrite`; then
    ///   both files are as they were, or the new one is in place.
    public func replaceByNext(at instant: String) throws(MasterKeyError) -> String {
        let retired = "\(path).retired-\(instant)"
        // A link and not a copy: the key's bytes are written once.
        guard link(path, retired) == 0 else {
            if errno == EEXIST { throw .alreadyExists(path: retired) }
            throw .cannotWrite(path: retired, reason: SystemReason.text(errno))
        }
        guard rename(next.path, path) == 0 else {
            throw .cannotWrite(path: path, reason: SystemReason.text(errno))
        }
        if let failure = Self.synchroniseDirectory(of: path) {
            throw .cannotWrite(path: path, reason: SystemReason.text(failure))
        }
        return retired
    }
}
