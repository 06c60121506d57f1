public import WireFormat

/// How adapters of kind `process` reach their programs; a driver fills it, tests script it.
///
/// What an implementation owes:
/// - a program is started when it is first needed, with nothing of the gateway's environment, in
///   its own folder and process group, and held to the description's limits;
/// - what a program says is read line by line and bounded; a line that is too long, no message,
///   or about no open dialogue ends this life of the program, and with it every open dialogue;
/// - a program that died is started again after a pause that grows, never in a burst;
/// - messages hold keys and credentials: they go to standard input and nowhere else;
/// - what a program writes to standard error is scrubbed, bounded and logged.
public protocol ProcessTransport: Sendable {
    /// The program, which is not started yet.
    func program(_ description: ProgramDescription) -> any AdapterProgram
}

/// One program, over all its lives.
public protocol AdapterProgram: Sendable {
    /// Begins a dialogue; waits while the program has as many as it takes at a time.
    ///
    /// - Parameter scrubber: takes the dialogue's secrets out of what the program logs.
    func open(_ scrubber: Scrubber) async throws(ProgramFailure) -> any ProgramDialogue
}

/// One question to a program, until its result.
public protocol ProgramDialogue: Sendable {
    /// Stands as `id` in every message of the dialogue, in both directions.
    var number: UInt64 { get }

    /// Sends a message and returns what the program says to it.
    func exchange(_ message: ProgramMessage) async throws(ProgramFailure) -> JSONObject

    /// Ends the dialogue, whether or not the program came to a result. May be called again.
    func close()
}

/// What a driver must know to run a program.
public struct ProgramDescription: Sendable {
    /// The adapter's configured name; stands in logs.
    public var name: String
    /// Absolute; the program's working folder.
    public var folder: String
    /// The program and its arguments. A first word with a slash is looked up in `folder`, any
    /// other on `PATH`.
    public var command: [String]
    public var limits: ProgramLimits
    /// Dialogues at a time at most; the program may take fewer.
    public var concurrency: Int
    /// How long the program may take for one message.
    public var timeout: Duration
    /// The first message: who is greeted, settings and credentials.
    public var greeting: ProgramMessage
    /// The id and version that the program has to answer the greeting with.
    public var id: String
    public var version: Int
    /// Takes the credentials out of what the program logs.
    public var scrubber: Scrubber
}

/// What one program may use up. The kernel holds it to that (setrlimit(2)).
public struct ProgramLimits: Sendable, Hashable {
    /// Address space in MiB.
    public var memoryMebibytes: Int
    /// Processor time of one life; afterwards the program is started anew.
    public var processorSeconds: Int
    public var openFiles: Int
    /// Processes and threads of the gateway's user, all counted: what ends a fork bomb.
    public var processes: Int

    public init(
        memoryMebibytes: Int = 512,
        processorSeconds: Int = 3600,
        openFiles: Int = 64,
        processes: Int = 4096
    ) {
        self.memoryMebibytes = memoryMebibytes
        self.processorSeconds = processorSeconds
        self.openFiles = openFiles
        self.processes = processes
    }

    /// What a manifest gets when it says nothing.
    public static let `default` = ProgramLimits()

    /// Bounds of `memoryMebibytes`: an interpreter needs some, a gateway has its own.
    public static let memoryRange = 16...16_384
    /// Bounds of `processorSeconds`: up to a day.
    public static let processorRange = 1...86_400
    /// Bounds of `openFiles`: three for the standard ones, some for libraries.
    public static let openFilesRange = 8...4096
    /// Bounds of `processes`.
    public static let processesRange = 1...65_536
}

/// The part of a manifest that says which program to run.
public struct ProgramCommand: Sendable, Hashable {
    /// Words of the command, at least one.
    public var words: [String]
    public var limits: ProgramLimits

    public init(words: [String], limits: ProgramLimits = .default) {
        self.words = words
        self.limits = limits
    }

    /// Words of a command at most.
    static let mostWords = 32
}

/// Why a program gave no answer. Holds nothing of what was said.
public struct ProgramFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// It could not be started, or did not return the greeting.
        case notStarted = "not_started"
        /// It ended, was killed, or went over a limit.
        case ended
        /// It said nothing in time.
        case silent
        /// It said something that is no message, too long, or about no open dialogue.
        case broken
        /// As many dialogues as it takes were open all the time.
        case busy
        /// The caller went away, or the gateway shuts down.
        case cancelled
    }

    public var reason: Reason
    /// What happened, for the operator.
    public var message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public var description: String { "\(reason.rawValue): \(message)" }
}
