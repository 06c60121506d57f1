import Foundation
import Gateway
import WireFormat

/// The formats a report is written in.
enum AuditReportFormat: String, CaseIterable {
    case tsv
    /// JSON lines: one object a defect.
    case json
    /// RFC 4180, safe to open in a spreadsheet.
    case csv
}

/// Writes the rows of an audit as they come, in pieces.
final class AuditReportWriter {
    /// Bytes gathered before a write.
    private static let pieceBytes = 256 << 10

    private let output: FileHandle
    private let path: String
    private let format: AuditReportFormat
    /// With several stock files the first column names the file.
    private let namesFiles: Bool
    private var piece: [UInt8] = []

    /// - Parameter path: `-` is standard output.
    /// - Throws: ``AuditReportError`` when the file cannot be made.
    init(path: String, format: AuditReportFormat, namesFiles: Bool) throws {
        self.path = path
        self.format = format
        self.namesFiles = namesFiles
        if path == "-" {
            output = .standardOutput
        } else {
            // Not FileManager's `createFile`: it would put a file in the place of a device.
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                let reason = String(cString: strerror(errno))
                throw AuditReportError(path: path, message: "cannot be written: \(reason)")
            }
            output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }
        if format == .csv {
            let columns = (namesFiles ? ["file"] : []) + ["line", "class", "detail"]
            append(columns.joined(separator: ",") + "\r\n")
        }
    }

    func write(_ defect: StockDefect) throws {
        switch format {
        case .tsv:
            if namesFiles { append(Self.tabSafe(defect.fileName) + "\t") }
            append("\(defect.line)\t\(defect.defect.code)")
            append(defect.detail.isEmpty ? "\n" : "\t\(Self.tabSafe(defect.detail))\n")
        case .json: append(Self.object(defect, namesFile: namesFiles), newline: "\n")
        case .csv:
            if namesFiles { append(Self.spreadsheetSafe(defect.fileName) + ",") }
            append("\(defect.line),\(defect.defect.code),")
            append(Self.spreadsheetSafe(defect.detail) + "\r\n")
        }
        if piece.count >= Self.pieceBytes { try flush() }
    }

    /// Ends the report.
    /// - Parameter place: where reading broke off, if it did; the report then says so.
    func finish(partial place: String?) throws {
        if let place {
            switch format {
            case .tsv, .csv: append("# partial: reading broke off: \(Self.tabSafe(place))\n")
            case .json:
                let mark: JSONValue = ["partial": true, "place": .string(place)]
                append(mark.serialized(), newline: "\n")
            }
        }
        try flush()
        if path != "-" { try output.close() }
    }

    private func flush() throws {
        do {
            try output.write(contentsOf: piece)
        } catch {
            throw AuditReportError(
                path: path == "-" ? "standard output" : path,
                message: "writing the report failed: \(error.localizedDescription)"
            )
        }
        piece.removeAll(keepingCapacity: true)
    }

    private func append(_ text: String) { piece.append(contentsOf: text.utf8) }

    private func append(_ bytes: [UInt8], newline: String) {
        piece.append(contentsOf: bytes)
        append(newline)
    }

    private static func object(_ defect: StockDefect, namesFile: Bool) -> [UInt8] {
        var object = JSONObject()
        if namesFile { object["file"] = .string(defect.fileName) }
        object["line"] = .integer(Int64(defect.line))
        object["class"] = .string(defect.defect.code)
        object["detail"] = defect.detail.isEmpty ? .null : .string(defect.detail)
        object["first_line"] = defect.firstLine.map { .integer(Int64($0)) } ?? .null
        return JSONValue.object(object).serialized()
    }

    /// File names may hold anything; a report's rows may not.
    private static func tabSafe(_ text: String) -> String {
        String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
    }

    /// Quoted where needed, and never a formula (OWASP "CSV Injection").
    private static func spreadsheetSafe(_ text: String) -> String {
        let plain = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        guard plain.contains(where: { "\",\r\n".contains($0) }) else { return plain }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }
}

/// Why a report could not be written.
struct AuditReportError: Error, CustomStringConvertible {
    let path: String
    let message: String

    var description: String { "\(path): \(message)" }
}
