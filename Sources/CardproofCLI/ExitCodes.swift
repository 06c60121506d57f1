import ArgumentParser
import CardModel
import WireFormat

/// How a command ends. The help page is made from these.
enum CardproofExit: Int32, CaseIterable {
    case allGood = 0
    case internalFailure = 1
    case badCode = 10
    case undecided = 11
    case evidenceDoesNotVerify = 12
    case onlyDuplicates = 13
    case gatewayUnreachable = 20
    case usage = 64

    var code: ExitCode { ExitCode(rawValue) }

    var meaning: LocalisedText {
        switch self {
        case .allGood:
            LocalisedText(zhCN: "一切正常。", en: "All good.")
        case .internalFailure:
            LocalisedText(
                zhCN: "工作未能完成；原因写在标准错误输出。",
                en: "The work could not be done; standard error says why."
            )
        case .badCode:
            LocalisedText(zhCN: "至少有一个卡密有问题。", en: "At least one code is bad.")
        case .undecided:
            LocalisedText(
                zhCN: "没有坏卡密，但至少有一个还没有结论。",
                en: "No code is bad, but at least one is undecided."
            )
        case .evidenceDoesNotVerify:
            LocalisedText(zhCN: "证据未通过验证。", en: "The evidence does not verify.")
        case .onlyDuplicates:
            LocalisedText(
                zhCN: "唯一的问题是重复或已售出的卡密。",
                en: "Codes that are duplicates or already sold are the only defect."
            )
        case .gatewayUnreachable:
            LocalisedText(zhCN: "无法连接网关。", en: "The gateway cannot be reached.")
        case .usage:
            LocalisedText(
                zhCN: "参数、配置或输入无法使用。",
                en: "Options, configuration or input cannot be used."
            )
        }
    }

    /// The page of `cardproof help exit-codes`.
    static var page: String {
        allCases.map { exit in
            let number = String(exit.rawValue)
            return number + String(repeating: " ", count: max(1, 4 - number.count))
                + exit.meaning[.en]
        }.joined(separator: "\n")
    }
}

/// Ends a command: one sentence that says what to do, and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
    let exit: CardproofExit
    /// One sentence, or one line a fault. Never holds a code or a secret.
    let message: String

    var description: String { message }

    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(exit: .usage, message: message)
    }

    static func failed(_ message: String) -> CommandFailure {
        CommandFailure(exit: .internalFailure, message: message)
    }

    static func unreachable(_ message: String) -> CommandFailure {
        CommandFailure(exit: .gatewayUnreachable, message: message)
    }
}

extension CardproofExit {
    /// What follows from the states of several codes: bad before undecided, duplicates apart.
    static func conclusion(of states: [VerdictState]) -> CardproofExit {
        let defects = states.filter { $0.standing == .defective }
        if !defects.isEmpty {
            let areDuplicates = defects.allSatisfy {
                $0 == .duplicateDelivery || $0 == .duplicateStock
            }
            return areDuplicates ? .onlyDuplicates : .badCode
        }
        return states.contains { $0.isUndecided } ? .undecided : .allGood
    }
}

/// `cardproof exit-codes`, and with it `cardproof help exit-codes`.
struct ExitCodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exit-codes",
        abstract: "List the exit codes.",
        discussion: CardproofExit.page
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        let language = try output.language
        let rows = CardproofExit.allCases.map { [String($0.rawValue), $0.meaning[language]] }
        try output.show(
            .object(
                JSONObject([
                    .init(
                        name: "exit_codes",
                        value: .array(
                            CardproofExit.allCases.map { exit in
                                [
                                    "code": .integer(Int64(exit.rawValue)),
                                    "meaning": .string(exit.meaning[.en]),
                                ]
                            }
                        )
                    )
                ])
            )
        ) { Table(rows: rows).text }
    }
}
