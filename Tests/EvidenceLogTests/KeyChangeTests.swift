import EvidenceLog
import Testing
import WireFormat

@Suite("A key change says which log comes next, or came before")
struct KeyChangeTests {
    private static let time = Instant(secondsSinceEpoch: 1_795_161_600)
    private static let vkey = "log.example/shop/2+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYc"

    @Test("a last leaf and a first leaf are read as what they were written from")
    func leaves() throws {
        let last = try EvidenceLeaf.keyChange(
            toOrigin: "log.example/shop/2", vkey: Self.vkey, at: Self.time)
        #expect(
            KeyChange(try EvidenceLeaf(bytes: last.bytes))
                == .next(origin: "log.example/shop/2", vkey: Self.vkey))
        let root = TreeHash.leaf(of: [1])
        let first = try EvidenceLeaf.keyChange(
            fromOrigin: "log.example/shop", size: 1 << 40, root: root, vkey: Self.vkey,
            at: Self.time)
        #expect(
            KeyChange(try EvidenceLeaf(bytes: first.bytes))
                == .previous(
                    origin: "log.example/shop", size: 1 << 40, root: root, vkey: Self.vkey))
    }

    @Test(
        "a leaf that lacks a member, or is of another type, is no key change",
        arguments: [
            [("next_origin", "a")], [("next_vkey", "a")], [],
            [("prev_origin", "a"), ("prev_vkey", "b"), ("prev_root", "no hash")],
        ] as [[(String, String)]])
    func incomplete(members: [(String, String)]) throws {
        let named = members.map { (name: $0.0, value: JSONValue.string($0.1)) }
        let leaf = try EvidenceLeaf.disclosed(.keyChange, members: named, at: Self.time)
        #expect(KeyChange(try EvidenceLeaf(bytes: leaf.bytes)) == nil)
        let whole: [(name: String, value: JSONValue)] = [
            ("next_origin", "a"), ("next_vkey", "b"),
        ]
        let other = try EvidenceLeaf.disclosed(.health, members: whole, at: Self.time)
        #expect(KeyChange(try EvidenceLeaf(bytes: other.bytes)) == nil)
    }
}
