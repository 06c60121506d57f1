import AdapterKit
import CardModel
import WireFormat

/// Finds the keys of a notice where no key belongs: in the names of members that nobody asked for,
/// which the answer repeats and the store keeps.
///
/// A run of ten symbols is a key already, in either case and with anything but letters and digits
/// between them. Runs are compared by a hash: equal by chance costs a name, never a key.
struct KeyRuns {
    /// The last ten symbols of a key identify it.
    private static let length = 10
    /// A shorter key would be found in every other word.
    private static let shortestKey = 4

    /// Hashes of the runs, by their length: shorter than ten where the key is.
    private var hashes: [Int: Set<UInt64>] = [:]

    /// - Parameter longestName: bytes of the longest name that will be looked through.
    init(of keys: some Sequence<CardKey>, longestName: Int) {
        for key in keys {
            let symbols = key.withUnredacted { Self.symbols(of: $0) }
            let length = min(symbols.count, Self.length)
            guard (Self.shortestKey...max(Self.shortestKey, longestName)).contains(length) else {
                continue
            }
            hashes[length, default: []].formUnion(Self.runs(of: symbols, length: length))
        }
    }

    /// The pointer, its last name replaced when a key stands in it.
    func redacted(_ pointer: String) -> String {
        guard let slash = pointer.lastIndex(of: "/") else { return pointer }
        let name = JSONPointer.unescape(pointer[pointer.index(after: slash)...])
        return occur(in: name) ? pointer[...slash] + Scrubber.mark : pointer
    }

    /// Whether ten symbols of a key stand in a row in the text. A shorter key is not looked for: it
    /// would be found in words that mean no harm.
    func holdLongKey(_ text: String) -> Bool {
        let known = hashes[Self.length] ?? []
        return Self.runs(of: Self.symbols(of: text), length: Self.length).contains {
            known.contains($0)
        }
    }

    private func occur(in text: some StringProtocol) -> Bool {
        let symbols = Self.symbols(of: text)
        return hashes.contains { length, known in
            Self.runs(of: symbols, length: length).contains { known.contains($0) }
        }
    }

    /// Letters in lower case and digits; what is not ASCII stays as it is.
    private static func symbols(of text: some StringProtocol) -> [UInt8] {
        text.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case 0x80...: byte
            default: nil
            }
        }
    }

    /// FNV-1a of every run of that length.
    private static func runs(of symbols: [UInt8], length: Int) -> some Sequence<UInt64> {
        let starts = symbols.count < length ? 0..<0 : 0..<(symbols.count - length + 1)
        return starts.lazy.map { start in
            symbols[start..<(start + length)].reduce(0xCBF2_9CE4_8422_2325) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            }
        }
    }
}
