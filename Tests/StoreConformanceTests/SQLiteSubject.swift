import Drivers
import Foundation
import Gateway
import GatewayTesting

/// A folder that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("cardproof-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/gateway.sqlite" }
}

extension StoreSubject {
    /// The SQLite store on a file of the folder; opening again closes the first.
    static func sqlite(in folder: TemporaryFolder) -> StoreSubject {
        StoreSubject(name: "SQLite") { signer, time in
            let store = try SQLiteStore(path: folder.file, signer: signer, time: time)
            return Opened(store: store) {
                try store.close()
                return try SQLiteStore(path: folder.file, signer: signer, time: time)
            }
        }
    }
}
