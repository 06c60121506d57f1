import Foundation

/// A shop's own text as `policy lint` reads it: UTF-8 that says something. Bytes of another
/// encoding hold no clause that a rule could find, and would pass as fair.
struct ShopText {
    /// The command, which errors begin with; the file's name comes after it.
    private static let option = "policy lint"

    let text: String

    /// - Throws: ``CommandFailure`` naming the file and what to do.
    init(file: String) throws {
        let bytes = try SecretInput.bytes(from: file, name: Self.option)
        // Text has no NUL; UTF-16 of a few Latin letters is full of them, and is UTF-8 as well.
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw CommandFailure.usage(
                "\(Self.option) \(file): is not UTF-8; save it as UTF-8, for example by "
                    + "`iconv -f gbk -t utf-8` (or `-f utf-16`)"
            )
        }
        guard text.contains(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) else {
            throw CommandFailure.usage("\(Self.option) \(file): holds no text")
        }
        self.text = text
    }
}
