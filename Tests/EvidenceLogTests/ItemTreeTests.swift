import EvidenceLog
import Testing
import WireFormat

@Suite("Items of one delivery under one field")
struct ItemTreeTests {
    static func items(_ count: Int) throws -> [LeafFields] {
        try (0..<count).map {
            try LeafFields([("line", .integer(Int64($0))), ("serial", .string("SN\($0)"))])
        }
    }

    @Test("each item is opened by itself under the leaf's one field", arguments: [1, 2, 3, 100])
    func openOne(count: Int) throws {
        let items = try Self.items(count)
        let tree = try ItemTree(items: items, secret: LeafTests.secret)
        let fields = try LeafFields([
            ("typ", "delivery"), (ItemsRoot.fieldName, tree.root.fieldValue),
        ])
        let prepared = try EvidenceLeaf.sealed(
            fields,
            secret: LeafTests.secret,
            decoys: LeafTests.decoys(),
            at: LeafTests.time
        )
        let opened = try EvidenceLeaf(bytes: prepared.bytes).open([
            fields.disclosures(secret: LeafTests.secret)[1]
        ])
        let root = try #require(ItemsRoot(fieldValue: opened[0].value))
        #expect(root == tree.root && root.count == UInt64(count))
        for index in 0..<count {
            let record = try SaltedItem(bytes: tree.records[index].bytes)
            let path = tree.inclusionProof(forItem: index).path
            try root.verify(record, at: UInt64(index), path: path)
            #expect(throws: EvidenceError.self) {
                try root.verify(record, at: UInt64(index + 1), path: path)
            }
            let secret = LeafTests.secret.itemSecret(index)
            let members = try record.open(items[index].disclosures(secret: secret))
            #expect(members.map(\.value) == [.integer(Int64(index)), .string("SN\(index)")])
        }
    }

    @Test("an item's secret opens that item and no other")
    func itemSecrets() throws {
        let items = try Self.items(3)
        let tree = try ItemTree(items: items, secret: LeafTests.secret)
        for index in 0..<3 {
            let secret = LeafTests.secret.itemSecret(index)
            for (place, record) in tree.records.enumerated() {
                let opened = try? record.open(items[place].disclosures(secret: secret))
                #expect((opened != nil) == (place == index))
            }
        }
    }

    @Test("a changed or respelled record is refused")
    func strictRecord() throws {
        let tree = try ItemTree(items: Self.items(2), secret: LeafTests.secret)
        let bytes = tree.records[0].bytes
        for place in bytes.indices {
            var bad = bytes
            bad[place] ^= 1
            guard let record = try? SaltedItem(bytes: bad) else { continue }
            #expect(throws: EvidenceError.self) {
                try tree.root.verify(record, at: 0, path: tree.inclusionProof(forItem: 0).path)
            }
        }
        for text in ["", "{}", "[]", #"{"_sd":[],"_sd_alg":"sha-256","a":1}"#] {
            #expect(throws: EvidenceError.self) { try SaltedItem(bytes: Array(text.utf8)) }
        }
        #expect(throws: EvidenceError.self) { try ItemTree(items: [], secret: LeafTests.secret) }
    }

    @Test("only a count and a root make the field's value")
    func fieldValue() throws {
        let root = TreeHash.emptyTree.base64
        #expect(ItemsRoot(fieldValue: ["count": 1, "root": .string(root)]) != nil)
        for bad: JSONValue in [
            nil, [], "x", ["count": 0, "root": .string(root)], ["count": 1, "root": "AAAA"],
            ["count": 1, "root": .string(root), "x": 1], ["root": .string(root)],
            ["count": "1", "root": .string(root)],
        ] { #expect(ItemsRoot(fieldValue: bad) == nil) }
    }
}
