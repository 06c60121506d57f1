import AdapterKit
import CCurl
import CProcess
import Glibc

/// A running program with the three pipes to it. Owned by one thread, which also reaps it.
struct ChildProcess: ~Copyable {
    let id: pid_t
    /// Our ends; none blocks. The input is -1 once it is closed, and when a file is read instead.
    private(set) var input: Int32
    let output: Int32
    let error: Int32

    /// Nothing of the gateway's environment reaches a program: it may name secrets.
    private static let environment = ["LANG=C.UTF-8"]
    /// Where interpreters are looked up when the gateway has no `PATH`.
    private static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    /// Starts the program. The calling thread must live as long as the program: the kernel kills
    /// the one when the other ends.
    ///
    /// - Parameter path: the value of `PATH`.
    /// - Throws: `ProgramFailure` that says what could not be started, and why.
    init(_ description: ProgramDescription, path: String?) throws(ProgramFailure) {
        try self.init(
            command: description.command,
            folder: description.folder,
            limits: description.limits,
            path: path
        )
    }

    /// As above, for a program that is no adapter.
    ///
    /// - Parameter file: an open file that is its standard input, in place of a pipe.
    init(
        command: [String],
        folder: String,
        limits: ProgramLimits,
        path: String?,
        reading file: Int32? = nil
    ) throws(ProgramFailure) {
        let path = path ?? Self.usualPath
        let word = command.first ?? ""
        let program = try Self.file(word, in: folder, path: path)
        let pipes = try Pipes(input: file)
        var id: pid_t = 0
        let reason = Self.spawn(program, command, folder, limits, "PATH=" + path, pipes, &id)
        pipes.closeTheirs()
        guard reason == 0 else {
            pipes.closeOurs()
            throw Self.failure(word, reason)
        }
        self.id = id
        (input, output, error) = (pipes.input.ours, pipes.output.ours, pipes.error.ours)
    }

    /// Lets the program see the end of its input: what is well written ends by itself.
    mutating func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Kills the program and all it started, and waits until it is gone.
    consuming func end() {
        closeInput()
        close(output)
        close(error)
        // The number stands for this group as long as its leader was not waited for.
        kill(-id, SIGKILL)
        kill(id, SIGKILL)
        while waitpid(id, nil, 0) < 0 && errno == EINTR {}
    }

    /// How it ended by itself, in words; nil while it runs.
    borrowing func ending() -> String? {
        var value: Int32 = 0
        switch cardproof_ending(id, &value) {
        case 1: return "it ended with status \(value)"
        case 2: return "it was ended by signal \(value) (\(String(cString: strsignal(value))))"
        default: return nil
        }
    }

    /// The status it ended with by itself; nil while it runs, and when a signal ended it.
    borrowing func exitStatus() -> Int32? {
        var value: Int32 = 0
        return cardproof_ending(id, &value) == 1 ? value : nil
    }

    /// A write to a program that has just died must not end the gateway: the calling thread sees
    /// `EPIPE` instead.
    static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private static func spawn(
        _ program: String,
        _ command: [String],
        _ folder: String,
        _ programLimits: ProgramLimits,
        _ path: String,
        _ pipes: Pipes,
        _ id: inout pid_t
    ) -> Int32 {
        var limits = cardproof_spawn_limits(
            address_space_bytes: rlim_t(programLimits.memoryMebibytes) << 20,
            processor_seconds: rlim_t(programLimits.processorSeconds),
            open_files: rlim_t(programLimits.openFiles),
            processes: rlim_t(programLimits.processes)
        )
        var arguments = command.map { strdup($0) } + [nil]
        var environment = (Self.environment + [path]).map { strdup($0) } + [nil]
        defer { for word in arguments + environment { free(word) } }
        let descriptors = [pipes.input.theirs, pipes.output.theirs, pipes.error.theirs]
        return cardproof_spawn(
            program,
            &arguments,
            &environment,
            folder,
            descriptors,
            &limits,
            &id
        )
    }

    /// The program's file: beside the manifest, or on `PATH`.
    private static func file(
        _ word: String,
        in folder: String,
        path: String
    ) throws(ProgramFailure) -> String {
        if word.contains("/") { return word.hasPrefix("/") ? word : "\(folder)/\(word)" }
        for place in path.split(separator: ":") where place.hasPrefix("/") {
            let candidate = "\(place)/\(word)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw ProgramFailure(
            .notStarted,
            "there is no program `\(word)` on PATH; a program of your own is written with a "
                + "slash, `./\(word)`"
        )
    }

    private static func failure(_ word: String, _ reason: Int32) -> ProgramFailure {
        ProgramFailure(
            .notStarted,
            "`\(word)` cannot be started: \(String(cString: strerror(reason)))"
        )
    }
}

/// Three pipes, ours non-blocking; none is inherited by any other program.
private struct Pipes {
    struct Ends {
        var ours: Int32
        var theirs: Int32
    }

    let input: Ends
    let output: Ends
    let error: Ends

    /// - Parameter file: what the program reads in place of a pipe.
    init(input file: Int32?) throws(ProgramFailure) {
        var made: [Int32] = []
        for place in 0..<3 {
            var ends: [Int32] = [-1, -1]
            let isMade: Bool
            if place == 0, let file {
                // A copy above 2, as a pipe's ends are.
                ends[0] = cardproof_copy(file)
                isMade = ends[0] >= 0
            } else {
                isMade = cardproof_pipe(&ends) == 0
            }
            guard isMade else {
                for descriptor in made { close(descriptor) }
                throw ProgramFailure(
                    .notStarted,
                    "there are no descriptors left for its pipes: raise the limit of open files"
                )
            }
            made += ends
        }
        input = Ends(ours: made[1], theirs: made[0])
        output = Ends(ours: made[2], theirs: made[3])
        error = Ends(ours: made[4], theirs: made[5])
        for descriptor in [input.ours, output.ours, error.ours] where descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
    }

    func closeTheirs() {
        for descriptor in [input.theirs, output.theirs, error.theirs] { close(descriptor) }
    }

    func closeOurs() {
        for descriptor in [input.ours, output.ours, error.ours] where descriptor >= 0 {
            close(descriptor)
        }
    }
}
