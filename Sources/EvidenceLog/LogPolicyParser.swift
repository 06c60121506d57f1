/// Reads a policy file line by line, definitions before their use.
struct LogPolicyParser {
    private typealias Words = [ArraySlice<UInt8>]

    private var policy = LogPolicy()
    private var line = 0
    private var hasQuorum = false
    private var defined: Set<LogPolicy.Name> = []
    /// Names that are a member already: a witness counts in one way only.
    private var members: Set<LogPolicy.Name> = []

    static func parse(_ bytes: [UInt8]) throws(EvidenceError) -> LogPolicy {
        guard bytes.count <= LogPolicy.largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(LogPolicy.largestByteCount) bytes")
        }
        guard let lines = StrictText.lines(bytes[...]) else {
            throw EvidenceError(.malformedPolicy, "the last line does not end in a newline")
        }
        var parser = LogPolicyParser()
        for line in lines { try parser.read(line) }
        guard parser.hasQuorum else {
            throw EvidenceError(.malformedPolicy, "has no quorum line")
        }
        return parser.policy
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(EvidenceError) {
        line += 1
        guard bytes.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
            throw malformed("holds a control character")
        }
        let words = bytes.split { $0 == 0x09 || $0 == StrictText.space }
        guard let keyword = words.first, keyword.first != UInt8(ascii: "#") else { return }
        let arguments = Array(words.dropFirst())
        switch String(decoding: keyword, as: UTF8.self) {
        case "log": try readLog(arguments)
        case "witness": try readWitness(arguments)
        case "group": try readGroup(arguments)
        case "quorum": try readQuorum(arguments)
        default: throw malformed("begins with none of log, witness, group and quorum")
        }
        let counts = [policy.logs.count, policy.witnesses.count, policy.groups.count]
        guard counts.allSatisfy({ $0 <= LogPolicy.largestDefinitionCount }) else {
            throw EvidenceError(
                .limitExceeded,
                at: "line \(line)",
                "more than \(LogPolicy.largestDefinitionCount) definitions of a kind"
            )
        }
    }

    private mutating func readLog(_ arguments: Words) throws(EvidenceError) {
        guard (1...2).contains(arguments.count) else {
            throw malformed("is not log <vkey> [<url>]")
        }
        let key = try verifierKey(arguments[0])
        guard !policy.logs.contains(where: { $0.key.keyMaterial == key.keyMaterial }) else {
            throw malformed("names a log key a second time")
        }
        policy.logs.append(
            .init(key: key, url: arguments.dropFirst().first.map(LogPolicy.Name.init))
        )
    }

    private mutating func readWitness(_ arguments: Words) throws(EvidenceError) {
        guard (2...3).contains(arguments.count) else {
            throw malformed("is not witness <name> <vkey> [<url>]")
        }
        let name = try definedName(arguments[0])
        let key = try verifierKey(arguments[1])
        guard key.type.isCosignature else { throw malformed("the key is not one for cosignatures") }
        guard !policy.witnesses.contains(where: { $0.key.keyMaterial == key.keyMaterial }) else {
            throw malformed("names a witness key a second time")
        }
        let url = arguments.dropFirst(2).first.map(LogPolicy.Name.init)
        policy.witnesses.append(.init(name: name, key: key, url: url))
    }

    private mutating func readGroup(_ arguments: Words) throws(EvidenceError) {
        guard arguments.count >= 3 else {
            throw malformed("is not group <name> all|any|<k> <member>...")
        }
        let names = arguments[2...].map(LogPolicy.Name.init)
        for member in names {
            guard defined.contains(member) else {
                throw malformed("`\(member)` is not defined above")
            }
            guard members.insert(member).inserted else {
                throw malformed("`\(member)` is a member already")
            }
        }
        let threshold = try threshold(arguments[1], memberCount: names.count)
        let name = try definedName(arguments[0])
        policy.groups.append(.init(name: name, threshold: threshold, members: names))
    }

    private mutating func readQuorum(_ arguments: Words) throws(EvidenceError) {
        guard arguments.count == 1 else { throw malformed("is not quorum <name>|none") }
        guard !hasQuorum else { throw malformed("is a second quorum line") }
        hasQuorum = true
        let name = LogPolicy.Name(arguments[0])
        guard name != LogPolicy.Name("none") else { return }
        guard defined.contains(name) else { throw malformed("`\(name)` is not defined above") }
        policy.quorum = .member(name)
    }

    private func threshold(
        _ word: ArraySlice<UInt8>,
        memberCount: Int
    ) throws(EvidenceError) -> Int {
        if word.elementsEqual("all".utf8) { return memberCount }
        if word.elementsEqual("any".utf8) { return 1 }
        guard let count = StrictText.decimal(word), (1...UInt64(memberCount)).contains(count) else {
            throw malformed("the threshold is not all, any, or 1 to \(memberCount)")
        }
        return Int(count)
    }

    private mutating func definedName(
        _ word: ArraySlice<UInt8>
    ) throws(EvidenceError) -> LogPolicy.Name {
        let name = LogPolicy.Name(word)
        guard name != LogPolicy.Name("none"), defined.insert(name).inserted else {
            throw malformed("the name `\(name)` is taken")
        }
        return name
    }

    private func verifierKey(_ word: ArraySlice<UInt8>) throws(EvidenceError) -> NoteVerifierKey {
        guard let vkey = StrictText.text(word) else { throw malformed("the vkey is not UTF-8") }
        do {
            return try NoteVerifierKey(vkey: vkey)
        } catch {
            throw malformed("vkey, \(error.location): \(error.detail)")
        }
    }

    private func malformed(_ detail: String) -> EvidenceError {
        EvidenceError(.malformedPolicy, at: "line \(line)", detail)
    }
}
