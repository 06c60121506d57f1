import CZlib
import Gateway

/// Unpacks gzip (RFC 1952), members one after another included; the checksum of each is verified.
final class GzipSource: ByteSource {
    static let magic: [UInt8] = [0x1f, 0x8b]
    /// Packed bytes taken from the source at a time.
    private static let chunkBytes = 64 << 10
    /// Stock text packs about 3 to 1. Beyond this ratio, once ``bombBytes`` came out, the file is
    /// taken for an attack.
    private static let mostExpansion = 200
    private static let bombBytes = 256 << 20
    /// 15 bits of window, plus 16 for gzip framing (zlib.h, `inflateInit2`).
    private static let windowBits: Int32 = 15 + 16

    private let source: any ByteSource
    private let path: String
    private let stream: UnsafeMutablePointer<z_stream>
    private let chunk: UnsafeMutablePointer<UInt8>
    private var isReady = false
    private var isInsideMember = false
    private var failure: (any Error)?
    private var packedBytes = 0
    private var unpackedBytes = 0

    init(_ source: any ByteSource, path: String) {
        self.source = source
        self.path = path
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        chunk = .allocate(capacity: Self.chunkBytes)
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
        chunk.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if let failure { throw failure }
        try start()
        let room = min(buffer.count, Int(UInt32.max))
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        do {
            while Int(stream.pointee.avail_out) == room {
                guard try unpackSome() else { return 0 }
            }
        } catch {
            // What came out before the fault is told first.
            guard Int(stream.pointee.avail_out) < room else { throw error }
            failure = error
        }
        let count = room - Int(stream.pointee.avail_out)
        unpackedBytes += count
        if unpackedBytes > Self.bombBytes, unpackedBytes / Self.mostExpansion > packedBytes {
            throw broken(
                "expands more than \(Self.mostExpansion) times; unpack it yourself if it is sound"
            )
        }
        return count
    }

    /// False at the end of the last member.
    private func unpackSome() throws -> Bool {
        if stream.pointee.avail_in > 0 {
            try inflateOnce()
            return true
        }
        if try refill() { return true }
        guard isInsideMember else { return false }
        // The file has ended; zlib may still hold bytes that found no room before.
        let free = stream.pointee.avail_out
        try inflateOnce()
        guard stream.pointee.avail_out < free || !isInsideMember else {
            throw broken("ends in the middle of its data")
        }
        return true
    }

    private func start() throws {
        guard !isReady else { return }
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else {
            throw broken("cannot be unpacked: zlib did not start")
        }
        isReady = true
    }

    private func refill() throws -> Bool {
        let count = try source.read(
            into: UnsafeMutableRawBufferPointer(start: chunk, count: Self.chunkBytes)
        )
        packedBytes += count
        stream.pointee.next_in = chunk
        stream.pointee.avail_in = UInt32(count)
        return count > 0
    }

    private func inflateOnce() throws {
        isInsideMember = true
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isInsideMember = false
            inflateReset(stream)
        default:
            throw broken(
                "is damaged: \(stream.pointee.msg.map { String(cString: $0) } ?? "bad data")"
            )
        }
    }

    private func broken(_ message: String) -> StockFileError {
        StockFileError(path: path, message: "gzip \(message)")
    }
}
