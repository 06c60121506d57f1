import AdapterKit
import Foundation
import Testing
import WireFormat

/// `CARDPROOF_WRITE_SCHEMA=1 swift test --filter SchemaTests` writes the file anew.
@Suite("docs/adapter-manifest.schema.json")
struct SchemaTests {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("is the language that the parser reads")
    func file() throws {
        let file = Self.root.appending(path: "docs/adapter-manifest.schema.json")
        let written = Self.text(AdapterManifestSchema.json) + "\n"
        if ProcessInfo.processInfo.environment["CARDPROOF_WRITE_SCHEMA"] != nil {
            try written.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == written)
    }

    @Test("the parser of manifests knows keys from that table alone")
    func oneTable() throws {
        let folder = Self.root.appending(path: "Sources/AdapterKit/Manifest")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: nil
        ).filter { $0.lastPathComponent.hasPrefix("ManifestParser") }
        #expect(files.count > 5)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("members(known:"), "\(file.lastPathComponent)")
        }
    }

    @Test("no mapping of the language lets an unknown key pass")
    func closed() throws {
        let definitions = try #require(AdapterManifestSchema.json["$defs"]?.objectValue)
        #expect(definitions.members.count > 30)
        for definition in definitions.members {
            #expect(
                definition.value["additionalProperties"]?.boolValue == false,
                "\(definition.name)"
            )
        }
    }

    /// Two spaces a level, as editors write it.
    private static func text(_ value: JSONValue, _ indent: String = "") -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let isShort = elements.allSatisfy { $0.lexeme != nil }
            let texts = elements.map { text($0, inner) }
            return isShort
                ? "[\(texts.joined(separator: ", "))]"
                : "[\n\(texts.map { inner + $0 }.joined(separator: ",\n"))\n\(indent)]"
        case .object(let object) where !object.members.isEmpty:
            let lines = object.members.map { member in
                inner + String(decoding: JSONValue.string(member.name).serialized(), as: UTF8.self)
                    + ": " + text(member.value, inner)
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .null, .bool, .integer, .decimal, .string, .array, .object:
            return String(decoding: value.serialized(), as: UTF8.self)
        }
    }
}
