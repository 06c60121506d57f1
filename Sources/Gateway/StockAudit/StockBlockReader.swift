/// Room for one block; each worker has one, which the reader fills for it.
///
/// `@unchecked Sendable`: the reader writes to it before it gives the block out, and the worker
/// reads it before it asks for the next.
final class StockBlockBuffer: @unchecked Sendable {
    fileprivate let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(
        capacity: StockAuditLimits.recordBytes
    )

    deinit { bytes.deallocate() }
}

/// Whole records of one file, in order, with the number of their first line.
struct StockBlock: Sendable {
    fileprivate let buffer: StockBlockBuffer
    /// The part of the buffer that holds the records; empty for a record too long to read.
    fileprivate let range: Range<Int>
    /// The index of the file.
    let file: Int
    /// The global number of the block's first line.
    let firstLine: UInt64
    let reading: StockReading
    /// The global number of the header line, 0 without one.
    let headerLine: UInt64
    /// The block stands for one record that is too long to read.
    let isLineTooLong: Bool
    /// Bytes taken from the source for it.
    let consumedBytes: Int
    /// Finds the records of the block.
    let scanner: RecordScanner

    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer.bytes)[range])
    }
}

/// Why an audit could not read to the end.
public struct StockInterruption: Sendable, Equatable {
    public let fileName: String
    /// The last line that was read, 0 when none was.
    public let afterLine: UInt64
    public let message: String

    /// Whether somebody asked the audit to stop, rather than a file breaking off.
    public var isRequested: Bool { message == Self.requested }

    static let requested = "interrupted"
}

/// Reads the inputs one after another and cuts them into blocks at record ends.
///
/// Reading is sequential and cheap; parsing happens in the workers that call ``next(into:)``. The
/// call is the back-pressure: no block is read before a worker asks.
actor StockBlockReader {
    private let inputs: [StockInput]
    private let shouldStop: @Sendable () -> Bool
    private var inputIndex = -1
    private var source: (any ByteSource)?
    private var carry: [UInt8] = []
    private var isAtEnd = true
    private var isAtStart = false
    private var isSkippingLine = false
    /// Why the source broke off; told after the records read before it.
    private var failure: String?
    /// Lines delivered so far, over all files.
    private var lines: UInt64 = 0
    /// The global line number before each file's first line.
    private(set) var fileStarts: [UInt64] = []
    private(set) var interruption: StockInterruption?

    init(inputs: [StockInput], shouldStop: @escaping @Sendable () -> Bool = { false }) {
        self.inputs = inputs
        self.shouldStop = shouldStop
    }

    /// The next block, in `buffer`; nil at the end of the last file, or when reading broke off.
    func next(into buffer: StockBlockBuffer) -> StockBlock? {
        while interruption == nil {
            if let failure {
                interrupt(failure)
                // Also at an end: whoever writes into a pipe was stopped by the same Ctrl-C.
            } else if !inputs.isEmpty, shouldStop() {
                interrupt(StockInterruption.requested)
            } else if isAtEnd, carry.isEmpty {
                guard openNext() else { return nil }
            } else if lines >= StockAuditLimits.lines - UInt64(StockAuditLimits.recordBytes) {
                interrupt("more than \(StockAuditLimits.lines) lines in one audit")
            } else if let block = readBlock(into: buffer) {
                return block
            }
        }
        return nil
    }

    private func interrupt(_ message: String) {
        let start = fileStarts.last ?? 0
        interruption = StockInterruption(
            fileName: inputs[max(0, inputIndex)].name,
            afterLine: lines - start,
            message: message
        )
    }

    private func openNext() -> Bool {
        guard inputIndex + 1 < inputs.count else { return false }
        inputIndex += 1
        fileStarts.append(lines)
        do {
            source = try inputs[inputIndex].open()
        } catch {
            interrupt("\(error)")
            return false
        }
        isAtEnd = false
        isAtStart = true
        isSkippingLine = false
        return true
    }

    /// Nil when what was read completes no record yet and more may come.
    private func readBlock(into buffer: StockBlockBuffer) -> StockBlock? {
        let filled = fill(buffer)
        let consumed = filled - carry.count
        let bytes = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer.bytes)[..<filled])
        var start = 0
        if isAtStart {
            isAtStart = false
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { start = 3 }
        }
        carry = []
        if isSkippingLine {
            start += restOfLine(in: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        let rest = UnsafeBufferPointer(rebasing: bytes[start...])
        let isWhole = isAtEnd && failure == nil
        let end = start + (isWhole ? rest.count : completeRecords(in: rest))
        // The last line of a source that broke off is not whole.
        if failure == nil { carry += bytes[end...] }
        if end > start { return block(in: buffer, start..<end, consumed) }
        guard carry.count >= StockAuditLimits.recordBytes else { return nil }
        carry = []
        isSkippingLine = true
        let tooLong = block(in: buffer, 0..<0, consumed, isLineTooLong: true)
        lines += 1
        return tooLong
    }

    private func block(
        in buffer: StockBlockBuffer,
        _ range: Range<Int>,
        _ consumed: Int,
        isLineTooLong: Bool = false
    ) -> StockBlock {
        let reading = inputs[inputIndex].reading
        let header = reading.headerLine.map { (fileStarts.last ?? 0) + $0 } ?? 0
        let bytes = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer.bytes)[range])
        let scanner = RecordScanner(grammar: reading.grammar, block: bytes)
        let block = StockBlock(
            buffer: buffer,
            range: range,
            file: inputIndex,
            firstLine: lines + 1,
            reading: reading,
            headerLine: header,
            isLineTooLong: isLineTooLong,
            consumedBytes: consumed,
            scanner: scanner
        )
        let endsInside = bytes.last.map { $0 != 0x0a && $0 != 0x0d } ?? false
        lines += UInt64(scanner.lineEnds(in: bytes) + (endsInside ? 1 : 0))
        return block
    }

    /// Writes what was carried over and more behind it, as much again at least; answers how many
    /// bytes that is.
    private func fill(_ buffer: StockBlockBuffer) -> Int {
        let wanted = max(StockAuditLimits.blockBytes, 2 * carry.count)
        let room = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer.bytes)[
                ..<min(wanted, StockAuditLimits.recordBytes)
            ]
        )
        room.copyBytes(from: carry)
        var count = carry.count
        while count < room.count, !isAtEnd, let source {
            do {
                let taken = try source.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: room[count...])
                )
                if taken == 0 { isAtEnd = true }
                count += taken
            } catch {
                failure = "\(error)"
                isAtEnd = true
            }
        }
        return count
    }

    /// Goes on skipping a record that was too long: how many of `bytes` still belong to it, its
    /// line end included.
    private func restOfLine(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let end = bytes.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }) else {
            return bytes.count
        }
        // Whether a LF follows the CR is known with the next bytes.
        if bytes[end] == 0x0d, end + 1 == bytes.count, !isAtEnd {
            carry = [0x0d]
            return bytes.count
        }
        isSkippingLine = false
        let isPair = bytes[end] == 0x0d && end + 1 < bytes.count && bytes[end + 1] == 0x0a
        return isPair ? end + 2 : end + 1
    }

    /// The length of the part of `bytes` that consists of whole records.
    private func completeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let grammar = inputs[inputIndex].reading.grammar
        guard RecordScanner.honoursQuotes(grammar, in: bytes) else {
            return Self.lastLineEnd(in: bytes)
        }
        let scanner = RecordScanner(grammar: grammar, block: bytes)
        var cursor = base
        let end = base + bytes.count
        while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: false) {
            cursor = record.next
        }
        return cursor - base
    }

    /// The offset behind the last line end; a CR at the very end may be half of a CRLF and stays.
    private static func lastLineEnd(in buffer: UnsafeBufferPointer<UInt8>) -> Int {
        var index = buffer.count - 1
        while index >= 0 {
            if buffer[index] == 0x0a { return index + 1 }
            if buffer[index] == 0x0d, index + 1 < buffer.count { return index + 1 }
            index -= 1
        }
        return 0
    }
}
