import ArgumentParser
import Foundation
import Gateway
import WireFormat

/// The process that asks the issuer and writes the journal.
///
/// It is another process so that the death of the audit, by whatever signal, leaves no question
/// without its answer: when its input ends, it waits for what is under way, writes it down and
/// ends. Codes go to it through a pipe.
final class AskingProcess {
    /// What it says: one JSON object a line.
    enum Message {
        case answered(StockAnswer)
        case paused(reason: String, until: Instant)
        case ended(StockInquirer.Ending)
        /// The journal could not be taken or written.
        case failed(String)
    }

    /// Bytes taken at a time.
    private static let pieceBytes = 64 << 10

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var received: [UInt8] = []

    /// - Parameter arguments: of ``AskIssuerCommand``.
    /// - Throws: ``CommandFailure`` when it cannot be started.
    init(arguments: [String]) throws {
        // This program, also when its file was replaced meanwhile.
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
        process.arguments = [AskIssuerCommand.configuration.commandName ?? ""] + arguments
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw CommandFailure.failed(
                "the asking process cannot be started: \(error.localizedDescription)"
            )
        }
        // Else its end would never be seen.
        try? output.fileHandleForWriting.close()
        try? input.fileHandleForReading.close()
    }

    func ask(_ question: StockQuestion) throws {
        do {
            try input.fileHandleForWriting.write(contentsOf: question.json.serialized() + [0x0a])
        } catch {
            throw CommandFailure.failed("the asking process is gone")
        }
    }

    /// Ends its input: it asks nothing more.
    func finish() { try? input.fileHandleForWriting.close() }

    /// Its next message; nil when it has ended.
    func next() throws -> Message? {
        while true {
            if let end = received.firstIndex(of: 0x0a) {
                let line = Array(received[..<end])
                received.removeFirst(end + 1)
                guard let message = try? Self.message(JSONValue.parse(line)) else { continue }
                return message
            }
            guard try receive() else { return nil }
        }
    }

    /// Takes what is there, or waits; false at the end. Not FileHandle's `read(upToCount:)`: it
    /// waits for all of the count.
    private func receive() throws -> Bool {
        let descriptor = output.fileHandleForReading.fileDescriptor
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure.failed("the asking process cannot be heard")
            }
            received += piece[..<count]
            return count > 0
        }
    }

    func waitUntilEnd() { process.waitUntilExit() }

    private static func message(_ value: JSONValue) -> Message? {
        if let answer = value["answer"].flatMap({ StockAnswer($0) }) { return .answered(answer) }
        if let reason = value["paused"]?.stringValue, let until = value["until"]?.integerValue {
            return .paused(reason: reason, until: Instant(millisecondsSinceEpoch: until))
        }
        if let failure = value["failed"]?.stringValue { return .failed(failure) }
        switch value["ended"]?.stringValue {
        case "done": return .ended(.done)
        case "issuer_away": return .ended(.issuerAway)
        case "account_refused": return .ended(.accountRefused)
        default: return nil
        }
    }
}

extension AskingProcess.Message {
    /// As ``AskIssuerCommand`` writes it.
    var line: [UInt8] {
        let value: JSONValue =
            switch self {
            case .answered(let answer): ["answer": answer.json]
            case .paused(let reason, let until):
                ["paused": .string(reason), "until": .integer(until.millisecondsSinceEpoch)]
            case .failed(let message): ["failed": .string(message)]
            case .ended(.done): ["ended": "done"]
            case .ended(.issuerAway): ["ended": "issuer_away"]
            case .ended(.accountRefused): ["ended": "account_refused"]
            }
        return value.serialized() + [0x0a]
    }
}
