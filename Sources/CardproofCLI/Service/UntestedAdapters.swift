import AdapterKit
import CardModel
import Logging

/// Adapters that are turned on although nobody has tried them on the real issuer.
struct UntestedAdapters {
    /// Configured names, sorted.
    let ids: [String]

    init(_ configuration: GatewayConfiguration) {
        ids = configuration.registry.listings.filter { $0.isReady && $0.descriptor.notTestedLive }
            .map(\.id)
    }

    /// Nil when there are none.
    func sentence(in language: Language) -> String? {
        guard !ids.isEmpty else { return nil }
        let names = ids.joined(separator: ", ")
        return language(
            "\(names)：尚未在真实发行方上验证过；请先用已知状态的卡密核对",
            "\(names): not tested on the real issuer; try codes whose state you know first"
        )
    }

    func warn(_ logger: Logger) {
        for id in ids {
            logger.warning(
                "this adapter was not tested on the real issuer",
                metadata: ["adapter": "\(id)"]
            )
        }
    }
}
