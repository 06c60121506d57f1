/// Bytes of a stock or history file, in order, once.
///
/// The reader owns its source and calls it from one task at a time.
public protocol ByteSource: AnyObject {
    /// Fills `buffer` from its start and returns how many bytes it wrote; 0 is the end of the file.
    /// - Throws: when reading broke off; the audit then reports what it has as partial.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// One file of an audit and how it is read.
public struct StockInput: Sendable {
    /// The name shown in reports.
    public let name: String
    public let reading: StockReading
    /// Opens the source at its first byte, as UTF-8.
    public let open: @Sendable () throws -> any ByteSource

    public init(
        name: String,
        reading: StockReading,
        open: @escaping @Sendable () throws -> any ByteSource
    ) {
        self.name = name
        self.reading = reading
        self.open = open
    }
}

/// Where an audit puts what does not fit into memory. It never holds a code: keyed fingerprints
/// whose key stays in the process, and line numbers.
public protocol ScratchSpace: Sendable {
    /// An empty file that is gone when the audit ends, also after a crash.
    func makeFile() throws -> any ScratchFile
}

/// An append-only file of one owner.
public protocol ScratchFile: AnyObject {
    /// Writes all of `bytes` behind what is there.
    func append(_ bytes: UnsafeRawBufferPointer) throws
    /// Fills all of `buffer` from `offset`. Several tasks may read at a time, while nobody appends.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}
