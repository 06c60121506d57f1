import Crypto
import Foundation
import Gateway
import WireFormat

/// The key under which indexes of sold codes are made: one line of base64, 32 octets, read by its
/// owner alone. Without it an index says nothing; with it, it can be asked for any code.
struct IndexKeyFile {
    /// 44 symbols and a line end; a larger file is something else.
    static let mostBytes = 256

    let path: String

    /// Makes a key; a file that is there is never overwritten.
    func create(random: some RandomSource) throws {
        try ProtectedFile.create(
            path,
            Base64.encode(random.bytes(LastingFingerprinting.keyBytes))
        )
    }

    func read() throws -> SymmetricKey {
        guard path != "-" else {
            throw CommandFailure.usage("--index-key: a file is expected, not standard input")
        }
        let bytes = try SecretInput.bytes(
            from: path,
            name: "--index-key",
            limit: Self.mostBytes,
            isNamedInErrors: false
        )
        try checkPermissions()
        let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines
        )
        guard let key = Base64.decode(line), key.count == LastingFingerprinting.keyBytes else {
            throw CommandFailure.usage(
                "--index-key \(path): one line of base64 with "
                    + "\(LastingFingerprinting.keyBytes) octets is expected; "
                    + "`cardproof audit index --new-key` makes one"
            )
        }
        return SymmetricKey(data: key)
    }

    private func checkPermissions() throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0 else { return }
        throw CommandFailure.usage(
            "--index-key \(path): is open to others (mode 0\(String(mode, radix: 8))); close it "
                + "with `chmod 600`, and think of the key as known to whoever could read it"
        )
    }
}
