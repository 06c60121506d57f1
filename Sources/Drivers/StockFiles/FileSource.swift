import Gateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file descriptor as a source. A regular file that changes while it is read breaks off instead
/// of being half one file and half another.
final class FileSource: ByteSource {
    let path: String
    /// Which regular file it is, and in which state it was when it was opened; nil for a pipe, and
    /// for standard input, which cannot be opened a second time.
    let identity: FileIdentity?
    private var descriptor: Int32
    private let ownsDescriptor: Bool

    var isRegularFile: Bool { identity != nil }

    /// - Throws: ``StockFileError`` for what cannot be read: missing, forbidden, a directory.
    convenience init(path: String) throws {
        let descriptor = Self.opened(path)
        guard descriptor >= 0 else {
            throw StockFileError(path: path, doing: "cannot be opened")
        }
        do {
            try self.init(descriptor, path: path, ownsDescriptor: true)
        } catch {
            close(descriptor)
            throw error
        }
    }

    convenience init(standardInput path: String) throws {
        try self.init(STDIN_FILENO, path: path, ownsDescriptor: false)
    }

    /// Goes on with a pipe where another source left it.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        ownsDescriptor = descriptor != STDIN_FILENO
        identity = nil
    }

    private init(_ descriptor: Int32, path: String, ownsDescriptor: Bool) throws {
        guard let status = FileIdentity(of: descriptor) else {
            throw StockFileError(path: path, doing: "cannot be examined")
        }
        guard status.kind != .directory else {
            throw StockFileError(path: path, message: "is a directory, not a stock file")
        }
        self.descriptor = descriptor
        self.path = path
        self.ownsDescriptor = ownsDescriptor
        identity = status.kind == .regular && ownsDescriptor ? status : nil
    }

    deinit { if ownsDescriptor, descriptor >= 0 { close(descriptor) } }

    /// Hands the descriptor over; this source ends.
    func detach() -> Int32 {
        let handed = descriptor
        descriptor = -1
        return handed
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let input = descriptor
        guard input >= 0, buffer.count > 0 else { return 0 }
        #if canImport(Glibc)
        let count = Self.retrying {
            Int32(clamping: Glibc.read(input, buffer.baseAddress, buffer.count))
        }
        #else
        let count = Self.retrying {
            Int32(clamping: Musl.read(input, buffer.baseAddress, buffer.count))
        }
        #endif
        guard count >= 0 else { throw StockFileError(path: path, doing: "reading failed") }
        if count == 0 { try checkUnchanged() }
        return Int(count)
    }

    private func checkUnchanged() throws {
        guard let identity else { return }
        guard let now = FileIdentity(of: descriptor) else {
            throw StockFileError(path: path, doing: "cannot be examined")
        }
        guard now == identity else {
            throw StockFileError(path: path, message: "changed while it was read; run again")
        }
    }

    /// A descriptor that reads `path` from its start; negative when it cannot be opened.
    static func opened(_ path: String) -> Int32 { retrying { open(path, O_RDONLY | O_CLOEXEC) } }

    /// Repeats a call that a signal interrupted.
    static func retrying(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}

/// Bytes already read, then the rest of their source.
final class PrefixSource: ByteSource {
    private var prefix: ArraySlice<UInt8>
    private let rest: (any ByteSource)?

    init(_ prefix: [UInt8], then rest: (any ByteSource)?) {
        self.prefix = prefix[...]
        self.rest = rest
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !prefix.isEmpty else { return try rest?.read(into: buffer) ?? 0 }
        let taken = prefix.prefix(buffer.count)
        buffer.copyBytes(from: taken)
        prefix = prefix.dropFirst(taken.count)
        return taken.count
    }
}

/// Remembers what passed through it.
final class RecordingSource: ByteSource {
    private let source: any ByteSource
    private(set) var recorded: [UInt8] = []

    init(_ source: any ByteSource) { self.source = source }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        recorded.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
