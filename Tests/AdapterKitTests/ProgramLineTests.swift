import AdapterKit
import Testing
import WireFormat

@Suite("What programs say")
struct ProgramLineTests {
    @Test("messages are told apart")
    func messages() throws {
        let greeting = try ProgramLine(
            #"{"cardproof":1,"adapter":"a","version":2,"concurrency":3}"#.utf8
        )
        guard case .greeting(let said) = greeting else {
            Issue.record("no greeting")
            return
        }
        #expect(said.adapter == "a" && said.version == 2 && said.concurrency == 3)
        let reply = try ProgramLine(#"{"id":7,"result":{"state":"used"}}"#.utf8)
        guard case .reply(7, let object) = reply else {
            Issue.record("no reply")
            return
        }
        #expect(object["result"]?["state"] == "used")
    }

    @Test(
        "what is no message is refused without being quoted",
        arguments: [
            "", "used", "null", "[]", "{}", #"{"id":1}"#, #"{"id":0,"result":{}}"#,
            #"{"id":-1,"result":{}}"#, #"{"id":1.5,"result":{}}"#, #"{"id":"1","result":{}}"#,
            #"{"id":1,"result":{},"http":{}}"#, #"{"id":1,"result":{},"more":1}"#,
            #"{"id":1,"id":1,"result":{}}"#, #"{"id":1,"result":{}"#, #"{"id":1,"result":{}} x"#,
            #"{"cardproof":2,"adapter":"a","version":1}"#, #"{"cardproof":1,"adapter":"a"}"#,
            #"{"cardproof":1,"adapter":"a","version":1,"concurrency":0}"#,
            #"{"cardproof":1,"adapter":"a","version":1,"secret":"hunter2"}"#,
        ]
    )
    func refused(line: String) {
        do {
            _ = try ProgramLine(line.utf8)
            Issue.record("read: \(line)")
        } catch {
            #expect(error.reason == .broken)
            #expect(!error.message.contains("hunter2"))
        }
    }

    @Test("any bytes are read or refused, and nothing else happens")
    func rubbish() {
        var generator = Seeded(state: 4_471)
        let good = Array(#"{"id":12,"http":{"url":"https://a.example","headers":{"X":"é"}}}"#.utf8)
        var read = 0
        for _ in 0..<20_000 {
            var line = good
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let place = Int.random(in: 0..<line.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: line[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: line.remove(at: place)
                default: line.insert(good[place % good.count], at: place)
                }
            }
            if (try? ProgramLine(line)) != nil { read += 1 }
        }
        #expect(read > 1_000 && read < 19_000)
    }
}

/// Numbers from a seed.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
