import AdapterKit
import Drivers
import Foundation
import Gateway
import WireFormat

/// The key `shops`: card shops that tell of their deliveries in their own formats.
struct ShopSection {
    private static let common = ["platform", "id", "kind", "merchant", "goods", "product"]
    private static let signed = ["api_key", "secret_file"]
    private static let hook = ["token_file", "allow_addresses"]
    private static let pulled = ["address", "app_id", "app_key_file"]

    let node: ConfigurationNode?
    /// Products that goods may be mapped to.
    let products: ProductCatalogue?

    func shops() -> [ShopInbox] {
        var taken: Set<[String]> = []
        return (node?.elements() ?? []).compactMap { node -> ShopInbox? in
            guard let shop = shop(node) else { return nil }
            guard taken.insert([shop.platform, "account", shop.access.account]).inserted else {
                node.fail("the platform has a shop with the same key, account or token already")
                return nil
            }
            guard taken.insert([shop.platform, "id", shop.id ?? ""]).inserted else {
                node.fail(
                    shop.id.map { "the platform has a shop of the id `\($0)` already" }
                        ?? "the platform has a shop without `id` already; give this one an `id`, "
                        + "because their order numbers may be the same"
                )
                return nil
            }
            return shop
        }
    }

    /// Every member is read even when another is wrong, so that all faults are told.
    private func shop(_ node: ConfigurationNode) -> ShopInbox? {
        let known = Self.common + Self.signed + Self.hook + Self.pulled
        guard let members = node.members(known: known) else { return nil }
        let platform = node.requiredWord("platform", of: members)
        let merchant = node.requiredWord("merchant", of: members)
        let id = members["id"].flatMap(id)
        guard let kind = kind(members, node) else { return nil }
        refuseForeign(members, of: kind)
        let goods = goods(members["goods"])
        let product = members["product"].flatMap(product)
        let access = access(kind, members, node)
        guard let platform, let merchant, let access, members["id"] == nil || id != nil
        else { return nil }
        return ShopInbox(
            platform: platform,
            id: id,
            access: access,
            merchant: merchant,
            goods: goods,
            product: product
        )
    }

    private func id(_ node: ConfigurationNode) -> String? {
        guard let word = node.word() else { return nil }
        if ShopInbox.isID(word) { return word }
        node.fail(
            "at most \(ShopInbox.longestID) lower-case letters, digits and dashes are expected"
        )
        return nil
    }

    private func kind(
        _ members: [String: ConfigurationNode],
        _ node: ConfigurationNode
    ) -> ShopInbox.Kind? {
        guard let word = node.requiredWord("kind", of: members) else { return nil }
        if let kind = ShopInbox.Kind(rawValue: word) { return kind }
        let known = ShopInbox.Kind.allCases.map(\.rawValue)
        members["kind"]?.fail(
            "`\(word)` is none of \(known.joined(separator: ", "))",
            suggestion: NearestWord.to(word, among: known)
        )
        return nil
    }

    private func refuseForeign(_ members: [String: ConfigurationNode], of kind: ShopInbox.Kind) {
        let own: [String] =
            switch kind {
            case .dujiaoNext, .generic: Self.signed
            case .dujiaoka: Self.hook
            case .acgFaka: Self.pulled
            }
        for (name, member) in members where !Self.common.contains(name) && !own.contains(name) {
            member.fail("a shop of kind \(kind.rawValue) has no `\(name)`")
        }
    }

    private func access(
        _ kind: ShopInbox.Kind,
        _ members: [String: ConfigurationNode],
        _ node: ConfigurationNode
    ) -> ShopInbox.Access? {
        switch kind {
        case .dujiaoNext: sharedSecret(members, node).map { .dujiaoNext($0) }
        case .generic: sharedSecret(members, node).map { .generic($0) }
        case .dujiaoka: hook(members, node).map { .dujiaoka($0) }
        case .acgFaka: account(members, node).map { .acgFaka($0) }
        }
    }

    private func sharedSecret(
        _ members: [String: ConfigurationNode],
        _ node: ConfigurationNode
    ) -> ShopInbox.SharedSecret? {
        let apiKey = node.requiredWord("api_key", of: members)
        let secret = secret("secret_file", members, node)
        guard let apiKey, let secret else { return nil }
        return ShopInbox.SharedSecret(apiKey: apiKey, secret: secret)
    }

    private func hook(
        _ members: [String: ConfigurationNode],
        _ node: ConfigurationNode
    ) -> ShopInbox.HookAccess? {
        let token = secret("token_file", members, node)
        guard let list = members["allow_addresses"] else {
            node.fail("`allow_addresses` is missing: this shop cannot sign, so its address counts")
            return nil
        }
        let blocks = (list.elements() ?? []).compactMap { element -> AddressBlock? in
            guard let word = element.word() else { return nil }
            if let block = AddressBlock(word) { return block }
            element.fail("`\(word)` is no address block such as 203.0.113.7/32")
            return nil
        }
        guard let token else { return nil }
        let shortest = ShopInbox.HookAccess.shortestToken
        guard token.withUnredacted({ $0.count >= shortest }) else {
            members["token_file"]?.fail("the token has fewer than \(shortest) characters")
            return nil
        }
        return ShopInbox.HookAccess(token: token) { address in
            InternetAddress(address).map { address in
                blocks.contains { $0.contains(address) }
            } ?? false
        }
    }

    private func account(
        _ members: [String: ConfigurationNode],
        _ node: ConfigurationNode
    ) -> ShopInbox.AcgFakaAccount? {
        let address = node.requiredWord("address", of: members)
        let appID = node.requiredWord("app_id", of: members)
        let appKey = secret("app_key_file", members, node)
        guard let address, let appID, let appKey else { return nil }
        let isLocal = address.hasPrefix("http://127.0.0.1:")
        guard address.hasPrefix("https://") || isLocal, URL(string: address)?.host() != nil else {
            members["address"]?.fail("an https:// address is expected: the key is sent along")
            return nil
        }
        return ShopInbox.AcgFakaAccount(
            address: address.hasSuffix("/") ? String(address.dropLast()) : address,
            appID: appID,
            appKey: appKey
        )
    }

    private func goods(_ node: ConfigurationNode?) -> [String: String] {
        var goods: [String: String] = [:]
        for (_, word, value) in node?.members() ?? [] {
            goods[word] = product(value)
        }
        return goods
    }

    private func product(_ node: ConfigurationNode) -> String? {
        guard let id = node.word() else { return nil }
        guard let products, products[id] == nil else { return id }
        node.fail(
            "there is no product `\(id)`",
            suggestion: NearestWord.to(id, among: products.all.map(\.id))
        )
        return nil
    }

    private func secret(
        _ name: String,
        _ members: [String: ConfigurationNode],
        _ node: ConfigurationNode
    ) -> SecretValue? {
        guard let member = members[name], let path = node.requiredWord(name, of: members) else {
            if members[name] == nil { node.fail("`\(name)` is missing") }
            return nil
        }
        return AdapterSection.secret(member, path)
    }
}
