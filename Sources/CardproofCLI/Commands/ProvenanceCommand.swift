import ArgumentParser
import CardModel
import Gateway
import WireFormat

/// `cardproof deliveries provenance`: where a code came from, and whom it went to.
struct ProvenanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provenance",
        abstract: "Follow a code from its batch over the merchant to the orders that had it.",
        discussion: "By a delivery and a line of it, or by the code itself, which is read from a "
            + "file and sent in the body. Each step names the leaf that proves it."
    )

    @Argument(help: "Id of a delivery: dlv_….")
    var id: String?

    @Option(help: "Line of the delivery, from 1.")
    var line: Int?

    @Option(help: "File (or -) with one code: serial----key or a bare key.")
    var code: String?

    @Option(help: "Id of the product that the code is of.")
    var product: String?

    @OptionGroup var access: BatchAccess
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (id != nil) == (line != nil), (code != nil) == (product != nil),
            (id == nil) != (code == nil)
        else {
            throw ValidationError("Give a delivery with --line, or --code with --product.")
        }
        if access.token == "-", code == "-" {
            throw ValidationError("Standard input (-) can be read once.")
        }
    }

    func run() async throws {
        let found: JSONValue
        if let id, let line {
            guard let delivery = DeliveryID(id) else {
                throw CommandFailure.usage(
                    "`\(id)` is no delivery; `cardproof deliveries list` names them")
            }
            found = try await access.json(
                "GET", "/v1/deliveries/\(delivery.text)/items/\(line)/provenance")
        } else {
            found = try await access.json("POST", "/v1/provenance", body: try question())
        }
        try output.show(found) { Outline.text(of: found) }
    }

    private func question() throws -> JSONObject {
        let codes = try CodeFile.codes(from: code, question: "")
        guard let code = codes.first, codes.count == 1 else {
            throw CommandFailure.usage("--code: one code is expected")
        }
        return code.key.withUnredacted { key in
            JSONObject([
                .init(name: "product", value: JSONValue(text: product)),
                .init(name: "serial", value: JSONValue(text: code.serial?.text)),
                .init(name: "key", value: .string(key)),
            ])
        }
    }
}
