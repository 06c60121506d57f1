import AdapterKit

/// One thing that is wrong with the configuration, where it stands, and what was probably meant.
struct ConfigurationFault: Hashable, CustomStringConvertible {
    /// A file as it was named, `--listen`, or `CARDPROOF_LISTEN`; nil when it stands nowhere.
    var source: String?
    /// Counted from 1.
    var line: Int?
    var message: String
    var suggestion: String?

    var description: String {
        var place = source ?? ""
        if let line { place += ":\(line)" }
        let hint = suggestion.map { ", did you mean `\($0)`?" } ?? ""
        return (place.isEmpty ? "" : place + ": ") + message + hint
    }
}

extension ConfigurationFault {
    init(_ diagnostic: AdapterDiagnostic) {
        self.init(
            source: diagnostic.file,
            line: diagnostic.line,
            message: diagnostic.message,
            suggestion: diagnostic.suggestion
        )
    }
}

/// Collects the faults of one reading, so that all are told at once.
final class FaultList {
    private(set) var all: [ConfigurationFault] = []

    func add(_ fault: ConfigurationFault) { all.append(fault) }

    func add(source: String?, line: Int? = nil, _ message: String, suggestion: String? = nil) {
        add(
            ConfigurationFault(
                source: source,
                line: line,
                message: message,
                suggestion: suggestion
            )
        )
    }

    func add(_ diagnostics: AdapterDiagnostics) {
        for diagnostic in diagnostics.all { add(ConfigurationFault(diagnostic)) }
    }

    /// In the order of the files; each once.
    var sorted: [ConfigurationFault] {
        var seen: Set<ConfigurationFault> = []
        return all.filter { seen.insert($0).inserted }.sorted {
            ($0.source ?? "", $0.line ?? 0, $0.message)
                < ($1.source ?? "", $1.line ?? 0, $1.message)
        }
    }

    /// - Throws: ``CommandFailure`` with 64 and a line a fault.
    func throwIfAny() throws(CommandFailure) {
        guard !all.isEmpty else { return }
        throw .usage(
            "the configuration cannot be used:\n"
                + sorted.map { "  \($0)" }.joined(separator: "\n")
        )
    }
}
