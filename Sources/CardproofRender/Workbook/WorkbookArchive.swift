import CArchive
import Glibc

/// The ZIP container of a workbook (ECMA-376-2, Open Packaging Conventions): parts by name, each
/// unpacked as a stream. Nothing is kept between two reads.
final class WorkbookArchive {
    /// The largest part, unpacked: a full sheet of four columns has about a quarter of it.
    static let mostPartBytes = 4 << 30
    /// Sheets pack 5 to 30 to 1. Beyond this ratio, once ``bombBytes`` came out, the workbook is
    /// taken for an attack.
    static let mostExpansion = 200
    static let bombBytes = 64 << 20
    /// Parts of a workbook, pictures and comments included.
    static let mostParts = 20_000
    private static let pieceBytes = 64 << 10
    /// What Microsoft's compound files begin with: old workbooks, and encrypted ones.
    private static let compoundFileMagic: [UInt8] = [
        0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1,
    ]
    private static let zipMagic = Array("PK".utf8)

    private let descriptor: Int32
    private let packedBytes: Int

    /// - Parameter descriptor: of a regular file; its offset is moved.
    /// - Throws: for what is no ZIP container, with what it is instead.
    init(descriptor: Int32) throws(RenderFailure) {
        self.descriptor = descriptor
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw .input("standard input is no regular file") }
        packedBytes = Int(end)
        var head = [UInt8](repeating: 0, count: Self.compoundFileMagic.count)
        let count = pread(descriptor, &head, head.count, 0)
        guard count >= 0 else { throw .input("cannot be read: \(StandardStreams.reason)") }
        if head == Self.compoundFileMagic {
            throw .input(
                "is an old .xls or an encrypted workbook; save it as .xlsx without a password or "
                    + "as CSV"
            )
        }
        guard head.starts(with: Self.zipMagic) else {
            throw .input("is no workbook: an .xlsx file is a ZIP archive")
        }
    }

    /// Hands the part's bytes over piece by piece, the last one empty, until `take` returns false.
    ///
    /// - Parameter part: its path without a slash in front; letter case does not matter.
    /// - Returns: false when there is no such part.
    /// - Throws: damage, limits, and what `take` throws.
    func read(
        _ part: String,
        _ take: (UnsafeRawBufferPointer) throws(RenderFailure) -> Bool
    ) throws(RenderFailure) -> Bool {
        lseek(descriptor, 0, SEEK_SET)
        guard let archive = archive_read_new() else { throw .library("libarchive does not start") }
        defer { archive_read_free(archive) }
        archive_read_support_format_zip_seekable(archive)
        guard archive_read_open_fd(archive, descriptor, Self.pieceBytes) == ARCHIVE_OK else {
            throw Self.damage(archive)
        }
        let wanted = part.lowercased()
        var parts = 0
        var entry: OpaquePointer?
        while true {
            let status = archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return false }
            // A warning is about names in other alphabets than ASCII, which no part of ours has.
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN else {
                throw Self.damage(archive)
            }
            parts += 1
            guard parts <= Self.mostParts else {
                throw .input("has more than \(Self.mostParts) parts")
            }
            guard let name = archive_entry_pathname_utf8(entry),
                Self.normalised(String(cString: name)) == wanted
            else { continue }
            if archive_entry_is_data_encrypted(entry) != 0 {
                throw .input("is encrypted; save it without a password or as CSV")
            }
            try unpack(archive, part, take)
            return true
        }
    }

    private func unpack(
        _ archive: OpaquePointer,
        _ part: String,
        _ take: (UnsafeRawBufferPointer) throws(RenderFailure) -> Bool
    ) throws(RenderFailure) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 8)
        defer { piece.deallocate() }
        var unpacked = 0
        while true {
            let count = archive_read_data(archive, piece.baseAddress, piece.count)
            guard count >= 0 else { throw Self.damage(archive) }
            unpacked += count
            if unpacked > Self.bombBytes, unpacked / Self.mostExpansion > packedBytes {
                throw .input(
                    "\(part) expands more than \(Self.mostExpansion) times; save it as CSV if it "
                        + "is sound"
                )
            }
            guard unpacked <= Self.mostPartBytes else {
                throw .input("\(part) has more than \(Self.mostPartBytes) bytes unpacked")
            }
            let wantsMore = try take(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            if count == 0 || !wantsMore { return }
        }
    }

    private static func damage(_ archive: OpaquePointer) -> RenderFailure {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown"
        return .input("is cut short or a damaged ZIP archive (\(reason))")
    }

    /// Some writers put backslashes between folders.
    private static func normalised(_ name: String) -> String {
        name.lowercased().replacing("\\", with: "/")
    }
}

extension WorkbookArchive {
    /// Reads an XML part into `handler`; false when there is no such part.
    @discardableResult
    func parse(
        _ part: String,
        into handler: any XMLPartHandler
    ) throws(RenderFailure) -> Bool {
        let reader = try XMLPartReader(handler)
        return try read(part) { (piece) throws(RenderFailure) in
            try reader.feed(piece, isLast: piece.isEmpty)
        }
    }
}
