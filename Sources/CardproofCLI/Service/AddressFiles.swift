import Foundation
import GatewayHTTP
import Logging

/// `listen.address` and `metrics.address` in the data folder: which address a gateway got that
/// asked for any free port. They are there while it listens.
struct AddressFiles: Sendable {
    static let apiName = "listen.address"
    static let metricsName = "metrics.address"

    /// Where the running gateway serves its metrics; nil when none runs.
    static func metricsAddress(in folder: String) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(metricsName)").map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    let folder: String
    let logger: Logger

    /// Writes down an address, and says it in the log.
    func publish(_ address: GatewayServer.BoundAddress) {
        switch address {
        case .api(let host, let port): write(Self.apiName, ListenAddress(host: host, port: port))
        case .metrics(let host, let port):
            write(Self.metricsName, ListenAddress(host: host, port: port))
        case .admin(let path): logger.info("listening", metadata: ["admin_socket": "\(path)"])
        }
    }

    func remove() {
        for name in [Self.apiName, Self.metricsName] { unlink("\(folder)/\(name)") }
    }

    private func write(_ name: String, _ address: ListenAddress) {
        logger.info("listening", metadata: ["\(name)": "\(address)"])
        do {
            try ProtectedFile.replace("\(folder)/\(name)", Array("\(address)\n".utf8))
        } catch {
            logger.error("an address was not written down", metadata: ["file": "\(name)"])
        }
    }
}
