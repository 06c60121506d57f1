import CardModel
import Foundation
import Yams

/// A card format from a YAML file.
///
/// ```yaml
/// id: acme-16x18
/// serial: {characters: "0-9", length: 16, check_digit: luhn}
/// key: {characters: "A-HJ-NP-Z2-9", length: {min: 16, max: 18}, fold_case: true}
/// ```
///
/// `key` is required; without `serial` the cards are a key alone. Unknown members, wrong types and
/// impossible lengths are all reported, each with file and line.
struct CardFormatFile {
    /// No format takes more than a few lines.
    static let mostBytes = 64 << 10

    private let path: String
    private var faults: [String] = []

    /// Reads the format at `path`.
    /// - Throws: ``CardFormatFileError`` with every fault of the file.
    static func format(at path: String) throws -> CardFormat {
        var file = CardFormatFile(path: path)
        return try file.read()
    }

    private init(path: String) { self.path = path }

    private mutating func read() throws -> CardFormat {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CardFormatFileError(faults: ["\(path): cannot be read"])
        }
        guard data.count <= Self.mostBytes, let text = String(data: data, encoding: .utf8) else {
            throw CardFormatFileError(
                faults: ["\(path): a format file is UTF-8 of at most \(Self.mostBytes) bytes"])
        }
        do {
            guard let root = try Yams.compose(yaml: text) else {
                throw CardFormatFileError(faults: ["\(path): is empty"])
            }
            let format = format(from: root)
            guard faults.isEmpty, let format else { throw CardFormatFileError(faults: faults) }
            return format
        } catch let error as YamlError {
            throw CardFormatFileError(faults: ["\(path): \(error)"])
        }
    }

    private mutating func format(from root: Node) -> CardFormat? {
        guard let members = members(of: root, named: "the format", known: ["id", "serial", "key"])
        else { return nil }
        let id = members["id"]?.string ?? ""
        if id.isEmpty || !id.utf8.allSatisfy(Self.isIdentifierSymbol) {
            report(members["id"] ?? root, "id: letters, digits, dots and dashes are expected")
        }
        let serial = members["serial"].flatMap { rule(from: $0, named: "serial") }
        guard let keyNode = members["key"] else {
            report(root, "key is missing")
            return nil
        }
        guard let key = rule(from: keyNode, named: "key") else { return nil }
        return CardFormat(
            id: id,
            title: LocalisedText(zhCN: id, en: id),
            serial: serial,
            key: key,
            mark: .operatorStated
        )
    }

    private mutating func rule(from node: Node, named name: String) -> CodeRule? {
        let known = ["characters", "length", "check_digit", "fold_case"]
        guard let members = members(of: node, named: name, known: known) else { return nil }
        let foldsCase = members["fold_case"].map { flag(from: $0, named: "\(name).fold_case") }
        return CodeRule(
            characters: members["characters"].flatMap { symbols(from: $0, named: name) } ?? .any,
            lengths: members["length"].flatMap { lengths(from: $0, named: name) } ?? .any,
            letterCase: foldsCase == true ? .upper : .exact,
            checkDigit: members["check_digit"].flatMap { checkDigit(from: $0, named: name) }
        )
    }

    private mutating func members(
        of node: Node,
        named name: String,
        known: [String]
    ) -> [String: Node]? {
        guard let mapping = node.mapping else {
            report(node, "\(name): a mapping is expected")
            return nil
        }
        var members: [String: Node] = [:]
        for (key, value) in mapping {
            let member = key.string ?? ""
            if known.contains(member) {
                members[member] = value
            } else {
                let expected = known.joined(separator: ", ")
                report(key, "\(name): unknown member \"\(member)\"; known are \(expected)")
            }
        }
        return members
    }

    private mutating func symbols(from node: Node, named name: String) -> SymbolSet? {
        if let text = node.string, let symbols = SymbolSet(classText: text) { return symbols }
        report(node, "\(name).characters: a class such as \"0-9\" or \"A-HJ-NP-Z2-9\" is expected")
        return nil
    }

    private mutating func lengths(from node: Node, named name: String) -> CodeLengths? {
        if let exact = node.int, let lengths = CodeLengths([exact...exact]) {
            return lengths
        }
        if let mapping = node.mapping, Set(mapping.keys.compactMap(\.string)) == ["min", "max"],
            let least = mapping["min"]?.int, let most = mapping["max"]?.int, least <= most,
            let lengths = CodeLengths([least...most])
        {
            return lengths
        }
        report(
            node,
            "\(name).length: 1 to \(CodeLengths.longest), or {min: N, max: M}, is expected"
        )
        return nil
    }

    private mutating func checkDigit(
        from node: Node,
        named name: String
    ) -> CodeRule.CheckDigitRule? {
        if let text = node.string, let algorithm = CheckDigit(rawValue: text) {
            return CodeRule.CheckDigitRule(algorithm, isBinding: true)
        }
        let known = CheckDigit.allCases.map(\.rawValue).joined(separator: ", ")
        report(node, "\(name).check_digit: one of \(known) is expected")
        return nil
    }

    private mutating func flag(from node: Node, named name: String) -> Bool {
        if let flag = node.bool { return flag }
        report(node, "\(name): true or false is expected")
        return false
    }

    private mutating func report(_ node: Node, _ message: String) {
        let line = node.mark.map { ":\($0.line)" } ?? ""
        faults.append("\(path)\(line): \(message)")
    }

    private static func isIdentifierSymbol(_ symbol: UInt8) -> Bool {
        switch symbol {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Everything that is wrong with a format file, one line each.
struct CardFormatFileError: Error, CustomStringConvertible {
    let faults: [String]

    var description: String { faults.joined(separator: "\n") }
}
