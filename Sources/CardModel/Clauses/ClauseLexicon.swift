/// The words the rules know, as a tree of their characters.
struct ClauseLexicon: Sendable {
    /// Concepts of a word, and its length in characters.
    struct Match {
        var concepts: ConceptSet
        var length: Int
    }

    static let standard = ClauseLexicon(
        operatorWords + remedyWords + burdenWords + eventWords + factWords + powerWords
            + channelWords + vaguenessWords + speechWords + compoundWords
            + attitudeWords + attitudeCompounds + judgementCompounds
    )

    /// Child of a node by character; the node and the character are one key.
    private var children: [UInt64: Int32] = [:]
    private var meanings: [ConceptSet] = [[]]

    /// `words` holds words apart by white space; a word may stand under several concepts.
    init(_ words: [(ClauseConcept, String)]) {
        for (concept, list) in words {
            for word in list.split(whereSeparator: \.isWhitespace) {
                var node: Int32 = 0
                for scalar in word.unicodeScalars {
                    let key = Self.key(node, Self.folded(scalar))
                    if let next = children[key] {
                        node = next
                    } else {
                        let next = Int32(meanings.count)
                        meanings.append([])
                        children[key] = next
                        node = next
                    }
                }
                meanings[Int(node)].insert(concept)
            }
        }
    }

    /// Every word that begins at `start`, shorter ones first.
    func matches(in symbols: [ClauseSymbol], at start: Int) -> [Match] {
        var (node, index, found) = (Int32(0), start, [Match]())
        while index < symbols.count,
            let next = children[Self.key(node, symbols[index].scalar)]
        {
            node = next
            index += 1
            let concepts = meanings[Int(node)]
            if !concepts.isEmpty {
                found.append(Match(concepts: concepts, length: index - start))
            }
        }
        return found
    }

    private static func key(_ node: Int32, _ scalar: UInt32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(scalar)
    }

    /// Words are folded as the text is: what the text never holds would never be found.
    private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        switch ClauseFolding.symbol(for: scalar) {
        case .word(let value): value
        default: scalar.value
        }
    }
}
