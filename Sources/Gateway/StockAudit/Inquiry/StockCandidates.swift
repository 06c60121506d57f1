import CardModel
import Crypto
import WireFormat

/// A code without a defect of its own, of which an issuer may be asked.
public struct StockCandidate: Sendable {
    public let question: StockQuestion
    public let batch: StockBatch
}

/// Codes that are sampled together: one file, supplier (供货商) and batch (批次).
public struct StockBatch: Sendable, Hashable {
    public let file: Int
    public var supplier: String?
    public var batch: String?
}

/// Reads a stock a second time, for the codes that an issuer may be asked about: those that have no
/// row in the report. A product whose codes are sold repeatedly is asked about each of them once.
///
/// The files must be there still, as they were: `StockInput.open` throws when they are not.
public struct StockCandidates: Sendable {
    private let inputs: [StockInput]
    private let isReusable: Bool
    private let hashKey: SipHashKey

    /// - Parameter hashKey: 16 random bytes; repeated codes of reusable products are found by it.
    public init(inputs: [StockInput], isReusable: Bool, hashKey: SipHashKey) {
        self.inputs = inputs
        self.isReusable = isReusable
        self.hashKey = hashKey
    }

    /// Calls `body` with each candidate, in line order.
    /// - Parameter defects: the report of this stock.
    /// - Throws: ``StockRereadingError``, what the spool throws, and what `body` throws.
    public func forEach(
        except defects: DefectSpool,
        _ body: (StockCandidate) async throws -> Void
    ) async throws {
        let reader = StockBlockReader(inputs: inputs)
        let rows = try defects.makeReader()
        var walk = CandidateWalk(repeats: isReusable ? hashKey : nil)
        let buffer = StockBlockBuffer()
        while let block = await reader.next(into: buffer) {
            let start = await reader.fileStarts.last ?? 0
            for candidate in try walk.candidates(of: block, start: start, rows) {
                try await body(candidate)
            }
        }
        if let interruption = await reader.interruption {
            throw StockRereadingError(
                message: "\(interruption.fileName): \(interruption.message)"
            )
        }
    }

    /// Counts the candidates by batch and takes their digest.
    /// - Parameter salt: of the digest.
    public func survey(except defects: DefectSpool, salt: [UInt8]) async throws -> StockSurvey {
        var counting = StockSurveying(salt: salt)
        try await forEach(except: defects) { counting.add($0) }
        return counting.survey
    }
}

/// The stock could not be read to its end a second time.
public struct StockRereadingError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}

/// The candidates of a stock, counted.
public struct StockSurvey: Sendable {
    /// In the order in which they first occur. With more than ``StockAuditLimits/groups`` suppliers
    /// and batches there is one a file.
    public let batches: [(batch: StockBatch, codes: Int)]
    /// Over the salt and all candidates with their positions; 32 bytes.
    public let digest: [UInt8]
    private let indices: [StockBatch: Int]

    public var candidates: Int { batches.reduce(0) { $0 + $1.codes } }

    init(batches: [(batch: StockBatch, codes: Int)], digest: [UInt8]) {
        self.batches = batches
        self.digest = digest
        indices = Dictionary(
            uniqueKeysWithValues: batches.enumerated().map { ($1.batch, $0) }
        )
    }

    /// Which of ``batches`` a candidate belongs to.
    public func index(of batch: StockBatch) -> Int {
        indices[batch] ?? indices[StockBatch(file: batch.file)] ?? 0
    }
}

/// Counts while the stock is read.
private struct StockSurveying {
    private var order: [StockBatch] = []
    private var counts: [StockBatch: Int] = [:]
    private var files: [Int] = []
    private var filesInOrder: [Int] = []
    private var hasTooManyBatches = false
    private var hash = SHA256()

    init(salt: [UInt8]) { hash.update(data: salt) }

    mutating func add(_ candidate: StockCandidate) {
        note(candidate.batch)
        let question = candidate.question
        var bytes: [UInt8] = []
        withUnsafeBytes(of: question.position.packed.bigEndian) { bytes += $0 }
        question.code.key.withUnredacted { Self.append($0, to: &bytes) }
        Self.append(question.code.serial?.text ?? "", to: &bytes)
        Self.append(candidate.batch.supplier ?? "", to: &bytes)
        Self.append(candidate.batch.batch ?? "", to: &bytes)
        hash.update(data: bytes)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.utf8.count).bigEndian) { bytes += $0 }
        bytes += text.utf8
    }

    private mutating func note(_ batch: StockBatch) {
        while files.count <= batch.file { files.append(0) }
        if files[batch.file] == 0 { filesInOrder.append(batch.file) }
        files[batch.file] += 1
        if hasTooManyBatches { return }
        if counts[batch] == nil { order.append(batch) }
        counts[batch, default: 0] += 1
        hasTooManyBatches = order.count > StockAuditLimits.groups
    }

    var survey: StockSurvey {
        StockSurvey(
            batches: hasTooManyBatches
                ? filesInOrder.map { (StockBatch(file: $0), files[$0]) }
                : order.map { ($0, counts[$0] ?? 0) },
            digest: Array(hash.finalize())
        )
    }
}
