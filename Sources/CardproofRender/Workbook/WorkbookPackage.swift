import CArchive
import Glibc

/// The ZIP container of a workbook being written, part after part, with nothing of the moment in
/// it: the same parts give the same bytes.
final class WorkbookPackage {
    /// 1980-01-01, the first day that ZIP knows, in seconds since 1970.
    private static let partTime = 315_532_800

    /// AE_IFREG, whose macro Swift cannot read.
    private static let regularFile: UInt32 = 0o100000

    private let archive: OpaquePointer

    init(descriptor: Int32) throws(RenderFailure) {
        // ZIP keeps local time.
        setenv("TZ", "UTC0", 1)
        guard let archive = archive_write_new() else { throw .library("libarchive does not start") }
        self.archive = archive
        archive_write_set_format_zip(archive)
        // Spreadsheets expect ZIP64 of large parts alone, and none of ours is.
        archive_write_set_format_option(archive, "zip", "zip64", nil)
        // An archive file needs no block of its own size.
        archive_write_set_bytes_in_last_block(archive, 1)
        try check(archive_write_open_fd(archive, descriptor))
    }

    deinit { archive_write_free(archive) }

    func startPart(_ path: String) throws(RenderFailure) {
        guard let entry = archive_entry_new() else { throw .library("libarchive gives no entry") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, path)
        archive_entry_set_filetype(entry, Self.regularFile)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_mtime(entry, Self.partTime, 0)
        try check(archive_write_header(archive, entry))
    }

    func write(_ bytes: [UInt8]) throws(RenderFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                archive_write_data(archive, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw failure }
            written += count
        }
    }

    func finish() throws(RenderFailure) { try check(archive_write_close(archive)) }

    private func check(_ status: Int32) throws(RenderFailure) {
        guard status == ARCHIVE_OK else { throw failure }
    }

    private var failure: RenderFailure {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown"
        return .library("the workbook cannot be written: \(reason)")
    }
}
