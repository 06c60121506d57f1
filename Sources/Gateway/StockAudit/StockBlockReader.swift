/// Whole records of one file, in order, with the number of their first line.
struct StockBlock: Sendable {
    var bytes: [UInt8]
    /// The global number of the block's first line.
    var firstLine: UInt64
    var reading: StockReading
    /// The global number of the header line, 0 without one.
    var headerLine: UInt64
    /// The block stands for one record that is too long to read; `bytes` is empty.
    var isLineTooLong = false
    /// Bytes taken from the source for it.
    var consumedBytes: Int
}

/// Why an audit could not read to the end.
public struct StockInterruption: Sendable, Equatable {
    public let fileName: String
    /// The last line that was read, 0 when none was.
    public let afterLine: UInt64
    public let message: String
}

/// Reads the inputs one after another and cuts them into blocks at record ends.
///
/// Reading is sequential and cheap; parsing happens in the workers that call ``next()``. The call
/// is the back-pressure: no block is read before a worker asks.
actor StockBlockReader {
    private let inputs: [StockInput]
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

    init(inputs: [StockInput]) { self.inputs = inputs }

    /// The next block; nil at the end of the last file, or when reading broke off.
    func next() -> StockBlock? {
        while interruption == nil {
            if let failure {
                interrupt(failure)
            } else if isAtEnd, carry.isEmpty {
                guard openNext() else { return nil }
            } else if lines > StockAuditLimits.lines {
                interrupt("more than \(StockAuditLimits.lines) lines in one audit")
            } else if let block = readBlock() {
                return block
            }
        }
        return nil
    }

    private func interrupt(_ message: String) {
        let start = fileStarts.last ?? 0
        interruption = StockInterruption(
            fileName: inputs[inputIndex].name,
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
    private func readBlock() -> StockBlock? {
        var bytes = filledBuffer()
        let consumed = bytes.count - carry.count
        carry = []
        if isAtStart {
            isAtStart = false
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        }
        if isSkippingLine { dropRestOfLine(&bytes) }
        let isWhole = isAtEnd && failure == nil
        let end = isWhole ? bytes.count : completeRecords(in: bytes)
        // The last line of a source that broke off is not whole.
        carry = failure == nil ? Array(bytes[end...]) : []
        bytes.removeLast(bytes.count - end)
        if !bytes.isEmpty { return block(bytes, consumed) }
        guard carry.count >= StockAuditLimits.recordBytes else { return nil }
        carry = []
        isSkippingLine = true
        var tooLong = block([], consumed)
        tooLong.isLineTooLong = true
        lines += 1
        return tooLong
    }

    private func block(_ bytes: [UInt8], _ consumed: Int) -> StockBlock {
        let reading = inputs[inputIndex].reading
        let header = reading.headerLine.map { (fileStarts.last ?? 0) + $0 } ?? 0
        let block = StockBlock(
            bytes: bytes,
            firstLine: lines + 1,
            reading: reading,
            headerLine: header,
            consumedBytes: consumed
        )
        let count = bytes.withUnsafeBufferPointer { Bytes.lineEnds(in: $0) }
        let endsInside = bytes.last.map { $0 != 0x0a && $0 != 0x0d } ?? false
        lines += UInt64(count + (endsInside ? 1 : 0))
        return block
    }

    /// What was carried over and as much more as fits into one block.
    private func filledBuffer() -> [UInt8] {
        let carried = carry
        return [UInt8](unsafeUninitializedCapacity: StockAuditLimits.recordBytes) {
            buffer,
            count in
            count = buffer[0...].initialize(fromContentsOf: carried)
            while count < buffer.count, !isAtEnd, let source {
                do {
                    let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
                    let taken = try source.read(into: UnsafeMutableRawBufferPointer(rest))
                    if taken == 0 { isAtEnd = true }
                    count += taken
                } catch {
                    failure = "\(error)"
                    isAtEnd = true
                }
            }
        }
    }

    /// Goes on skipping a record that was too long, up to its line end.
    private func dropRestOfLine(_ bytes: inout [UInt8]) {
        if let end = bytes.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }) {
            if bytes[end] == 0x0d, end + 1 == bytes.count, !isAtEnd {
                bytes = [0x0d]
                return
            }
            let isPair = bytes[end] == 0x0d && end + 1 < bytes.count && bytes[end + 1] == 0x0a
            bytes.removeFirst(isPair ? end + 2 : end + 1)
            isSkippingLine = false
        } else {
            bytes = []
        }
    }

    /// The length of the part of `bytes` that consists of whole records.
    private func completeRecords(in bytes: [UInt8]) -> Int {
        let grammar = inputs[inputIndex].reading.grammar
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            let scanner = RecordScanner(grammar: grammar, block: buffer)
            guard scanner.honoursQuotes else { return Self.lastLineEnd(in: buffer) }
            var cursor = base
            let end = base + buffer.count
            while cursor < end, let record = scanner.record(at: cursor, end: end, isFinal: false) {
                cursor = record.next
            }
            return cursor - base
        }
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
