import ArgumentParser

/// How an audit ends when it does not end with 0.
enum AuditExit {
    /// Defects beyond duplicates and sold codes.
    static let defects = CardproofExit.badCode.code
    /// The issuer was asked and left something open.
    static let undecided = CardproofExit.undecided.code
    static let onlyDuplicates = CardproofExit.onlyDuplicates.code
    /// Reading broke off; the report is partial.
    static let broken = CardproofExit.internalFailure.code

    /// Options or input that cannot be used.
    static func usage(_ message: String) -> ExitCode {
        Terminal.sayError(message)
        return CardproofExit.usage.code
    }

    /// The audit could not do its work.
    static func failed(_ message: String) -> ExitCode {
        Terminal.sayError(message)
        return CardproofExit.internalFailure.code
    }
}
