import Foundation
import Testing

/// Only made-up codes and secrets are in the repository, and they say so.
@Suite("Credentials") struct CredentialTests {
    /// Files larger than this are data of a benchmark, not fixtures.
    static let largestFile = 2 << 20

    static let texts: [(path: String, text: String)] = SourceTree.files().compactMap { url in
        guard let data = try? Data(contentsOf: url), data.count <= largestFile,
            let text = String(data: data, encoding: .utf8)
        else { return nil }
        return (SourceTree.relative(url), text)
    }

    @Test("no private key of a kind that is used elsewhere stands in any file")
    func privateKeys() {
        let kinds = ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "PGP "]
        for (path, text) in Self.texts {
            for kind in kinds where text.contains("-----BEGIN \(kind)PRIVATE KEY") {
                Issue.record("\(path) holds a private key")
            }
        }
    }

    @Test("no credential of a public service stands in any file")
    func services() {
        for (path, text) in Self.texts {
            let found =
                text.contains(/\bAKIA[0-9A-Z]{16}\b/)
                || text.contains(/\bgh[pousr]_[A-Za-z0-9]{36}/)
                || text.contains(/\bxox[baprs]-[0-9A-Za-z-]{10,}/)
                || text.contains(/\b[sr]k_live_[0-9A-Za-z]{10,}/)
                || text.contains(/\bglpat-[0-9A-Za-z_-]{20}/)
            if found { Issue.record("\(path) holds a credential") }
        }
    }

    @Test("what looks like a card key in a fixture is marked as synthetic")
    func fixtures() {
        for (path, text) in Self.texts where Self.isFixture(path) {
            guard text.contains(/[0-9]{8}/) || text.contains(/([A-Z0-9]{4,}-){3,}[A-Z0-9]{4,}/)
            else { continue }
            #expect(
                Self.isMarked(path, text),
                "\(path): write the word synthetic into it, or into a README.md of its folder"
            )
        }
    }

    @Test("a webhook secret in a file is marked as synthetic")
    func webhookSecrets() {
        for (path, text) in Self.texts where text.contains(/whsec_[A-Za-z0-9+\/]{24,}/) {
            if !Self.isMarked(path, text) { Issue.record("\(path) holds a webhook secret") }
        }
    }

    @Test("no file names a folder of somebody's machine")
    func machinePaths() {
        let folders = ["/wo" + "rk/main", "/wo" + "rk/shared", "/tm" + "p/dev-", "/tm" + "p/brief"]
        for (path, text) in Self.texts {
            for folder in folders where text.contains(folder) {
                Issue.record("\(path) names \(folder)")
            }
        }
    }

    static func isFixture(_ path: String) -> Bool {
        path.contains("/fixtures/") || path.hasPrefix("Tests/Vectors/")
    }

    /// Marked in the file itself, or in the README of its folder or of one above it.
    static func isMarked(_ path: String, _ text: String) -> Bool {
        if text.lowercased().contains("synthetic") { return true }
        var folder = path.split(separator: "/").dropLast()
        while folder.count > 1 {
            let readme = SourceTree.text(folder.joined(separator: "/") + "/README.md")
            if readme?.lowercased().contains("synthetic") == true { return true }
            folder = folder.dropLast()
        }
        return false
    }
}
