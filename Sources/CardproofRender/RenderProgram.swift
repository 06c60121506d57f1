import Glibc
import StatementKit

/// `cardproof-render`: what takes large C libraries, in a process without the gateway's keys and
/// memory. It draws pages and codes, reads workbooks and writes them.
///
/// It opens no file but fonts and no socket, keeps nothing, and looks at no clock: the same input
/// and the same fonts give the same bytes. What it cannot do it says in one line on standard
/// error, which holds a place in the input, never its content.
@main
struct RenderProgram {
    private static let usage = """
        usage: cardproof-render pdf|qr|sheets|sheet NUMBER|workbook
          pdf           reads {"documents": [...]} on standard input, writes a PDF
          qr            reads {"text": "..."} on standard input, writes an SVG
          sheets        lists the sheets of the .xlsx file that is standard input, as JSON lines
          sheet NUMBER  writes a sheet of the .xlsx file that is standard input as CSV
          workbook      reads sheets and rows as JSON lines, writes an .xlsx file
        exit: 0 done, 64 usage or input, 69 fonts are missing, 70 a library or the output failed

        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments == ["--help"] || arguments == ["-h"] {
            StandardStreams.write(Array(usage.utf8), to: STDOUT_FILENO)
            return
        }
        do throws(RenderFailure) {
            try run(arguments)
        } catch {
            let words = if case .usage = error { usage } else { Self.line(error.message) }
            StandardStreams.write(Array(words.utf8), to: STDERR_FILENO)
            exit(error.exitCode)
        }
    }

    private static func run(_ arguments: [String]) throws(RenderFailure) {
        switch (arguments.first, arguments.count) {
        case ("sheets", 1): try SheetListing.write(from: STDIN_FILENO, to: STDOUT_FILENO)
        case ("sheet", 2):
            guard let number = Int(arguments[1]) else { throw .usage }
            try Workbook(descriptor: STDIN_FILENO).writeSheet(number, to: STDOUT_FILENO)
        case ("workbook", 1): try WorkbookComposer.run(from: STDIN_FILENO, to: STDOUT_FILENO)
        case (let word?, 1):
            guard let kind = RenderingOrder.Kind(rawValue: word) else { throw .usage }
            guard StandardStreams.write(try drawn(kind), to: STDOUT_FILENO) else {
                throw .library("standard output cannot be written: \(StandardStreams.reason)")
            }
        default: throw .usage
        }
    }

    /// One line, whatever stands in a sheet's name.
    private static func line(_ message: String) -> String {
        let symbols = message.unicodeScalars.map { scalar -> Character in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return "cardproof-render: " + String(symbols) + "\n"
    }

    private static func drawn(_ kind: RenderingOrder.Kind) throws(RenderFailure) -> [UInt8] {
        let input = try StandardStreams.readInput(limit: RenderingOrder.mostInputBytes)
        let order: RenderingOrder
        do throws(StatementFault) {
            order = try RenderingOrder(kind, json: input)
        } catch {
            throw .input(error.description)
        }
        switch order {
        case .pdf(let documents): return try PDFDrawing.bytes(of: documents)
        case .qrSVG(let text): return try QRSymbol(text).svg
        }
    }
}

/// Why nothing came of it.
enum RenderFailure: Error {
    case usage
    case input(String)
    case fonts(String)
    case library(String)

    /// As in sysexits.h: EX_USAGE, EX_UNAVAILABLE, EX_SOFTWARE.
    var exitCode: Int32 {
        switch self {
        case .usage, .input: 64
        case .fonts: 69
        case .library: 70
        }
    }

    var message: String {
        switch self {
        case .usage: "see --help"
        case .input(let text), .fonts(let text), .library(let text): text
        }
    }
}

/// Whole reads and writes of the standard descriptors.
enum StandardStreams {
    private static let readBytes = 64 << 10

    static var reason: String { String(cString: strerror(errno)) }

    static func readInput(limit: Int) throws(RenderFailure) -> [UInt8] {
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: readBytes)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { return input }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .input("standard input cannot be read: \(reason)") }
            input += buffer[..<count]
            guard input.count <= limit else {
                throw .input("standard input has more than \(limit) bytes")
            }
        }
    }

    /// False when it could not all be written.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
