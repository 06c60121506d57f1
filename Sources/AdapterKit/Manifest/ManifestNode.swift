import WireFormat
import Yams

/// A YAML node that knows its file and where to report what is wrong with it.
///
/// Every reader returns nil after it reported, so that parsing goes on and all errors are found
/// in one run.
struct ManifestNode {
    /// Collects the errors of one file.
    final class Report {
        let file: String
        private(set) var diagnostics: [AdapterDiagnostic] = []
        /// Long lists of words that were printed; once in a file is enough.
        private var listed: Set<[String]> = []

        init(file: String) {
            self.file = file
        }

        func add(_ message: String, at mark: Mark?, suggestion: String? = nil) {
            diagnostics.append(
                AdapterDiagnostic(
                    file: file,
                    line: mark?.line,
                    column: mark?.column,
                    message: message,
                    suggestion: suggestion
                )
            )
        }

        /// A text that is none of the known words: the nearest of them, else the list.
        func unknownWord(_ text: String, among known: [String]) -> (String, suggestion: String?) {
            let nearest = NearestWord.to(text, among: known)
            let isShort = known.count <= Self.mostWordsOfAShortList
            guard isShort || nearest == nil && listed.insert(known).inserted else {
                return ("`\(text)` is no word that may stand here", nearest)
            }
            return ("`\(text)` is none of \(known.joined(separator: ", "))", nearest)
        }

        /// Lists that are printed with every fault.
        private static let mostWordsOfAShortList = 8

        /// In the order of the file.
        var sorted: [AdapterDiagnostic] {
            diagnostics.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        }
    }

    let node: Node
    /// Where the node stands in the manifest: `request.url`.
    let path: String
    let report: Report

    /// Bytes of a manifest or fixture file at most.
    static let longestFileBytes = 512 << 10

    /// The root of a YAML text; nil after reporting why there is none.
    static func root(of text: String, report: Report) -> ManifestNode? {
        guard text.utf8.count <= longestFileBytes else {
            report.add("the file is longer than \(longestFileBytes) bytes", at: nil)
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                report.add("the file is empty", at: nil)
                return nil
            }
            return ManifestNode(node: node, path: "", report: report)
        } catch let error as YamlError {
            report.add(Self.problem(of: error), at: Self.mark(of: error))
        } catch {
            report.add("not YAML", at: nil)
        }
        return nil
    }

    /// Counted from 1.
    var line: Int? { node.mark?.line }

    func fail(_ message: String, suggestion: String? = nil) {
        report.add(
            path.isEmpty ? message : "\(path): \(message)",
            at: node.mark,
            suggestion: suggestion
        )
    }

    func child(_ node: Node, _ name: String) -> ManifestNode {
        ManifestNode(node: node, path: path.isEmpty ? name : "\(path).\(name)", report: report)
    }

    var isMapping: Bool {
        if case .mapping = node { true } else { false }
    }

    private static func mark(of error: YamlError) -> Mark? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _),
            .composer(_, _, let mark, _):
            mark
        case .duplicatedKeysInMapping(_, let context): context.mark
        default: nil
        }
    }

    private static func problem(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
            .composer(_, let problem, _, _):
            "not YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, _):
            "the key `\(keys.first ?? "")` stands twice"
        default: "not YAML"
        }
    }
}

extension ManifestNode {
    /// The members of a mapping in the file's order; nil after reporting that it is none.
    func members() -> [(name: String, value: ManifestNode)]? {
        guard case .mapping(let mapping) = node else {
            fail("must be a mapping")
            return nil
        }
        var result: [(String, ManifestNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                report.add("\(path): a key must be a plain word", at: key.mark)
                continue
            }
            result.append((scalar.string, marked(value, like: key, named: scalar.string)))
        }
        return result
    }

    /// The members of a mapping whose keys are all known; unknown ones are reported.
    func members(known: [String]) -> [String: ManifestNode]? {
        guard let members = members() else { return nil }
        var result: [String: ManifestNode] = [:]
        for (name, value) in members {
            if known.contains(name) {
                result[name] = value
            } else {
                value.reportUnknown(name, known: known)
            }
        }
        return result
    }

    func elements() -> [ManifestNode]? {
        guard case .sequence(let sequence) = node else {
            fail("must be a list")
            return nil
        }
        return sequence.enumerated().map { child($0.element, "\($0.offset)") }
    }

    /// One scalar or a list of scalars, as texts.
    func texts() -> [String]? {
        if case .sequence = node { return elements()?.compactMap { $0.text() } }
        return text().map { [$0] }
    }

    /// A scalar exactly as written: leading zeros stay, `NO` is a word.
    func text() -> String? {
        guard case .scalar(let scalar) = node else {
            fail("must be a single value")
            return nil
        }
        return scalar.string
    }

    func nonEmptyText() -> String? {
        guard let text = text() else { return nil }
        if text.isEmpty { fail("is empty") }
        return text.isEmpty ? nil : text
    }

    func integer(in range: ClosedRange<Int>) -> Int? {
        guard let text = text() else { return nil }
        guard let value = Int(text), range.contains(value) else {
            fail("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func number(in range: ClosedRange<Double>) -> Double? {
        guard let text = text() else { return nil }
        guard let value = Double(text), range.contains(value) else {
            fail("must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func flag() -> Bool? {
        guard let text = text() else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            fail("must be true or false")
            return nil
        }
    }

    /// A word of a closed list.
    func word<Word>(_ type: Word.Type) -> Word?
    where Word: RawRepresentable<String> & CaseIterable {
        guard let text = text() else { return nil }
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue)
        let (message, suggestion) = report.unknownWord(text, among: known)
        fail(message, suggestion: suggestion)
        return nil
    }

    /// An RFC 6901 pointer into the answer.
    func pointer() -> String? {
        guard let text = text() else { return nil }
        guard text.isEmpty || text.hasPrefix("/") else {
            fail("`\(text)` is no pointer: it must begin with /", suggestion: "/\(text)")
            return nil
        }
        return text
    }

    private func reportUnknown(_ name: String, known: [String]) {
        let place = path.split(separator: ".").dropLast().joined(separator: ".")
        report.add(
            "\(place.isEmpty ? "" : place + ": ")unknown key `\(name)`",
            at: node.mark,
            suggestion: NearestWord.to(name, among: known)
        )
    }

    /// Yams marks a block mapping where its first key stands; errors about a member point at the
    /// member's own line.
    private func marked(_ value: Node, like key: Node, named name: String) -> ManifestNode {
        var value = value
        switch value {
        case .mapping(var mapping):
            mapping.mark = key.mark
            value = .mapping(mapping)
        case .sequence(var sequence):
            sequence.mark = key.mark
            value = .sequence(sequence)
        case .scalar(var scalar):
            scalar.mark = key.mark
            value = .scalar(scalar)
        case .alias: break
        }
        return child(value, name)
    }
}
