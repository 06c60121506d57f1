import AdapterKit
import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// Turns a notice into the change that admits it: normalises, fingerprints, seals, builds the
/// leaf. Runs in the caller's task, so that the committer only writes.
struct AdmissionBuilder: Sendable {
    let catalogue: ProductCatalogue
    let fingerprinter: CardFingerprinter
    /// The adapters that ask nobody, by id.
    let localAdapters: [String: any LocalAdapter]
    let random: any RandomSource

    /// - Parameters:
    ///   - acceptedAt: our clock when the body was read.
    ///   - replaced: what the codes that are replaced were sold under, by remedy: a replacement
    ///     has the same warranty, whatever is published since.
    func admission(
        of notice: DeliveryNotice,
        webhookID: String,
        bodyCode: [UInt8],
        platform: Platform,
        acceptedAt: Instant,
        replaced: [RemedyID: ClaimRules] = [:]
    ) throws -> Admission {
        // One request to the system for all that this notice needs.
        var entropy = Entropy(
            random.bytes(Entropy.byteCount(items: notice.items.count))[...]
        )
        let dataKey = SymmetricKey(data: entropy.take(32))
        let drafting = LeafDrafting(
            seed: entropy.take(LeafDrafting.seedByteCount),
            dataKey: dataKey
        )
        let delivery = DeliveryID(at: acceptedAt, random: entropy.take(10))
        let wrapped = try platform.wrap(dataKey, nonce: entropy.take(Sealing.nonceByteCount))
        let items = try notice.items.map {
            try item(
                $0,
                of: notice,
                platform: platform,
                dataKey: dataKey,
                acceptedAt: acceptedAt,
                replaced: $0.remedy.flatMap { replaced[$0] },
                entropy: &entropy
            )
        }
        let contents = LeafContents.delivery(
            notice,
            webhookID: webhookID,
            platform: platform.name
        )
        let leaf = try drafting.leaf(
            .delivery,
            contents.fields,
            items: contents.items,
            at: acceptedAt,
            label: "delivery"
        )
        return Admission(
            platform: platform.number,
            webhookID: webhookID,
            bodyCode: bodyCode,
            stage: notice.stage,
            orderID: notice.order.id,
            buyerCode: notice.buyerReference.map { platform.buyerCode($0) },
            acceptedAt: acceptedAt,
            deliveredAt: notice.deliveredAt,
            delivery: delivery,
            items: items,
            ignored: notice.ignored,
            wrappedDataKey: wrapped,
            leaf: leaf,
            drafting: drafting
        )
    }

    private func item(
        _ item: DeliveryNotice.Item,
        of notice: DeliveryNotice,
        platform: Platform,
        dataKey: SymmetricKey,
        acceptedAt: Instant,
        replaced: ClaimRules?,
        entropy: inout Entropy
    ) throws -> AdmittedItem {
        let product = catalogue.product(item.product, of: platform)
        let code = product.format.normalise(item.code)
        let fingerprints = fingerprinter.fingerprints(issuer: product.issuer, code: code)
        let sealed = try SealedCode.seal(
            DeliveredCode(code: item.code, issuerReference: item.issuerReference),
            under: dataKey,
            nonce: entropy.take(Sealing.nonceByteCount),
            fingerprint: fingerprints.code
        )
        let terms = ItemTerms(
            line: item.line,
            product: item.product,
            merchant: notice.merchant,
            expiresOn: item.expiresOn,
            faceValue: item.faceValue ?? product.faceValue,
            isFaceValueTheProducts: item.faceValue == nil && product.faceValue != nil,
            placedAt: notice.order.placedAt,
            termsDisclosedAt: notice.order.termsDisclosedAt,
            policy: try replaced?.policy.pin ?? product.pin,
            price: notice.price(of: item),
            promised: item.promised,
            issuer: catalogue[item.product]?.issuer,
            isOffPlatform: notice.order.isOffPlatform
        )
        return AdmittedItem(
            terms: terms,
            rules: replaced ?? product.rules,
            codeFingerprint: fingerprints.code,
            keyFingerprint: fingerprints.key,
            sealedCode: sealed,
            isReusable: product.isReusable,
            requiresStock: product.requiresStock,
            answerer: answerer(
                for: item,
                terms,
                product,
                acceptedAt: acceptedAt,
                deliveredAt: notice.stage == .receipt ? notice.deliveredAt : nil
            ),
            check: CheckID(at: acceptedAt, random: entropy.take(10)),
            remedy: item.remedy
        )
    }

    private func answerer(
        for item: DeliveryNotice.Item,
        _ terms: ItemTerms,
        _ product: Product,
        acceptedAt: Instant,
        deliveredAt: Instant?
    ) -> Answerer {
        guard let id = product.adapter else { return .card(.unsupported) }
        guard let adapter = localAdapters[id] else { return .issuer(adapter: id) }
        let inquiry = Inquiry(
            code: item.code,
            terms: terms,
            issuerReference: item.issuerReference,
            askedAt: acceptedAt,
            deliveredAt: deliveredAt,
            format: product.format,
            policy: product.policy
        )
        let verdict = VerdictRules.verdict(
            adapter.read(inquiry),
            terms: terms,
            custody: Custody(deliveredAt: deliveredAt),
            adapter: adapter.descriptor,
            policy: product.policy,
            answeredAt: acceptedAt
        )
        return .card(
            CardReading(
                verdict: verdict,
                adapter: id,
                skewMargin: .seconds(adapter.descriptor.limits.skewMarginSeconds)
            )
        )
    }
}

/// Random bytes handed out piece by piece.
private struct Entropy {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    static func byteCount(items: Int) -> Int {
        32 + LeafDrafting.seedByteCount + 10 + Sealing.nonceByteCount
            + items * (Sealing.nonceByteCount + 10)
    }

    mutating func take(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

/// What was handed over, in clear.
struct DeliveredCode {
    let code: CardCode
    let issuerReference: SecretValue?
}

/// A code at rest: as delivered, because issuers want it as it was printed, sealed and bound to
/// its fingerprint.
enum SealedCode {
    static func seal(
        _ delivered: DeliveredCode,
        under dataKey: SymmetricKey,
        nonce: [UInt8],
        fingerprint: CardFingerprint
    ) throws -> [UInt8] {
        let plaintext = delivered.code.key.withUnredacted { key -> [UInt8] in
            var value: JSONObject = JSONObject([
                .init(name: "serial", value: JSONValue(text: delivered.code.serial?.text)),
                .init(name: "key", value: .string(key)),
            ])
            delivered.issuerReference?.withUnredacted { value["issuer_ref"] = .string($0) }
            return JSONValue.object(value).serialized()
        }
        return try Sealing.seal(
            plaintext,
            under: dataKey,
            nonce: nonce,
            context: fingerprint.bytes
        )
    }

    /// - Throws: when the key is another one or the bytes were changed.
    static func open(
        _ sealed: [UInt8],
        under dataKey: SymmetricKey,
        fingerprint: CardFingerprint
    ) throws -> DeliveredCode {
        let value = try JSONValue.parse(
            Sealing.open(sealed, under: dataKey, context: fingerprint.bytes)
        )
        guard let key = value["key"]?.stringValue else {
            throw JSONError(reason: .syntax, byteOffset: 0, pointer: "/key")
        }
        return DeliveredCode(
            code: CardCode(
                serial: value["serial"]?.stringValue.map { SerialNumber($0) },
                key: CardKey(key)
            ),
            issuerReference: value["issuer_ref"]?.stringValue.map { SecretValue($0) }
        )
    }
}
