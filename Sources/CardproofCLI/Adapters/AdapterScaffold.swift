import AdapterKit
import Adapters
import Foundation

/// What `adapter new` writes: a folder that passes `adapter test` as it stands, to be changed bit
/// by bit into what an issuer really says.
struct AdapterScaffold {
    enum Kind: String, CaseIterable {
        case yaml
        case swift
        case process
    }

    let id: String
    let kind: Kind

    /// - Throws: ``CommandFailure`` with 64 when the name cannot be the id of a new adapter.
    init(id: String, kind: Kind) throws {
        let words = id.split(separator: "-", omittingEmptySubsequences: false)
        let isPlain = words.allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        }
        guard isPlain, id.utf8.first.map({ (0x61...0x7A).contains($0) }) == true, id.count <= 64
        else {
            throw CommandFailure.usage(
                "\(id): an adapter's name is lower-case letters, digits and single dashes, a "
                    + "letter first"
            )
        }
        // Two adapters of one id are an error of the configuration that holds them.
        guard try AdapterCatalogue.factories().allSatisfy({ $0.descriptor.id != id }) else {
            throw CommandFailure.usage(
                "\(id): the program brings an adapter of that name; give yours another one"
            )
        }
        self.id = id
        self.kind = kind
    }

    /// Paths inside the folder, and what they hold.
    var files: [(path: String, text: String)] {
        let common = [("fixtures/answers.yaml", fixtures), ("README.md", readme)]
        switch kind {
        case .yaml: return [("\(id).yaml", manifest)] + common
        case .process: return [("\(id).yaml", processManifest), (script, program)] + common
        case .swift:
            return [("\(id).yaml", swiftManifest), ("\(typeName).swift", swift)] + common
        }
    }

    /// Writes the folder.
    /// - Throws: ``CommandFailure``; nothing that exists is overwritten.
    func write(in directory: String) throws -> [String] {
        let folder = "\(directory)/\(id)"
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure.usage("\(folder) exists already and is not overwritten")
        }
        do {
            for (path, text) in files {
                let file = URL(fileURLWithPath: "\(folder)/\(path)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data((text + "\n").utf8).write(to: file, options: .withoutOverwriting)
            }
        } catch {
            throw CommandFailure.failed(
                "\(folder): cannot be written: \(error.localizedDescription)"
            )
        }
        return files.map { "\(folder)/\($0.path)" }
    }

    var script: String { id.replacing("-", with: "_") + ".py" }

    /// `town-library` is written by a `TownLibraryAdapter`.
    var typeName: String {
        id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            + "Adapter"
    }
}

// MARK: - Manifests

extension AdapterScaffold {
    private var head: String {
        """
        # How \(id) is asked. docs/adapters.md explains every key.
        id: \(id)
        version: 1
        name: {en: \(id), zh: \(id)}
        """
    }

    private var settings: String {
        """
        # Set it to false once a real code was asked about and the answer was right.
        not_tested_live: true
        operations: {inquire: {effect: read_only}}
        settings:
          endpoint: {kind: url, default: "https://issuer.example/api"}
          api_key: {secret: true, required: true}
        """
    }

    private var answers: String {
        """
        {"00": ok_unused, "07": used, "12": expired, "40": not_found, "51": revoked}
        """
    }

    private var manifest: String {
        """
        \(head)
        \(settings)
        # Asking twice is the same as asking once.
        retry_safe: true
        request:
          method: POST
          url: "{settings.endpoint}/check"
          json: {serial: "{serial?}", pin: "{key}"}
        auth: {scheme: header, name: X-Api-Key, value: "{secrets.api_key}"}
        response:
          issuer_code: /code
          issuer_text: /message
          first_use: {path: /used_at, as: rfc3339}
          rules:
            - when: {status: [200, 404]}
              table:
                path: /code
                codes: \(answers)
        """
    }

    private var processManifest: String {
        """
        \(head)
        kind: process
        command: [python3, \(script)]
        \(settings)
        answers: \(answers)
        """
    }

    private var swiftManifest: String {
        """
        \(head)
        kind: swift
        \(settings)
        answers: \(answers)
        """
    }
}

// MARK: - Fixtures and notes

extension AdapterScaffold {
    private var fixtures: String {
        let rows = [
            (
                "fresh", 200, #"{"code": "00", "message": "never used", "used_at": null}"#,
                #"{state: ok_unused, issuer_code: "00", requests: 1}"#
            ),
            (
                "spent", 200,
                #"{"code": "07", "message": "spent", "used_at": "2026-11-19T10:00:00Z"}"#,
                #"{state: used, issuer_code: "07", issuer_at: 2026-11-19T10:00:00Z}"#
            ),
            (
                "too late", 200, #"{"code": "12", "message": "expired"}"#,
                #"{state: expired, issuer_code: "12"}"#
            ),
            (
                "withdrawn", 200, #"{"code": "51", "message": "withdrawn"}"#,
                #"{state: revoked, issuer_code: "51"}"#
            ),
            (
                "a new word", 200, #"{"code": "99", "message": "?"}"#,
                #"{state: indeterminate, cause: unmapped, issuer_code: "99"}"#
            ),
            (
                "unknown", 404, #"{"code": "40", "message": "no card ECHO-GOES-HERE"}"#,
                #"{state: not_found, issuer_code: "40"}"#
            ),
        ]
        let cases = rows.map { name, status, body, expected in
            """
              - name: \(name)
                serial: "0071"
                key: Zq7K-m4Xw-9TrB-2LcV
                asked_at: 2026-11-20T08:00:00Z
                answers:
                  - {status: \(status), headers: {Content-Type: application/json}, body: '\(body)'}
                expect: \(expected)
            """
        }
        return """
            # Recorded answers; every code and secret here is synthetic.
            adapter: \(id)
            settings: {endpoint: "https://issuer.example/api"}
            secrets: {api_key: mark-Synthetic-Key-7731}
            attacks: {good: fresh, unmapped: a new word, echo: unknown}
            cases:

            """ + cases.joined(separator: "\n")
    }

    private var readme: String {
        """
        # \(id)

        An example issuer until you change it: JSON over POST, a header with our key, five result
        codes.

        | | |
        |---|---|
        | Source | where each fact about the protocol comes from |
        | Tried | **not tested live** |
        | Effect | `read_only` |

        Codes and secrets in `fixtures/` are synthetic. After each change:

            cardproof adapter test ./\(id)
        """
    }
}
