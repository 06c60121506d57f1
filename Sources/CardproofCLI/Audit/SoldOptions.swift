import ArgumentParser

/// What is already sold, beside the history files.
struct SoldOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Index of codes already sold (cardproof audit index). May be given several times.",
            valueName: "file"
        )
    )
    var soldIndex: [String] = []

    @Option(
        help: ArgumentHelp(
            "Key file of the indexes; without it they are under the gateway's key (--product).",
            valueName: "file"
        )
    )
    var indexKey: String?

    @Flag(
        help: """
            Codes that the gateway of --config handed over are sold; needs --product. The gateway \
            may be running.
            """
    )
    var soldHere = false

    @Flag(
        help: """
            Codes of batches registered with the gateway of --config are no new stock either; \
            needs --product.
            """
    )
    var registeredHere = false

    @Option(
        help: """
            The platform that --sold-here and --registered-here ask; not needed if it is the only.
            """
    )
    var platform: String?

    var isAsked: Bool { !soldIndex.isEmpty || asksHere }

    /// Whether the gateway's own store is asked.
    var asksHere: Bool { soldHere || registeredHere }

    /// Files that a report must not replace.
    var files: [String] { soldIndex + (indexKey.map { [$0] } ?? []) }
}
