import Crypto
import EvidenceLog
import Testing
import WireFormat

@Suite("Anchors and stamps over several logs")
struct AnchorTests {
    private static let checkpoints = (0..<5).map { Array("log \($0)\n".utf8) }

    @Test("an anchor leaf names the stamped size and digests, and is read again")
    func anchor() throws {
        for place in [nil, StampPlace(index: 1, count: 3, path: [.emptyTree, .leaf(of: [])])] {
            let statement = AnchorStatement(
                size: 7,
                checkpoint: Self.checkpoints[0],
                token: [1, 2, 3],
                policy: "1.2.3.4",
                place: place
            )
            let prepared = try EvidenceLeaf.anchor(statement, at: LeafTests.time)
            let json = try JSONValue.parse(prepared.bytes)
            #expect(json["size"] == 7 && json["tsa"] == "1.2.3.4" && json["typ"] == "anchor")
            let digest = Hexadecimal.encode(Array(SHA256.hash(data: Self.checkpoints[0])))
            #expect(json["ckpt_sha256"]?.stringValue == digest)
            #expect((json["stamp_path"]?.arrayValue?.count ?? 0) == (place?.path.count ?? 0))
            let read = try AnchorStatement(EvidenceLeaf(bytes: prepared.bytes))
            #expect(read == statement)
            try read.check(checkpoint: Self.checkpoints[0], token: [1, 2, 3])
            #expect(throws: EvidenceError.self) {
                try read.check(checkpoint: Self.checkpoints[1], token: [1, 2, 3])
            }
            #expect(throws: EvidenceError.self) {
                try read.check(checkpoint: Self.checkpoints[0], token: [1, 2])
            }
        }
        let health = try EvidenceLeaf.disclosed(.health, members: [], at: LeafTests.time)
        #expect(throws: EvidenceError.self) {
            try AnchorStatement(EvidenceLeaf(bytes: health.bytes))
        }
    }

    @Test("a stamp over several logs covers each at its place and nothing else", arguments: 2...5)
    func list(count: Int) throws {
        let checkpoints = Array(Self.checkpoints[..<count])
        let list = StampedList(checkpoints: checkpoints)
        let root = NaiveTree.root(checkpoints.map { .leaf(of: $0) })
        #expect(
            String(decoding: list.text, as: UTF8.self)
                == "cardproof.stamp/v1\n\(count)\n\(root.base64)\n"
        )
        for index in checkpoints.indices {
            let place = list.place(ofCheckpoint: index)
            try place.check(checkpoint: checkpoints[index], in: list.text)
            for other in checkpoints.indices where other != index {
                #expect(throws: EvidenceError.self) {
                    try place.check(checkpoint: checkpoints[other], in: list.text)
                }
            }
            for position in list.text.indices {
                var text = list.text
                text[position] ^= 1
                #expect(throws: EvidenceError.self, "byte \(position)") {
                    try place.check(checkpoint: checkpoints[index], in: text)
                }
            }
        }
        #expect(throws: EvidenceError.self) {
            try StampPlace(index: 0, count: UInt64(count) + 1, path: [])
                .check(checkpoint: checkpoints[0], in: list.text)
        }
    }
}
