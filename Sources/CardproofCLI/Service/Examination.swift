import AdapterKit
import CardModel
import Drivers
import EvidenceLog
import Foundation
import Gateway
import WireFormat

/// Looks at everything a gateway rests on; changes nothing.
struct Examination {
    struct Finding {
        enum State: String {
            case good = "ok"
            case warning = "warn"
            case wrong = "FAIL"

            var tone: Terminal.Tone {
                switch self {
                case .good: .good
                case .warning: .warning
                case .wrong: .bad
                }
            }
        }

        /// One stable word.
        let check: String
        let state: State
        /// What is so, and what to do about it.
        let detail: String
    }

    /// A day of a busy platform fits into it.
    private static let leastFreeBytes: Int64 = 1 << 30
    /// A wrong clock refuses every webhook and dates every verdict wrongly.
    private static let earliestPlausible = Instant(rfc3339: "2026-01-01T00:00:00Z")

    let configuration: GatewayConfiguration
    let language: Language

    func findings() async -> [Finding] {
        let file = configuration.sources.file ?? language("（无文件）", "(no file)")
        return [Finding(check: "configuration", state: .good, detail: file), masterKey]
            + adapters + [clock, disk, await renderer()] + (await data())
    }

    private var masterKey: Finding {
        guard let file = configuration.masterKey else {
            return Finding(
                check: "master_key",
                state: .wrong,
                detail: language(
                    "没有主密钥：cardproof keys init，然后配置 keys.master",
                    "there is none: `cardproof keys init`, then set keys.master"
                )
            )
        }
        do throws(MasterKeyError) {
            _ = try file.read()
            return Finding(
                check: "master_key",
                state: .good,
                detail: language("\(file.path)，只有属主可读", "\(file.path), closed to others")
            )
        } catch {
            return Finding(check: "master_key", state: .wrong, detail: "\(error)")
        }
    }

    private var adapters: [Finding] {
        let used = Set(configuration.catalogue.all.compactMap(\.adapter))
        let notReady = used.filter { configuration.registry.adapter($0) == nil }.sorted()
        guard notReady.isEmpty else {
            return [
                Finding(
                    check: "adapters",
                    state: .wrong,
                    detail: language("未就绪：", "not ready: ") + notReady.joined(separator: ", ")
                )
            ]
        }
        let ready = configuration.registry.readyIDs.joined(separator: ", ")
        var findings = [
            Finding(check: "adapters", state: .good, detail: language("就绪：", "ready: ") + ready)
        ]
        if let untested = UntestedAdapters(configuration).sentence(in: language) {
            findings.append(Finding(check: "adapters", state: .warning, detail: untested))
        }
        if configuration.catalogue.all.isEmpty {
            findings.append(
                Finding(
                    check: "products",
                    state: .warning,
                    detail: language(
                        "没有商品，所有交付都会是 unsupported",
                        "there are none: every delivery will be unsupported"
                    )
                )
            )
        }
        return findings
    }

    private var clock: Finding {
        let now = SystemTimeSource().now()
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: configuration.storePath
        )
        let written = (attributes?[.modificationDate] as? Date).map {
            Instant(millisecondsSinceEpoch: Int64($0.timeIntervalSince1970 * 1_000))
        }
        let isEarly = Self.earliestPlausible.map { now < $0 } ?? false
        let isBehindStore = written.map { now + .seconds(5) < $0 } ?? false
        guard !isEarly, !isBehindStore else {
            return Finding(
                check: "clock",
                state: .wrong,
                detail: language(
                    "\(now.rfc3339Seconds)：时钟慢了，请启用时间同步",
                    "\(now.rfc3339Seconds): is behind; turn time synchronisation on"
                )
            )
        }
        return Finding(check: "clock", state: .good, detail: now.rfc3339Seconds)
    }

    private var disk: Finding {
        let folder = configuration.dataFolder
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else {
            return Finding(
                check: "disk",
                state: .warning,
                detail: language("\(folder)：还不存在", "\(folder): is not there yet")
            )
        }
        let text = language(
            "\(folder)：可用 \(free >> 20) MiB",
            "\(folder): \(free >> 20) MiB are free"
        )
        return Finding(
            check: "disk",
            state: free < Self.leastFreeBytes ? .warning : .good,
            detail: text
        )
    }

    /// The store and what it holds: through the running gateway, or opened here.
    private func data() async -> [Finding] {
        do {
            return try await OperatorAccess.with(configuration) { access in
                let status = try await access.status()
                var findings = [gateway(access), store(status)]
                findings += TimeStampFindings(configuration, language)
                    .findings(status, isRunning: access is SocketOperator)
                let platforms = try await access.platforms()["platforms"]?.arrayValue ?? []
                if platforms.isEmpty {
                    findings.append(
                        Finding(
                            check: "platforms",
                            state: .warning,
                            detail: language(
                                "没有平台：cardproof tenant add",
                                "there are none: `cardproof tenant add`"
                            )
                        )
                    )
                }
                for platform in platforms {
                    findings.append(try await head(of: platform, access))
                }
                findings +=
                    WitnessFindings(
                        roster: configuration.witnesses,
                        status: status,
                        isRunning: access is SocketOperator,
                        language: language
                    ).findings
                return findings
            }
        } catch let failure as CommandFailure {
            return [Finding(check: "store", state: .wrong, detail: failure.message)]
        } catch {
            return [Finding(check: "store", state: .wrong, detail: "\(type(of: error))")]
        }
    }

    private func gateway(_ access: any Operator) -> Finding {
        let isRunning = access is SocketOperator
        return Finding(
            check: "gateway",
            state: .good,
            detail: isRunning
                ? language("正在运行，管理套接字有应答", "runs, and its admin socket answers")
                : language("未运行；已直接打开存储", "does not run; the store was opened here")
        )
    }

    private func store(_ status: JSONValue) -> Finding {
        let isReady = status["ready"]?.boolValue ?? false
        let open = status["open_checks"]?.lexeme ?? "-"
        return Finding(
            check: "store",
            state: isReady ? .good : .wrong,
            detail: isReady
                ? language(
                    "\(configuration.storePath)：可打开，synchronous=FULL，待查询 \(open)",
                    "\(configuration.storePath): opens, synchronous=FULL, \(open) open checks"
                )
                : language("存储没有应答", "the store does not answer")
        )
    }

    /// Whether the newest checkpoint of a log is signed by the log's own key.
    private func head(of platform: JSONValue, _ access: any Operator) async throws -> Finding {
        let name = platform["name"]?.stringValue ?? ""
        let check = "log:\(name)"
        guard let vkey = platform["vkey"]?.stringValue,
            let note = try await access.logFile(
                LogFolder.checkpointPath, platform: name, log: nil)
        else {
            return Finding(
                check: check,
                state: .wrong,
                detail: language("没有检查点", "there is no checkpoint")
            )
        }
        do throws(EvidenceError) {
            let signed = try SignedCheckpoint(bytes: note)
            let report = signed.verify(logKey: try NoteVerifierKey(vkey: vkey))
            guard let finding = report.findings.first else {
                return Finding(
                    check: check,
                    state: .good,
                    detail: language(
                        "\(signed.checkpoint.size) 条记录，检查点签名有效",
                        "\(signed.checkpoint.size) entries, the checkpoint's signature is good"
                    )
                )
            }
            return Finding(check: check, state: .wrong, detail: "\(finding)")
        } catch {
            return Finding(check: check, state: .wrong, detail: "\(error)")
        }
    }
}
