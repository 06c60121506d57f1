import AdapterKit
import CardModel
import Crypto
import Drivers
import Foundation
import Gateway
import Logging
import WireFormat

/// The composition root: the one place where ports meet their drivers.
struct Deployment {
    /// Held for as long as the store is open.
    let lock: StoreLock
    let store: SQLiteStore
    let gateway: DeliveryGateway
    let transport: CurlTransport
    let programs: AdapterPrograms
    let time: SystemTimeSource

    /// Opens the store under `lock` and puts the gateway together.
    /// - Throws: ``CommandFailure`` that says what is wrong and what to do.
    static func open(
        _ configuration: GatewayConfiguration,
        lock: StoreLock,
        logger: Logger,
        masterKey: MasterKeyFile? = nil
    ) async throws -> Deployment {
        let time = SystemTimeSource()
        let random = SystemRandomSource()
        let directory = try Self.directory(configuration, masterKey: masterKey)
        let transport = try transport(configuration.outbound)
        let store = try openStore(configuration.storePath, signer: directory, time: time)
        do {
            // The lock is ours, so nobody is sending a file.
            let attachments = AttachmentFolder(path: configuration.attachmentsFolder)
            _ = try await attachments.removeUnfinished()
            let gateway = try await DeliveryGateway(
                DeliveryGateway.Parts(
                    store: store,
                    directory: directory,
                    registry: configuration.registry,
                    catalogue: configuration.catalogue,
                    transport: transport,
                    time: time,
                    random: random,
                    logger: logger,
                    reask: configuration.reask,
                    eventSchedule: configuration.eventSchedule,
                    selfTestBudget: configuration.selfTestBudget,
                    publicURL: configuration.publicURL,
                    issuerPauses: configuration.issuerPauses,
                    canaries: configuration.canaries,
                    shops: configuration.shops,
                    attachments: attachments,
                    renderer: configuration.renderer,
                    witnesses: configuration.witnesses,
                    retention: configuration.retention,
                    timeStamps: plan(
                        configuration.timeStamps,
                        transport: transport,
                        time: time,
                        random: random
                    ),
                    recallRule: configuration.recallRule,
                    merchants: configuration.merchants,
                    complaints: configuration.complaints
                )
            )
            return Deployment(
                lock: lock,
                store: store,
                gateway: gateway,
                transport: transport,
                programs: configuration.programs,
                time: time
            )
        } catch let changed as PolicyLibrary.Changed {
            throw failure(of: changed, configuration.sources)
        } catch {
            throw failure(of: error, path: configuration.storePath)
        }
    }

    /// Names the file, which a policy itself does not know.
    private static func failure(
        of changed: PolicyLibrary.Changed,
        _ sources: ConfigurationSources
    ) -> CommandFailure {
        let policy = "\(changed.pin.id)@\(changed.pin.version)"
        let file = PolicyFolder(sources, minimum: nil, faults: FaultList()).files[policy]
        let todo =
            file == nil
            ? "it ships with cardproof: put a copy of it with a higher `version` into the folder "
                + "that policies_directory names"
            : "raise `version` in it, or give back to it what it said"
        let earlier = changed.earlierHashes.map { Hexadecimal.encode($0) }
            .joined(separator: " or ")
        return .usage(
            "\(file ?? "policies"): the policy \(policy) is not what it was when the store kept "
                + "it: its hash was \(earlier) and is "
                + "\(Hexadecimal.encode(changed.pin.hash)). Orders may have been placed under what "
                + "it said, so that stays; \(todo), then start again"
        )
    }

    /// Closes what is open; the lock goes with the last reference.
    func close() async {
        await programs.shutdown()
        await transport.shutdown(grace: .seconds(1))
        // The WAL is replayed at the next start if this fails.
        try? store.close()
    }

    private static func plan(
        _ settings: TimeStampSection.Settings,
        transport: CurlTransport,
        time: SystemTimeSource,
        random: SystemRandomSource
    ) -> TimeStampPlan {
        TimeStampPlan(
            authorities: settings.authorities.map {
                HTTPTimestampAuthority($0, transport: transport, time: time, random: random)
            },
            interval: settings.interval,
            healthInterval: settings.healthInterval,
            build: ProgramVersion.text
        )
    }

    /// The platforms' secrets, to be opened with the master key, or with the one of a rotation
    /// that was interrupted.
    static func directory(
        _ configuration: GatewayConfiguration,
        masterKey: MasterKeyFile? = nil
    ) throws -> PlatformDirectory {
        guard let file = masterKey ?? configuration.masterKey else {
            throw CommandFailure.usage(
                "there is no master key: make one with `cardproof keys init --directory DIR` and "
                    + "name it as keys.master, or give the credential "
                    + "\(MasterKeyFile.credentialName) with systemd"
            )
        }
        do throws(MasterKeyError) {
            return PlatformDirectory(
                masterKey: try file.read(),
                nextKey: file.next.exists ? try file.next.read() : nil,
                random: SystemRandomSource(),
                time: SystemTimeSource()
            )
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }

    static func transport(_ configuration: CurlConfiguration) throws -> CurlTransport {
        do throws(CurlStartError) {
            return try CurlTransport(configuration)
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }

    /// The store's files hold sealed keys: nobody but their owner reads them, whatever the mode
    /// of the folder.
    private static func openStore(
        _ path: String,
        signer: PlatformDirectory,
        time: SystemTimeSource
    ) throws -> SQLiteStore {
        let mask = umask(0o077)
        defer { umask(mask) }
        do throws(StoreError) {
            return try SQLiteStore(path: path, signer: signer, time: time)
        } catch {
            throw failure(of: error, path: path)
        }
    }

    /// One sentence for each way in which opening fails.
    static func failure(of error: any Error, path: String) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case let failure as PlatformDirectory.Failure: .failed("\(failure)")
        case StoreError.broken(let reason):
            .failed(
                "the store \(path) cannot be trusted by this process: \(reason); look at the "
                    + "disk, then start again. `cardproof log audit --deep` says whether the "
                    + "store is whole; only if it is not, keep the file and restore a backup"
            )
        case StoreError.unavailable(let reason):
            .failed(
                "the store \(path) cannot be opened now: \(reason); look at its permissions and "
                    + "at the space on its disk"
            )
        default: .failed("the gateway cannot be opened: \(type(of: error))")
        }
    }
}
