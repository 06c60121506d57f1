import ArgumentParser
import Gateway
import WireFormat

/// `cardproof evidence attach`: a screenshot, a chat log, a recording, a document.
struct EvidenceAttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Add a file to a delivery's evidence.",
        discussion: """
            The file is sealed under the delivery's key and never looked into; the log commits to \
            its SHA-256. It is in every bundle made from now on.
            """
    )

    @Argument(help: "The delivery (dlv_…).")
    var delivery: String

    @Argument(
        help:
            "The file: png jpg webp heic pdf txt csv json eml mp3 m4a ogg wav mp4 webm."
    )
    var file: String

    @Option(help: "What it is evidence of.")
    var slot: Slot

    @Option(help: "Who gives it.")
    var by: Giver = .merchant

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        guard let id = DeliveryID(delivery) else {
            throw CommandFailure.usage("\(delivery): is no delivery id (dlv_…)")
        }
        let file = try AttachmentFile(path: file, option: "evidence attach")
        let offer = AttachmentOffer(
            delivery: id,
            giver: by.giver,
            source: .operator,
            slot: slot.slot,
            mediaType: file.mediaType,
            name: file.name,
            sha256: file.sha256,
            byteCount: file.content.count
        )
        let added = try await OperatorAccess.with(try options.load()) {
            try await $0.attach(offer, content: file.content)
        }
        guard let added else { throw CommandFailure.usage("there is no delivery \(delivery)") }
        try output.show(added) {
            let entry = added["evidence"]?["index"]?.lexeme ?? "-"
            return language(
                "已加入证据，日志第 \(entry) 条；文件原件请自行保存。",
                "Added to the evidence as entry \(entry) of the log; keep the original file."
            )
        }
    }

    /// The words of the command line for what the gateway knows.
    struct Slot: ExpressibleByArgument {
        let slot: EvidenceSlot

        init?(argument: String) {
            guard let slot = EvidenceSlot(rawValue: argument) else { return nil }
            self.slot = slot
        }

        static let allValueStrings = EvidenceSlot.allCases.map(\.rawValue)
    }

    enum Giver: String, ExpressibleByArgument, CaseIterable {
        case buyer
        case merchant
        case platform

        var giver: AttachmentGiver {
            switch self {
            case .buyer: .buyer
            case .merchant: .merchant
            case .platform: .platform
            }
        }
    }
}
