import Drivers
import Foundation
import Logging

/// Chooses between the socket and the store.
enum OperatorAccess {
    /// A gateway that is just starting holds the lock before it listens.
    private static let patience = Duration.seconds(15)

    /// The lock decides: whoever holds it owns the store, and answers at the socket.
    ///
    /// - Parameter masterKey: another file than the configuration's, for an operator who may read
    ///   what the service gets as a credential.
    static func open(
        _ configuration: GatewayConfiguration,
        masterKey: MasterKeyFile? = nil
    ) async throws -> any Operator {
        try ProtectedFile.makeFolder(configuration.dataFolder)
        let deadline = ContinuousClock.now + patience
        while true {
            if let lock = try StoreLock(path: configuration.lockPath) {
                return LocalOperator(
                    try await Deployment.open(
                        configuration, lock: lock, logger: .quiet, masterKey: masterKey)
                )
            }
            let socket = try SocketOperator(socketPath: configuration.adminSocketPath)
            if await socket.answers() { return socket }
            await socket.close()
            guard ContinuousClock.now < deadline else { break }
            try await Task.sleep(for: StoreLock.pause)
        }
        throw CommandFailure.failed(
            "the data folder \(configuration.dataFolder) is in use, but nobody answers at "
                + "\(configuration.adminSocketPath): look at the gateway's log"
        )
    }

    /// Opens, works, and closes whatever happens.
    static func with<Result>(
        _ configuration: GatewayConfiguration,
        masterKey: MasterKeyFile? = nil,
        _ body: (any Operator) async throws -> Result
    ) async throws -> Result {
        let access = try await open(configuration, masterKey: masterKey)
        do {
            let result = try await body(access)
            await access.close()
            return result
        } catch {
            await access.close()
            throw error
        }
    }
}
