import Crypto
import Foundation
import Gateway

/// A file on its way into a delivery's evidence.
struct AttachmentFile {
    let content: [UInt8]
    /// Without its folders, cut to what the gateway keeps.
    let name: String
    let mediaType: AttachmentMediaType

    /// - Throws: ``CommandFailure`` for a file that cannot be read, is too large, or is of a type
    ///   that is not taken; `option` names in it where the path was given.
    init(path: String, option: String) throws {
        content = try SecretInput.bytes(
            from: path,
            name: option,
            limit: AttachmentRecord.largestByteCount
        )
        let url = URL(fileURLWithPath: path)
        name = String(url.lastPathComponent.prefix(AttachmentRecord.longestName))
        let word = url.pathExtension.lowercased()
        let aliases = ["jpeg": "jpg", "log": "txt", "md": "txt"]
        let known = aliases[word] ?? word
        guard let type = AttachmentMediaType.allCases.first(where: { $0.fileExtension == known })
        else {
            throw CommandFailure.usage("\(path): files of this type are not taken")
        }
        mediaType = type
    }

    var sha256: [UInt8] { Array(SHA256.hash(data: content)) }
}
