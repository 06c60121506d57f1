import CardModel
import Drivers
import Foundation
import Gateway

/// What an audit holds its stock against, opened and found good.
struct SoldPlan {
    let codes: SoldCodes
    private let indexes: [SoldIndex]
    /// The platform whose deliveries or stock are asked.
    private let platform: String?
    private let options: SoldOptions

    /// - Parameters:
    ///   - product: what `--product` names.
    ///   - format: by which the stock is brought into its normal form.
    /// - Returns: nil when nothing of it was asked for.
    /// - Throws: ``AuditExit`` or ``CommandFailure`` with 64 for options and files that cannot be
    ///   used.
    init?(_ command: AuditCommand, product: Product?, format: CardFormat?) throws {
        let options = command.sold
        try Self.check(options, product: product, format: format)
        guard options.isAsked else { return nil }
        let fingerprinting: LastingFingerprinting
        var sources: [any SoldFingerprintSource] = []
        if let path = options.indexKey {
            fingerprinting = LastingFingerprinting(indexKey: try IndexKeyFile(path: path).read())
            platform = nil
        } else {
            guard let product else { throw AuditExit.usage("--product ID is required") }
            let here = try SoldHere(configurationFile: command.configurationFile)
            fingerprinting = try here.fingerprinting(of: product)
            platform = options.asksHere ? try here.platform(options.platform) : nil
            if let platform { sources = try here.codes(of: platform, options) }
        }
        self.options = options
        indexes = try options.soldIndex.map {
            try SoldIndex.open($0, fingerprinting, format: format)
        }
        codes = SoldCodes(fingerprinting: fingerprinting, sources: sources + indexes)
    }

    private static func check(
        _ options: SoldOptions,
        product: Product?,
        format: CardFormat?
    ) throws {
        let flag = options.soldHere ? "--sold-here" : "--registered-here"
        if options.asksHere, options.indexKey != nil {
            throw AuditExit.usage(
                "\(flag) and --index-key: the gateway's codes are under its own key; to "
                    + "ask an index in the same run, build it without --index-key"
            )
        }
        if options.indexKey != nil, options.soldIndex.isEmpty {
            throw AuditExit.usage("--index-key: there is no --sold-index that it is for")
        }
        if options.platform != nil, !options.asksHere {
            throw AuditExit.usage("--platform: is for --sold-here and --registered-here")
        }
        guard options.isAsked, options.indexKey == nil else { return }
        guard let product else {
            throw AuditExit.usage(
                options.asksHere
                    ? "\(flag) needs --product ID: its issuer and format are part of every "
                        + "fingerprint"
                    : "--sold-index needs the --index-key FILE it was made with, or --product ID "
                        + "for one under the gateway's key"
            )
        }
        let (wanted, found) = (
            LastingFingerprinting.normalForm(of: product.format),
            LastingFingerprinting.normalForm(of: format)
        )
        guard wanted == found else {
            throw AuditExit.usage(
                "--card-format: brings codes into another normal form than product "
                    + "\(product.id), under which the gateway received them; leave it out"
            )
        }
    }

    /// Says what the stock is held against.
    func lines(_ language: Language) -> [String] {
        var lines = indexes.map { index in
            language(
                "\(index.name)：\(index.count) 个已售卡密",
                "\(index.name): \(index.count) codes sold"
            )
        }
        if let platform, options.registeredHere {
            lines.append(
                language(
                    "平台 \(platform)：与网关已登记的全部库存比对",
                    "platform \(platform): held against all stock registered with its gateway"
                )
            )
        }
        if let platform, options.soldHere {
            lines.append(
                language(
                    "平台 \(platform)：与网关已交付的全部卡密比对",
                    "platform \(platform): held against every code that its gateway handed over"
                )
            )
        }
        return lines
    }
}

extension SoldIndex {
    /// Opens a file.
    /// - Throws: ``AuditExit`` with 64 when it cannot be used.
    static func open(
        _ path: String,
        _ fingerprinting: LastingFingerprinting,
        format: CardFormat?
    ) throws -> SoldIndex {
        do {
            return try SoldIndex(
                try SoldIndexFile(path: path),
                name: path,
                fingerprinting: fingerprinting,
                format: format
            )
        } catch let failure as SoldIndexFailure {
            throw AuditExit.usage("\(failure)")
        } catch let error as StockFileError {
            throw AuditExit.usage("\(error)")
        }
    }
}

/// The store of the configured gateway, opened beside it.
struct SoldHere {
    private let store: SQLiteSoldStore
    private let directory: PlatformDirectory
    private let path: String

    /// - Throws: ``CommandFailure`` with 64 when there is no store or no key.
    init(configurationFile: String?) throws {
        let configuration = try ConfigurationLoader(
            file: configurationFile,
            flags: [:],
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FileManager.default.currentDirectoryPath
        ).configuration()
        path = configuration.storePath
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.usage("\(path): there is no store; look at the key `data`")
        }
        directory = try Deployment.directory(configuration)
        do {
            store = try SQLiteSoldStore(path: path)
        } catch {
            throw Deployment.failure(of: error, path: path)
        }
    }

    func fingerprinting(of product: Product) throws -> LastingFingerprinting {
        if let found = directory.soldFingerprinting(
            sealed: store.sealedSecrets,
            issuer: product.issuer
        ) {
            return found
        }
        throw CommandFailure.usage("\(path): does not open with the master key of --config")
    }

    /// The platform meant: the one named, or the only one there is.
    func platform(_ name: String?) throws -> String {
        let known = store.platforms.keys.sorted()
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        guard let name else {
            if known.count == 1 { return known[0] }
            throw CommandFailure.usage(
                "--platform NAME is needed; there are: \(list)")
        }
        guard known.contains(name) else {
            throw CommandFailure.usage("--platform \(name): is not known; there are: \(list)")
        }
        return name
    }

    func codes(
        of platform: String,
        _ options: SoldOptions
    ) throws -> [any SoldFingerprintSource] {
        guard let number = store.platforms[platform] else {
            throw CommandFailure.unknownPlatform(platform)
        }
        var sources: [any SoldFingerprintSource] = []
        if options.soldHere { sources.append(store.codes(of: number)) }
        if options.registeredHere {
            do {
                sources.append(try store.registeredCodes(of: number))
            } catch let error as StoreError {
                throw Deployment.failure(of: error, path: path)
            }
        }
        return sources
    }
}
