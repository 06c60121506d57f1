/// How one line or record of a file is divided.
public enum StockGrammar: Sendable, Hashable {
    /// Serial and key around one separator, e.g. `serial----key`.
    case separated(String)
    /// A key alone on its line.
    case bareKey
    /// Each part behind its name and a colon: `卡号:x 密码:y`, `账号：x--密码：y`.
    case labelled
    /// An account for sale: `mail----password----…`. All of it is the code; nothing inside is
    /// taken apart.
    case account
    /// Comma-separated values (RFC 4180), quoted fields and records of several lines included; the
    /// separator may be another symbol.
    case csv(CSVColumns)

    /// The separators that are recognised without being named, in the order they are tried.
    public static let knownSeparators = ["----", "|", ",", "\t", " ", ":"]

    /// Whether lines say who they are from.
    var namesGroups: Bool {
        switch self {
        case .csv(let columns): columns.supplier != nil || columns.batch != nil
        case .labelled: true
        case .separated, .bareKey, .account: false
        }
    }

    /// Whether lines say what a code is worth.
    var namesValues: Bool {
        switch self {
        case .csv(let columns): columns.faceValue != nil
        case .labelled: true
        case .separated, .bareKey, .account: false
        }
    }

    /// As written after `--format`.
    public var name: String {
        switch self {
        case .separated("\t"): "lines:tab"
        case .separated(" "): "lines:space"
        case .separated(let separator): "lines:\(separator)"
        case .bareKey: "lines:bare"
        case .labelled: "lines:labelled"
        case .account: "lines:account"
        case .csv(let columns): columns.name
        }
    }

    /// As a pattern for people.
    public var pattern: String {
        switch self {
        case .separated("\t"): "serial<tab>key"
        case .separated(" "): "serial key"
        case .separated(let separator): "serial\(separator)key"
        case .bareKey: "key"
        case .labelled: "serial:… key:…"
        case .account: "account----…"
        case .csv(let columns): columns.pattern
        }
    }
}

/// Which cell of a CSV record holds what, counted from 0.
public struct CSVColumns: Sendable, Hashable {
    /// What divides the cells: `,`, `;`, a tab or `|`.
    public var separator = UInt8(ascii: ",")
    public var serial: Int?
    public var key: Int
    public var expiresOn: Int?
    public var supplier: Int?
    public var batch: Int?
    public var faceValue: Int?
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

    /// The separators that are recognised without being named.
    public static let knownSeparators: [UInt8] = [0x2c, 0x3b, 0x09, 0x7c]

    /// Without a header, with another separator.
    public static func headerless(separator: UInt8) -> CSVColumns {
        var columns = headerless
        columns.separator = separator
        return columns
    }

    var name: String {
        switch separator {
        case 0x2c: "csv"
        case 0x09: "csv:tab"
        default: "csv:\(Character(Unicode.Scalar(separator)))"
        }
    }

    public var pattern: String {
        (0..<count).map(name(ofColumn:))
            .joined(separator: separator == 0x09 ? "<tab>" : String(Unicode.Scalar(separator)))
    }

    private func name(ofColumn column: Int) -> String {
        switch column {
        case key: "key"
        case serial: "serial"
        case expiresOn: "expires_on"
        case supplier: "supplier"
        case batch: "batch"
        case faceValue: "face_value"
        default: "…"
        }
    }
}

/// What `--format` asks for.
public enum StockFormatChoice: Sendable, Hashable {
    case auto
    /// One of the line grammars, chosen from the sample.
    case lines
    case separated(String)
    case bareKey
    case labelled
    case account
    /// With the separator of the header when none is named.
    case csv(separator: UInt8?)

    /// The longest separator that may be named, in bytes.
    public static let separatorBytes = 16

    /// Nil when `text` is none of `auto`, `lines`, `lines:SEP`, `csv`, `csv:SEP`. SEP is the
    /// separator itself, or `tab`, `space`, `bare`, `labelled`, `account`; of CSV it is one ASCII
    /// symbol or `tab`.
    public init?(_ text: String) {
        switch text {
        case "auto": self = .auto
        case "lines": self = .lines
        case "csv": self = .csv(separator: nil)
        case "csv:tab", "csv:\\t": self = .csv(separator: 0x09)
        case "lines:bare": self = .bareKey
        case "lines:labelled": self = .labelled
        case "lines:account": self = .account
        case "lines:tab", "lines:\\t": self = .separated("\t")
        case "lines:space": self = .separated(" ")
        case _ where text.hasPrefix("csv:"):
            let separator = Array(text.utf8.dropFirst(4))
            guard separator.count == 1, separator[0] >= 0x20 || separator[0] == 0x09,
                separator[0] < 0x7f, separator[0] != 0x22
            else { return nil }
            self = .csv(separator: separator[0])
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
