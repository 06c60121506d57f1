import CardModel
import Foundation
import WireFormat
import Yams

/// A YAML node that knows its file and line and reports what is wrong with it. Readers return nil
/// after they reported, so that reading goes on and all faults are found in one run.
struct ConfigurationNode {
    /// A configuration of thousands of products stays below it.
    static let mostFileBytes = 4 << 20

    let node: Node
    let source: String
    /// Where the node stands: `products[2].policy`.
    let path: String
    let faults: FaultList

    /// The root of a file; nil after reporting why there is none.
    static func root(ofFile path: String, faults: FaultList) -> ConfigurationNode? {
        guard let data = FileManager.default.contents(atPath: path) else {
            faults.add(source: path, "cannot be read")
            return nil
        }
        guard data.count <= mostFileBytes, let text = String(data: data, encoding: .utf8) else {
            faults.add(source: path, "UTF-8 of at most \(mostFileBytes) bytes is expected")
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                faults.add(source: path, "is empty; a mapping of keys is expected")
                return nil
            }
            return ConfigurationNode(node: node, source: path, path: "", faults: faults)
        } catch {
            let (line, problem) = Self.problem(of: error)
            faults.add(source: path, line: line, "is not YAML: \(problem)")
            return nil
        }
    }

    /// What the library says, without the text of the file that it quotes.
    private static func problem(of error: any Error) -> (line: Int?, problem: String) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            (context.mark.line, "the key `\(keys.first ?? "")` stands twice")
        case .reader(let problem, _, _, _): (nil, problem)
        default: (nil, "it cannot be read")
        }
    }

    var line: Int? { node.mark?.line }

    func fail(_ message: String, suggestion: String? = nil) {
        faults.add(
            source: source,
            line: line,
            path.isEmpty ? message : "\(path): \(message)",
            suggestion: suggestion
        )
    }

    func child(_ node: Node, _ path: String) -> ConfigurationNode {
        ConfigurationNode(node: node, source: source, path: path, faults: faults)
    }

    /// Members of a mapping in the order of the file; nil after reporting that it is none.
    func members() -> [(name: ConfigurationNode, word: String, value: ConfigurationNode)]? {
        guard case .mapping(let mapping) = node else {
            fail("a mapping of keys is expected")
            return nil
        }
        var members: [(ConfigurationNode, String, ConfigurationNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                child(key, path).fail("a key is a plain word")
                continue
            }
            let name = path.isEmpty ? scalar.string : "\(path).\(scalar.string)"
            members.append((child(key, name), scalar.string, child(value, name)))
        }
        return members
    }

    /// Members of a mapping whose keys are known; others are reported with the nearest one.
    func members(known: [String]) -> [String: ConfigurationNode]? {
        guard let members = members() else { return nil }
        var found: [String: ConfigurationNode] = [:]
        for (name, word, value) in members {
            if known.contains(word) {
                found[word] = value
            } else {
                name.fail("unknown key", suggestion: NearestWord.to(word, among: known))
            }
        }
        return found
    }

    /// Elements of a list; nil after reporting that it is none.
    func elements() -> [ConfigurationNode]? {
        guard case .sequence(let sequence) = node else {
            fail("a list is expected")
            return nil
        }
        return sequence.enumerated().map { child($1, "\(path)[\($0)]") }
    }

    /// Any single value as it is written: an id such as 007 stays 007.
    func word() -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            fail("a single value is expected")
            return nil
        }
        return scalar.string
    }

    /// The ``word()`` of a member that this mapping must have.
    func requiredWord(_ name: String, of members: [String: ConfigurationNode]) -> String? {
        guard let member = members[name] else {
            fail("`\(name)` is missing")
            return nil
        }
        return member.word()
    }

    func flag() -> Bool? {
        guard case .bool(let flag) = value else {
            fail("true or false is expected")
            return nil
        }
        return flag
    }

    func integer() -> Int64? {
        guard case .integer(let number) = value else {
            fail("a whole number is expected")
            return nil
        }
        return number
    }
}
