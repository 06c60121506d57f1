/// How long a text may be that the history of a claim keeps.
public enum TextLimit: Sendable, Hashable {
    case bytes(Int)
    /// Unicode scalars.
    case scalars(Int)

    /// The longest beginning of a text within the limit, in whole characters: what stands in place
    /// of a short code is longer than the code.
    func beginning(of text: String) -> String {
        var kept = Substring(text)
        while isExceeded(by: kept) { kept.removeLast() }
        return String(kept)
    }

    private func isExceeded(by text: Substring) -> Bool {
        switch self {
        case .bytes(let longest): text.utf8.count > longest
        case .scalars(let longest): text.unicodeScalars.count > longest
        }
    }
}
