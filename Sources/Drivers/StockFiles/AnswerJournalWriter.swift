public import Gateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The one writer of a journal. Records that come while others are written go to the disk together.
public actor AnswerJournalWriter: InquiryJournal {
    public nonisolated let past: AskingPast
    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var waiting: [CheckedContinuation<Void, any Error>] = []
    private var isWriting = false
    private var failure: StockFileError?
    private var isFinished = false

    /// Takes the lock, cuts off what a crash left of the last record, and stands at the end.
    ///
    /// - Parameter expected: where whoever started this process found the journal's end.
    /// - Throws: ``StockFileError`` when another process writes, or has written meanwhile.
    public init(path: String, expecting expected: Int) throws {
        let descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw StockFileError(path: path, doing: "cannot be opened") }
        do {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw StockFileError(path: path, message: "is being written by another audit")
            }
            let contents = try AnswerJournal.read(descriptor, path: path) { _, _ in }
            guard contents.byteCount == expected else {
                throw StockFileError(path: path, message: "was written by another audit meanwhile")
            }
            guard ftruncate(descriptor, off_t(expected)) == 0 else {
                throw StockFileError(path: path, doing: "cannot be cut")
            }
            past = contents.past
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if !isFinished { close(descriptor) } }

    /// Lets go of the journal; nothing is appended after it.
    public func finish() {
        guard !isFinished else { return }
        isFinished = true
        close(descriptor)
    }

    public func append(_ records: [InquiryRecord]) async throws {
        // A record behind a torn one would be lost.
        if let failure { throw failure }
        guard !isFinished else { throw StockFileError(path: path, message: "is finished") }
        for record in records { pending += AnswerJournal.line(of: record) }
        if !isWriting {
            isWriting = true
            Task { await self.write() }
        }
        try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    private func write() async {
        while !waiting.isEmpty {
            let bytes = pending
            let served = waiting
            pending = []
            waiting = []
            var result: Result<Void, any Error> = .success(())
            if let failure {
                result = .failure(failure)
            } else {
                do {
                    try AnswerJournal.write(bytes, to: descriptor, path: path)
                } catch {
                    failure = error as? StockFileError
                    result = .failure(error)
                }
            }
            for one in served { one.resume(with: result) }
            // Lets in what came meanwhile.
            await Task.yield()
        }
        isWriting = false
    }
}
