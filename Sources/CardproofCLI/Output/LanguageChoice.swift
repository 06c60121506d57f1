import CardModel

/// Which language people are spoken to in: `--lang` > `LC_ALL` > `LC_MESSAGES` > `LANG` > English.
enum LanguageChoice {
    static let variables = ["LC_ALL", "LC_MESSAGES", "LANG"]

    /// - Throws: ``CommandFailure`` with 64 for a `--lang` that is no language of ours.
    static func language(
        option: String?,
        environment: [String: String]
    ) throws(CommandFailure) -> Language {
        if let option {
            guard let language = Language(rawValue: option) else {
                throw .usage("--lang \(option): zh-CN or en is expected")
            }
            return language
        }
        // An empty variable counts as unset (POSIX.1-2017, 8.2).
        let locale = variables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("zh") == true ? .zhCN : .en
    }
}
