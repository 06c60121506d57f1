import ArgumentParser
import CardModel
import Gateway
import WireFormat

/// `cardproof audit --register`: where the audited batch goes.
struct RegistrationOptions: ParsableArguments {
    @Flag(help: "Register the audited file with a gateway, as a batch of --product.")
    var register = false

    @Option(help: "With --register: URL of the gateway.")
    var gateway: String?

    @Option(help: "With --register: file (or -) with the platform's API token.")
    var token: String?

    @Option(help: "With --register: the merchant whose stock it is, as deliveries name him.")
    var merchant: String?

    @Option(help: "With --register: what the batch is called; the file's name otherwise.")
    var batch: String?

    @Option(help: "With --register: who supplied the batch.")
    var supplier: String?

    /// Nil when nothing is registered.
    /// - Throws: ``AuditExit`` with 64 when something is missing.
    func plan(for command: AuditCommand) throws -> Registrar? {
        guard register else {
            let isGiven = [gateway, token, merchant, batch, supplier].contains { $0 != nil }
            guard !isGiven else {
                throw AuditExit.usage(
                    "--gateway, --token, --merchant, --batch and --supplier go with --register")
            }
            return nil
        }
        guard command.stock.count == 1, let file = command.stock.first, file != "-" else {
            throw AuditExit.usage("--register takes one --stock file, which is read again")
        }
        guard let gateway, let token, let merchant, let product = command.product else {
            throw AuditExit.usage(
                "--register needs --gateway, --token, --merchant and --product")
        }
        let name = batch ?? file.split(separator: "/").last.map { String($0) } ?? file
        do {
            return Registrar(
                client: try GatewayClient(url: gateway),
                token: try SecretInput.line(from: token, name: "--token"),
                merchant: merchant,
                product: product,
                name: name,
                supplier: supplier
            )
        } catch let failure as CommandFailure {
            throw AuditExit.usage(failure.message)
        }
    }
}

/// A registration whose options were all found good.
struct Registrar {
    let client: GatewayClient
    let token: String
    let merchant: String
    let product: String
    let name: String
    let supplier: String?

    private static let takesOneFile =
        "--register takes one --stock file; of a workbook with several sheets, save one as a file"

    /// Refuses, before the work starts, what cannot be registered.
    /// - Throws: ``AuditExit`` with 64.
    func check(_ plan: AuditPlan) throws {
        guard plan.onlyStock != nil else { throw AuditExit.usage(Self.takesOneFile) }
        guard plan.options.format != nil else {
            throw AuditExit.usage(
                "--register needs the card format, or a damaged code counts as good: "
                    + "--card-format, or --config with the product"
            )
        }
    }

    /// - Parameter lines: what the audit counted; the file must still have them.
    /// - Returns: the batch.
    func register(
        _ plan: AuditPlan,
        _ findings: LineFindings,
        lines: Int,
        _ text: AuditText
    ) async throws -> JSONValue {
        guard let input = plan.onlyStock else { throw AuditExit.usage(Self.takesOneFile) }
        let display = ProgressLine()
        let registration = StockRegistration(
            terms: StockRegistration.Terms(
                merchant: merchant,
                product: product,
                name: name,
                supplier: supplier,
                asOf: plan.options.asOf
            ),
            input: input,
            format: plan.options.format,
            client: client,
            token: token,
            findings: findings,
            progress: { display?.show(text.registering($0, of: $1)) }
        )
        defer { display?.end() }
        let batch = try await registration.run(auditedLines: lines)
        display?.end()
        await client.close()
        Terminal.say(text.registered(batch))
        return batch
    }
}

extension StockAuditSummary.Conclusion {
    /// Whether there is a whole audit to register.
    var isWhole: Bool {
        switch self {
        case .clean, .onlyDuplicates, .defects, .undecided: true
        case .noCodes, .partial: false
        }
    }
}

extension StockAuditSummary {
    /// Lines that are no blank ones: codes, and what is malformed.
    var registrableLines: Int { codes + (defects[.malformed] ?? 0) }
}

extension AuditText {
    func registering(_ count: Int, of total: Int) -> String {
        let (done, all) = (AuditNumbers.grouped(count), AuditNumbers.grouped(total))
        return language("登记中 \(done) / \(all) 行", "registering \(done) of \(all) lines")
    }

    func registered(_ batch: JSONValue) -> String {
        let id = batch["batch"]?.stringValue ?? "-"
        let good = batch["good"]?.lexeme ?? "-"
        let lines = batch["lines"]?.lexeme ?? "-"
        let state = batch["state"]?.stringValue ?? "-"
        let classes = StockLineClass.allCases.compactMap { word -> String? in
            let count = batch["classes"]?[word.rawValue]?.integerValue ?? 0
            return count == 0 ? nil : "\(word.rawValue) \(count)"
        }
        let others = classes.isEmpty ? "" : "(" + classes.joined(separator: ", ") + ")"
        return language(
            "已登记为批次 \(id)（\(state)）：\(lines) 行，可用 \(good) 张\(others)。放行前不可交付："
                + "cardproof batches release \(id) --gateway URL --token FILE",
            "Registered as batch \(id) (\(state)): \(lines) lines, \(good) good codes"
                + (others.isEmpty ? "" : " " + others) + ". Nothing of it may be handed over "
                + "before: cardproof batches release \(id) --gateway URL --token FILE"
        )
    }
}
