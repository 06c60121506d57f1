/// How one line or record of a file is divided.
public enum StockGrammar: Sendable, Hashable {
    /// Serial and key around one separator, e.g. `serial----key`.
    case separated(String)
    /// A key alone on its line.
    case bareKey
    /// Comma-separated values (RFC 4180), quoted fields and records of several lines included.
    case csv(CSVColumns)

    /// The separators that are recognised without being named, in the order they are tried.
    public static let knownSeparators = ["----", "|", ",", "\t", " ", ":"]

    /// As written after `--format`.
    public var name: String {
        switch self {
        case .separated("\t"): "lines:tab"
        case .separated(" "): "lines:space"
        case .separated(let separator): "lines:\(separator)"
        case .bareKey: "lines:bare"
        case .csv: "csv"
        }
    }

    /// As a pattern for people.
    public var pattern: String {
        switch self {
        case .separated("\t"): "serial<tab>key"
        case .separated(" "): "serial key"
        case .separated(let separator): "serial\(separator)key"
        case .bareKey: "key"
        case .csv(let columns): columns.pattern
        }
    }
}

/// Which cell of a CSV record holds what, counted from 0.
public struct CSVColumns: Sendable, Hashable {
    public var serial: Int?
    public var key: Int
    public var expiresOn: Int?
    /// Cells of a full record; a record with more cells that are not empty is malformed.
    public var count: Int

    public init(serial: Int?, key: Int, expiresOn: Int?, count: Int) {
        self.serial = serial
        self.key = key
        self.expiresOn = expiresOn
        self.count = count
    }

    /// The order of a file without a header: serial, key, expires_on.
    public static let headerless = CSVColumns(serial: 0, key: 1, expiresOn: 2, count: 3)

    public var pattern: String {
        (0..<count).map { column in
            if column == key { return "key" }
            if column == serial { return "serial" }
            return column == expiresOn ? "expires_on" : "…"
        }.joined(separator: ",")
    }
}

/// What `--format` asks for.
public enum StockFormatChoice: Sendable, Hashable {
    case auto
    /// One of the line grammars, chosen from the sample.
    case lines
    case separated(String)
    case bareKey
    case csv

    /// The longest separator that may be named, in bytes.
    public static let separatorBytes = 16

    /// Nil when `text` is none of `auto`, `lines`, `lines:SEP`, `csv`. SEP is the separator itself,
    /// or `tab`, `space`, `bare`.
    public init?(_ text: String) {
        switch text {
        case "auto": self = .auto
        case "lines": self = .lines
        case "csv": self = .csv
        case "lines:bare": self = .bareKey
        case "lines:tab", "lines:\\t": self = .separated("\t")
        case "lines:space": self = .separated(" ")
        default:
            guard text.hasPrefix("lines:") else { return nil }
            let separator = String(text.dropFirst("lines:".count))
            guard (1...Self.separatorBytes).contains(separator.utf8.count),
                separator.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 })
            else { return nil }
            self = .separated(separator)
        }
    }
}
