import Drivers
import EvidenceLog
import Foundation

// The C part of Foundation declares `struct stat` too, and either may count as its home.
#if canImport(CoreFoundation)
import CoreFoundation
#endif

/// What a witness keeps on disk: its key and its memory, which must not come apart.
struct WitnessFolder {
    /// Bytes of a key's file: one line with a name of ours.
    private static let mostKeyBytes = 4 << 10

    let path: String

    var keyPath: String { path + "/witness.key" }
    var verifierKeyPath: String { path + "/vkey" }
    var memoryPath: String { path + "/witness.db" }
    var lockPath: String { path + "/witness.lock" }

    /// Makes the key, its public half as a file, and an empty memory.
    /// - Throws: ``CommandFailure`` with 64 when there is a key, or the name cannot be one.
    func create(name: String) throws -> NoteVerifierKey {
        let seed = SystemRandomSource().bytes(32)
        let text: String
        let key: NoteVerifierKey
        do throws(EvidenceError) {
            text = try CosignatureSigner.signingKey(name: name, seed: seed)
            key = try CosignatureSigner(name: name, seed: seed).verifierKey
        } catch {
            throw CommandFailure.usage("--name \(name): \(error)")
        }
        try ProtectedFile.makeFolder(path)
        guard !FileManager.default.fileExists(atPath: memoryPath) else {
            throw CommandFailure.usage(
                "\(memoryPath) is there: this folder is a witness's already; name a new one"
            )
        }
        try ProtectedFile.create(keyPath, text)
        try protecting { try SQLiteWitnessStore.create(path: memoryPath, key: key) }
        try ProtectedFile.replace(verifierKeyPath, Array("\(key.vkey)\n".utf8))
        return key
    }

    /// - Throws: ``CommandFailure`` that says what is wrong with the file and never what it holds.
    func signer() throws -> CosignatureSigner {
        let descriptor = open(keyPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw CommandFailure.usage(
                "\(keyPath) cannot be read: \(String(cString: strerror(errno))); make a witness "
                    + "with `cardproof witness init`"
            )
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure.usage("\(keyPath) is not a regular file")
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw CommandFailure.usage(
                "\(keyPath) can be read by others, or belongs to another user: chown and chmod "
                    + "600 it, and think of the key as known to whoever could read it"
            )
        }
        let bytes = try file.read(upToCount: Self.mostKeyBytes) ?? Data()
        let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let signer = CosignatureSigner(signingKey: line) else {
            throw CommandFailure.usage(
                "\(keyPath) is not a witness's key as `cardproof witness init` writes it"
            )
        }
        return signer
    }

    /// Opens the memory, which must be there.
    func memory(of key: NoteVerifierKey) throws -> SQLiteWitnessStore {
        try protecting { try SQLiteWitnessStore(path: memoryPath, key: key) }
    }

    private func protecting<Value>(_ body: () throws -> Value) throws -> Value {
        let mask = umask(0o077)
        defer { umask(mask) }
        do {
            return try body()
        } catch let failure as SQLiteWitnessStore.Failure {
            throw CommandFailure.failed(failure.description)
        }
    }
}
