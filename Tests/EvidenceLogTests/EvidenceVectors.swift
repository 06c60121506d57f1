import EvidenceLog
import Foundation
import WireFormat

/// The vectors under Tests/Vectors/evidence, which were made with Go's x/mod, PyPI `rfc8785` and
/// OpenSSL, not with this module.
struct EvidenceVectors {
    let json: JSONValue
    let proofFile: [UInt8]

    init() throws {
        json = try JSONValue.parse(Self.read("evidence-vectors.json"))
        proofFile = try Self.read("vector.tlog-proof")
    }

    func text(_ name: String) throws -> String {
        guard let text = json[name]?.stringValue else { throw MissingVector(name: name) }
        return text
    }

    func members(_ name: String) throws -> [JSONObject.Member] {
        guard let object = json[name]?.objectValue else { throw MissingVector(name: name) }
        return object.members
    }

    struct MissingVector: Error { let name: String }

    static let testsFolder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: testsFolder.appending(path: "Vectors/evidence/\(name)")))
    }
}
