import AdapterKit
import Foundation

/// The recorded answers beside a manifest.
extension AdapterFolder {
    /// What an issuer answers to questions, and what it answers to orders that spend a code; an
    /// adapter has one of the two, or both.
    private static let fixtureFiles = ["answers.yaml", "redemptions.yaml"]

    /// Longest manifest or fixture file that is read.
    private static let longestBytes = 512 << 10

    /// The recorded answers of both files.
    /// - Throws: ``CommandFailure`` when there are none, or none that the adapter can be tried
    ///   with.
    func readFixtures() throws -> ConformanceFixtures {
        guard let fixtures else {
            throw CommandFailure.usage(
                "\(id): its recorded answers are not part of the program: run this in a checkout "
                    + "of its source, or name their folder with --fixtures"
            )
        }
        let files = Self.fixtureFiles.map { "\(fixtures)/\($0)" }
            .filter { FileManager.default.fileExists(atPath: $0) }
        guard let first = files.first else {
            throw CommandFailure.usage(
                "\(id): there is no answers.yaml in \(fixtures), and no redemptions.yaml; "
                    + "docs/adapters.md says what stands there, and `cardproof adapter new NAME` "
                    + "writes an example"
            )
        }
        do throws(AdapterDiagnostics) {
            var read = try self.read(first)
            for file in files.dropFirst() { read = read.adding(try self.read(file)) }
            _ = try factory.adapter(configuredBy: read.configuration)
            return read
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }

    private func read(_ file: String) throws(AdapterDiagnostics) -> ConformanceFixtures {
        var fixtures = try ConformanceFixtures(yaml: try Self.text(file), file: file)
        guard !fixtures.cases.isEmpty else {
            throw AdapterDiagnostics([
                AdapterDiagnostic(file: file, message: "cases: is empty: nothing would be tried")
            ])
        }
        fixtures.configuration.file = file
        fixtures.configuration.secretPlace = .fixtures
        return fixtures
    }

    /// A whole manifest or fixture file.
    static func text(_ file: String) throws(AdapterDiagnostics) -> String {
        guard let bytes = FileHandle(forReadingAtPath: file).flatMap(leadingBytes),
            bytes.count <= longestBytes, let text = String(data: bytes, encoding: .utf8)
        else {
            throw AdapterDiagnostics([
                AdapterDiagnostic(
                    file: file,
                    message: "cannot be read as UTF-8 of at most \(longestBytes) bytes"
                )
            ])
        }
        return text
    }

    /// One byte more than may be there, so that a file that is too long shows; nil when the file
    /// cannot be read, and nothing of an empty one.
    private static func leadingBytes(of file: FileHandle) -> Data? {
        do {
            return try file.read(upToCount: longestBytes + 1) ?? Data()
        } catch {
            return nil
        }
    }
}
