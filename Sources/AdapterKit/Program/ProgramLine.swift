public import WireFormat

/// One line that a program said, read for what it is about; pure and total.
public enum ProgramLine: Sendable, Hashable {
    /// The answer to the greeting.
    case greeting(ProgramGreeting)
    /// A message of a dialogue: its number, and `http` or `result`.
    case reply(UInt64, JSONObject)

    /// Longest line that is read, in bytes, without its end.
    public static let longestBytes = 1 << 20
    private static let deepest = 32

    /// Reads a line.
    ///
    /// - Throws: `ProgramFailure` with the reason `broken`, which quotes nothing of the line.
    public init(_ line: some Collection<UInt8>) throws(ProgramFailure) {
        let limits = JSONLimits(depth: Self.deepest, bytes: Self.longestBytes)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(line, limits: limits)
        } catch {
            throw ProgramFailure(
                .broken,
                "a line of its output is no JSON: \(error.reason.rawValue) at byte"
                    + " \(error.byteOffset); what is not a message belongs on standard error"
            )
        }
        guard let object = value.objectValue else {
            throw ProgramFailure(.broken, "a line of its output is JSON, but no object")
        }
        if object["cardproof"] != nil {
            self = .greeting(try ProgramGreeting(object))
            return
        }
        guard let id = object["id"]?.integerValue, id > 0 else {
            throw ProgramFailure(.broken, "a message has no `id` that is a whole number above 0")
        }
        guard (object["http"] == nil) != (object["result"] == nil), object.members.count == 2
        else {
            throw ProgramFailure(.broken, "a message has an `id` and either `http` or `result`")
        }
        self = .reply(UInt64(id), object)
    }
}

/// How a program says who it is.
public struct ProgramGreeting: Sendable, Hashable {
    public var adapter: String
    public var version: Int
    /// Dialogues that it takes at a time.
    public var concurrency: Int

    init(_ object: JSONObject) throws(ProgramFailure) {
        let known: Set<String> = ["cardproof", "adapter", "version", "concurrency"]
        guard object["cardproof"]?.integerValue == ProgramMessage.protocolVersion else {
            throw ProgramFailure(
                .broken,
                "it speaks another version of the protocol than \(ProgramMessage.protocolVersion)"
            )
        }
        guard object.members.allSatisfy({ known.contains($0.name) }),
            let adapter = object["adapter"]?.stringValue,
            let version = object["version"]?.integerValue.flatMap({ Int(exactly: $0) })
        else {
            throw ProgramFailure(
                .broken,
                "its greeting lacks `adapter` or `version`, or says more than those and "
                    + "`concurrency`"
            )
        }
        let concurrency = object["concurrency"].map { $0.integerValue ?? 0 } ?? 1
        guard let concurrency = Int(exactly: concurrency),
            AdapterLimits.concurrencyRange.contains(concurrency)
        else { throw ProgramFailure(.broken, "the `concurrency` of its greeting is out of range") }
        self.adapter = adapter
        self.version = version
        self.concurrency = concurrency
    }
}
