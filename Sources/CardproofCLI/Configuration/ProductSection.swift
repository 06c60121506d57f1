import AdapterKit
import CardModel
import Foundation
import Gateway
import WireFormat

/// The key `products` and the products file, as the catalogue of the gateway.
struct ProductSection {
    private static let members = [
        "id", "issuer", "format", "adapter", "policy", "face_value", "reusable",
        "registered_only",
    ]

    let node: ConfigurationNode?
    /// A further file that is a list of products.
    let file: String?
    let adapters: AdapterSection
    let policies: PolicyFolder
    let ruleBook: ClaimRuleBook
    let faults: FaultList

    /// - Parameters:
    ///   - defaultPolicy: id of the policy of products that name none.
    ///   - origin: where that id stands, for the error.
    /// - Returns: nil when a policy cannot be pinned, or the default one is missing.
    func catalogue(defaultPolicy id: String?, origin: String?) -> ProductCatalogue? {
        let fallback = id.flatMap { policies[$0] }
        if fallback == nil {
            faults.add(
                source: origin,
                "default_policy: there is no policy `\(id ?? "")`",
                suggestion: NearestWord.to(id ?? "", among: policies.ids)
            )
        }
        var nodes = node?.elements() ?? []
        if let file, let root = ConfigurationNode.root(ofFile: file, faults: faults) {
            nodes += root.elements() ?? []
        }
        var seen: Set<String> = []
        let products = nodes.compactMap { node -> Product? in
            guard let product = product(node, fallback: fallback) else { return nil }
            guard seen.insert(product.id).inserted else {
                node.fail("there is a product `\(product.id)` already")
                return nil
            }
            return product
        }
        guard let fallback else { return nil }
        return try? ProductCatalogue(
            products: products, defaultPolicy: fallback, ruleBook: ruleBook)
    }

    /// Every member is read even when another is wrong, so that all faults are told.
    private func product(_ node: ConfigurationNode, fallback: WarrantyPolicy?) -> Product? {
        guard let members = node.members(known: Self.members) else { return nil }
        let id = node.requiredWord("id", of: members)
        let issuer = node.requiredWord("issuer", of: members)
        let format = members["format"].map { self.format($0) } ?? .generic
        let adapter = members["adapter"].flatMap { self.adapter($0) }
        let policy = members["policy"].map { self.policy($0) } ?? fallback
        let faceValue = members["face_value"].flatMap { self.faceValue($0) }
        let isReusable = members["reusable"].map { $0.flag() } ?? false
        let requiresStock = members["registered_only"].map { $0.flag() } ?? false
        guard let id, let issuer, let format, let policy, let isReusable, let requiresStock else {
            return nil
        }
        do throws(JSONError) {
            return try Product(
                id: id,
                issuer: issuer,
                format: format,
                adapter: adapter,
                policy: policy,
                ruleBook: ruleBook,
                faceValue: faceValue,
                isReusable: isReusable,
                requiresStock: requiresStock
            )
        } catch {
            node.fail("the policy \(policy.id) has no canonical form")
            return nil
        }
    }

    /// The id of a format that ships, or a YAML file beside this one.
    private func format(_ node: ConfigurationNode) -> CardFormat? {
        guard let word = node.word() else { return nil }
        if let format = CardFormat.builtIn(word) { return format }
        guard word.hasSuffix(".yaml") || word.hasSuffix(".yml") else {
            node.fail(
                "there is no card format `\(word)`; a file's name ends in .yaml",
                suggestion: NearestWord.to(word, among: CardFormat.builtIn.map(\.id))
            )
            return nil
        }
        let folder = (node.source as NSString).deletingLastPathComponent
        let path = word.hasPrefix("/") || folder.isEmpty ? word : "\(folder)/\(word)"
        do {
            return try CardFormatFile.format(at: path)
        } catch let error as CardFormatFileError {
            for fault in error.faults { faults.add(source: nil, fault) }
        } catch {
            node.fail("the format file \(path) cannot be read")
        }
        return nil
    }

    private func adapter(_ node: ConfigurationNode) -> String? {
        guard let id = node.word() else { return nil }
        guard adapters.knownIDs.contains(id) else {
            node.fail(
                "there is no adapter `\(id)`",
                suggestion: NearestWord.to(id, among: adapters.knownIDs)
            )
            return nil
        }
        // Without a registry the adapter's own faults were told already.
        if let registry = adapters.registry, registry.adapter(id) == nil {
            let listing = registry.describe(id)
            let missing = listing?.missingSettings ?? []
            if listing?.off == .disabled {
                node.fail("the adapter `\(id)` is switched off: adapters.\(id).enabled is false")
            } else {
                node.fail(
                    "the adapter `\(id)` is not configured: add adapters.\(id)"
                        + (missing.isEmpty
                            ? " to turn it on" : " with " + missing.joined(separator: ", "))
                )
            }
            return nil
        }
        return id
    }

    private func policy(_ node: ConfigurationNode) -> WarrantyPolicy? {
        guard let id = node.word() else { return nil }
        guard let policy = policies[id] else {
            node.fail(
                "there is no policy `\(id)`; there are \(policies.ids.joined(separator: ", "))",
                suggestion: NearestWord.to(id, among: policies.ids)
            )
            return nil
        }
        return policy
    }

    private func faceValue(_ node: ConfigurationNode) -> Money? {
        guard let members = node.members(known: ["amount_minor", "currency"]) else { return nil }
        guard let amount = members["amount_minor"]?.integer(), amount > 0,
            let currency = members["currency"]?.word(),
            let money = Money(minorUnits: amount, currency: currency)
        else {
            node.fail("amount_minor (above 0) and currency (such as CNY) are expected")
            return nil
        }
        return money
    }
}
