import Foundation
import IssuerSandbox

extension SandboxCommand {
    /// Secrets go into files that only their owner reads, never to the terminal. Those of an
    /// earlier sandbox are good for nothing and make room.
    func writeCredentials(of sandbox: SandboxServer) async throws {
        guard let credentialsDirectory else { return }
        let folder = URL(fileURLWithPath: credentialsDirectory).standardizedFileURL.path
        let settings = try await sandbox.settings
        try ProtectedFile.makeFolder(folder)
        for (adapter, list) in settings.adapters {
            for secret in list where secret.isSecret {
                let path = folder + "/" + SandboxSettings.fileName(adapter, secret)
                try? FileManager.default.removeItem(atPath: path)
                try ProtectedFile.create(path, secret.value)
            }
        }
        let open = [
            ("settings.yaml", settings.yaml(directory: folder)),
            ("rsa-public-key.pem", settings.rsaPublicKeyPEM),
            ("rsa-certificate.pem", settings.rsaCertificatePEM),
        ]
        for (name, text) in open {
            try ProtectedFile.replace(folder + "/" + name, Array(text.utf8))
        }
    }
}
