import Foundation
import Testing
import WireFormat

@testable import CardModel

/// `CARDPROOF_WRITE_SCHEMA=1 swift test --filter PolicySchemaTests` writes the file anew.
@Suite("Config/policies/policy.schema.json")
struct PolicySchemaTests {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("is the schema that the library writes (M0-37)")
    func file() throws {
        let file = Self.root.appending(path: "Config/policies/policy.schema.json")
        let written = Self.text(PolicySchema.json) + "\n"
        if ProcessInfo.processInfo.environment["CARDPROOF_WRITE_SCHEMA"] != nil {
            try written.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == written)
    }

    @Test("knows the fields that the reader asks for, and no others")
    func fields() throws {
        let issues = ObjectReader.IssueList(listsAsked: true)
        _ = WarrantyPolicy.read(ObjectReader.document(try Self.everySection(), issues: issues))
        #expect(issues.issues.isEmpty)
        let known = Set(Self.properties(of: PolicySchema.json).map(\.pointer))
        #expect(known == issues.asked)
        #expect(known.count > 80)
    }

    @Test("has a description for every field, and lets no unknown one pass")
    func closed() {
        for (pointer, schema) in Self.properties(of: PolicySchema.json) {
            #expect(schema["description"]?.stringValue?.isEmpty == false, "\(pointer)")
            if schema["properties"] != nil {
                #expect(schema["additionalProperties"]?.boolValue == false, "\(pointer)")
            }
        }
    }

    @Test("has no field that the documentation does not name")
    func documented() throws {
        let page = try String(
            contentsOf: Self.root.appending(path: "docs/warranty-policies.md"),
            encoding: .utf8
        )
        let quoted = page.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }
            .flatMap { $0.element.split { !$0.isLetter && !$0.isNumber && $0 != "_" } }
        let words = Set(quoted.map(String.init))
        for (pointer, _) in Self.properties(of: PolicySchema.json) {
            let name = pointer.split(separator: "/").last.map(String.init) ?? ""
            #expect(words.contains(name), "\(pointer)")
        }
    }

    /// A document in which every section stands, so that its reader asks for every field.
    private static func everySection() throws -> JSONValue {
        var document = try #require(WarrantyPolicyTests.full.objectValue)
        document["membership"] = ["length": "P30D"]
        return .object(document)
    }

    /// Every property below a schema, with the pointer of the field that it describes.
    private static func properties(
        of schema: JSONValue,
        at place: String = ""
    ) -> [(pointer: String, schema: JSONValue)] {
        (schema["properties"]?.objectValue?.members ?? []).flatMap { member in
            let pointer = "\(place)/\(member.name)"
            return [(pointer, member.value)] + properties(of: member.value, at: pointer)
        }
    }

    /// Two spaces a level, as editors write it.
    private static func text(_ value: JSONValue, _ indent: String = "") -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where elements.contains { $0.objectValue != nil }:
            let lines = elements.map { inner + text($0, inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
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
