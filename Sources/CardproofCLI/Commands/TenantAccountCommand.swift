import ArgumentParser
import CardModel
import Gateway
import WireFormat

/// `cardproof tenant account`: who acts on claims with a token of his own.
struct TenantAccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Add, list and revoke accounts that act on claims.",
        discussion: """
            Rulings, approvals and appeals are made by people, each with a token of his own: who \
            ruled does not hear the appeal, and nobody votes twice. A merchant's account sees the \
            claims against that merchant alone. Buyers use their order tokens.
            """,
        subcommands: [Add.self, List.self, Revoke.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add an account and write its token to a file with mode 0600."
        )

        @Argument(help: "The platform.")
        var platform: String

        @Argument(help: "Name: 1 to 64 lower-case letters, digits, dots and dashes.")
        var name: String

        @Option(help: "merchant, platform, arbiter or third_party.")
        var role: String

        @Option(help: "Whose claims a merchant's account sees.")
        var merchant: String?

        @Option(help: "File for the token.")
        var tokenFile: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let order = try order()
            let added = try await OperatorAccess.with(try options.load()) {
                try await $0.addAccount(order)
            }
            guard var account = added?.objectValue, let token = account["token"]?.stringValue else {
                throw CommandFailure.unknownPlatform(platform)
            }
            try ProtectedFile.create(tokenFile, token)
            account["token"] = nil
            account["token_file"] = .string(tokenFile)
            try output.show(.object(account)) {
                "\(name): \(role) on \(platform)\n\(tokenFile)"
            }
        }

        private func order() throws -> AccountOrder {
            guard PartyAccount.isWellFormed(name: name) else {
                throw CommandFailure.usage(
                    "\(name): an account's name has 1 to 64 lower-case letters, digits, dots and "
                        + "dashes"
                )
            }
            guard let role = ClaimActor(rawValue: role), PartyAccount.roles.contains(role) else {
                let known = PartyAccount.roles.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("--role \(role): one of \(known) is expected")
            }
            guard (role == .merchant) == (merchant != nil) else {
                throw CommandFailure.usage(
                    "--merchant names whose claims an account of role merchant sees, and belongs "
                        + "to no other role"
                )
            }
            return AccountOrder(platform: platform, name: name, role: role, merchant: merchant)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the accounts of a platform."
        )

        @Argument(help: "The platform.")
        var platform: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let accounts = try await OperatorAccess.with(try options.load()) {
                try await $0.accounts(of: platform)
            }
            guard let accounts else { throw CommandFailure.unknownPlatform(platform) }
            let listing = Listing(
                name: "accounts",
                columns: [
                    .init("NAME", "name"), .init("ROLE", "role"), .init("MERCHANT", "merchant"),
                    .init("CREATED", "created_at"), .init("REVOKED", "revoked_at"),
                ]
            )
            try output.show(accounts) { listing.table(of: accounts) }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Let an account's token open nothing from now on."
        )

        @Argument(help: "The platform.")
        var platform: String

        @Argument(help: "The account's name.")
        var name: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let isRevoked = try await OperatorAccess.with(try options.load()) {
                try await $0.revokeAccount(name, of: platform)
            }
            guard isRevoked else {
                throw CommandFailure.usage(
                    "\(platform) has no account `\(name)` that is open; "
                        + "`cardproof tenant account list \(platform)` names them"
                )
            }
            try output.show(["revoked": .string(name)]) { "\(name): revoked" }
        }
    }
}
