import AdapterKit
import Drivers
import EvidenceLog
import Foundation
import Gateway
import WireFormat

/// The key `time_stamps`: which outside authorities stamp the logs, and how often.
struct TimeStampSection {
    /// What the section says; authorities become drivers where the transport is.
    struct Settings {
        var interval = TimeStampPlan.defaultInterval
        /// Nil: no health leaves.
        var healthInterval: Duration? = TimeStampPlan.defaultHealthInterval
        var authorities: [HTTPTimestampAuthority.Configuration] = []
    }

    /// Each is asked in every interval and adds a leaf to every log: more prove no more.
    static let mostAuthorities = 4
    static let longestName = 32
    /// A second: a schedule for trials.
    static let shortestInterval = Duration.seconds(1)

    private static let members = ["interval", "health_interval", "authorities"]
    private static let authorityMembers = [
        "name", "url", "policy", "ca", "headers_file", "crl_url", "hash", "accuracy",
        "largest_accuracy",
    ]

    let node: ConfigurationNode?

    func settings() -> Settings {
        var settings = Settings()
        guard let members = node?.members(known: Self.members) else { return settings }
        if let node = members["interval"], let interval = interval(node) {
            settings.interval = interval
        }
        if let node = members["health_interval"] {
            settings.healthInterval = node.word() == "off" ? nil : interval(node)
        }
        let authorities = members["authorities"]?.elements() ?? []
        if authorities.count > Self.mostAuthorities {
            members["authorities"]?.fail("at most \(Self.mostAuthorities) authorities are asked")
        }
        var taken: Set<String> = []
        for node in authorities {
            guard let authority = authority(node) else { continue }
            if !taken.insert(authority.name).inserted {
                node.fail("there is an authority `\(authority.name)` already")
            }
            settings.authorities.append(authority)
        }
        return settings
    }

    private func interval(_ node: ConfigurationNode) -> Duration? {
        guard let word = node.word() else { return nil }
        if let interval = DurationText.duration(word), interval >= Self.shortestInterval {
            return interval
        }
        node.fail("a duration of at least 1s is expected, such as 10m")
        return nil
    }

    /// Every member is read even when another is wrong, so that all faults are told.
    private func authority(_ node: ConfigurationNode) -> HTTPTimestampAuthority.Configuration? {
        guard let members = node.members(known: Self.authorityMembers) else { return nil }
        for name in ["name", "url", "ca"] where members[name] == nil {
            node.fail("`\(name)` is missing")
        }
        let name = members["name"].flatMap { self.name($0) }
        let url = members["url"].flatMap { address($0) }
        let policy = members["policy"].flatMap { self.policy($0) }
        let algorithm: ImprintAlgorithm? = members["hash"].map { hash($0) } ?? .sha256
        let headers: [OutboundHeader]? = members["headers_file"].map { self.headers($0) } ?? []
        let listURL = members["crl_url"].flatMap { address($0) }
        let accuracy = members["accuracy"].flatMap { promisedAccuracy($0) }
        let largest = members["largest_accuracy"].flatMap { self.accuracy($0) }
        let trust = members["ca"].flatMap { node in
            self.trust(node, policy: policy, accuracy: accuracy, largest: largest)
        }
        guard let name, let url, let trust, let algorithm, let headers else { return nil }
        return HTTPTimestampAuthority.Configuration(
            name: name,
            url: SecretURL(url),
            headers: headers,
            policy: policy,
            algorithm: algorithm,
            trust: trust,
            revocationListURL: listURL
        )
    }

    private func name(_ node: ConfigurationNode) -> String? {
        guard let word = node.word() else { return nil }
        let isName =
            word.utf8.count <= Self.longestName
            && word.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
        if isName { return word }
        node.fail("at most \(Self.longestName) lower-case letters, digits and dashes are expected")
        return nil
    }

    private func address(_ node: ConfigurationNode) -> String? {
        guard let word = node.word() else { return nil }
        let isHTTP = word.hasPrefix("http://") || word.hasPrefix("https://")
        if isHTTP, let url = URL(string: word), url.host()?.isEmpty == false, url.user() == nil {
            return word
        }
        // Not repeated: somebody may have put a password into it.
        node.fail("an http:// or https:// address without a user name is expected")
        return nil
    }

    private func policy(_ node: ConfigurationNode) -> String? {
        guard let word = node.word() else { return nil }
        do throws(EvidenceError) {
            _ = try TimeStampRequest(over: [], nonce: 0, policy: word)
            return word
        } catch {
            node.fail("an object identifier such as 1.2.3.4.1 is expected")
            return nil
        }
    }

    private func hash(_ node: ConfigurationNode) -> ImprintAlgorithm? {
        guard let word = node.word() else { return nil }
        if let algorithm = ImprintAlgorithm(rawValue: word) { return algorithm }
        let known = ImprintAlgorithm.allCases.map(\.rawValue)
        node.fail(
            "`\(word)` is none of \(known.joined(separator: ", "))",
            suggestion: NearestWord.to(word, among: known)
        )
        return nil
    }

    private func accuracy(_ node: ConfigurationNode) -> Duration? {
        guard let word = node.word() else { return nil }
        if let accuracy = DurationText.duration(word), accuracy > .zero { return accuracy }
        node.fail("a duration such as 1s is expected")
        return nil
    }

    /// Of stamps that say nothing. A bundle's readers count a fixed accuracy for those, so one
    /// that is worse would be claimed to be better there.
    private func promisedAccuracy(_ node: ConfigurationNode) -> Duration? {
        guard let accuracy = accuracy(node) else { return nil }
        if accuracy <= TimeStampTrust.accuracyOfTheSilent { return accuracy }
        node.fail("at most 60s is expected: what verifiers of bundles allow such stamps")
        return nil
    }

    private func headers(_ node: ConfigurationNode) -> [OutboundHeader]? {
        guard let path = node.word(), let secret = AdapterSection.secret(node, path) else {
            return nil
        }
        let lines = secret.withUnredacted { $0.split(whereSeparator: \.isNewline) }
        var headers: [OutboundHeader] = []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else {
                node.fail("each line of the file is `Name: value`")
                return nil
            }
            headers.append(
                OutboundHeader(
                    name: parts[0].trimmingCharacters(in: .whitespaces),
                    value: parts[1].trimmingCharacters(in: .whitespaces),
                    isSecret: true
                )
            )
        }
        return headers
    }

    private func trust(
        _ node: ConfigurationNode,
        policy: String?,
        accuracy: Duration?,
        largest: Duration?
    ) -> TimeStampTrust? {
        guard let path = node.word() else { return nil }
        let folder = (node.source as NSString).deletingLastPathComponent
        let full = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
        guard let data = FileManager.default.contents(atPath: full),
            let text = String(data: data, encoding: .utf8)
        else {
            node.fail("names no file that can be read: PEM of the authority's root is expected")
            return nil
        }
        do throws(EvidenceError) {
            return try TimeStampTrust(
                roots: text,
                acceptedPolicies: policy.map { [$0] } ?? [],
                largestAccuracy: largest ?? TimeStampTrust.largestAccuracyByDefault,
                accuracyWhenUnstated: accuracy
            )
        } catch {
            node.fail("\(full): \(error)")
            return nil
        }
    }
}
