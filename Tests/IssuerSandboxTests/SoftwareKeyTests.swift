import Crypto
import CryptoExtras
import Foundation
import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Software keys")
struct SoftwareKeyTests {
    private func code(_ name: String) throws -> String {
        try #require(SandboxState.named(name)?.code(number: 5))
    }

    @Test("Keygen signs target, host, date and digest with the key that the sandbox publishes")
    func keygenSignature() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        try await withSandbox(.seeded, clock: clock.clock) { sandbox, client in
            let keys = try await client.send("GET", "/sandbox/keys").json
            let raw = try #require(
                keys.value(atPointer: "/ed25519/hex")?.stringValue.flatMap {
                    Hexadecimal.decode($0)
                }
            )
            let key = try Curve25519.Signing.PublicKey(rawRepresentation: raw)
            func verifies(_ answer: SandboxClient.Answer) throws -> Bool {
                let header = try #require(answer.headers["keygen-signature"])
                let text = try #require(header.firstMatch(of: /signature="([^"]+)"/)).1
                let digest = "sha-256=" + Base64.encode(Array(SHA256.hash(data: answer.body)))
                #expect(answer.headers["digest"] == digest)
                let data = """
                    (request-target): post /v1/accounts/demo/licenses/actions/validate-key
                    host: sandbox
                    date: \(try #require(answer.headers["date"]))
                    digest: \(digest)
                    """
                #expect(header.contains(#"keyid="demo", algorithm="ed25519""#))
                #expect(header.hasSuffix(#"headers="(request-target) host date digest""#))
                let signature = try #require(Base64.decode(text))
                return key.isValidSignature(signature, for: Data(data.utf8))
            }
            let good = try await client.askLicenseServer("K-1")
            #expect(good.headers["date"] == "Fri, 20 Nov 2026 08:00:00 GMT")
            #expect(try verifies(good))
            #expect(try verifies(try await client.askLicenseServer(code("not_found"))))
            #expect(try verifies(try await client.askLicenseServer(code("http_500"))))
            #expect(try !verifies(try await client.askLicenseServer(code("bad_signature"))))
            let late = try await client.askLicenseServer(code("clock_skew"))
            #expect(late.headers["date"] == "Fri, 20 Nov 2026 07:00:00 GMT")
            #expect(try verifies(late))
        }
    }

    @Test("Gumroad counts a use unless it is told not to, and tells its three refusals apart")
    func gumroad() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let good = try await client.askGumroad("AAAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD")
            #expect(good.status == 200 && good.json["uses"] == 0)
            #expect(sandbox.calls["uses_counted"] == 0)
            _ = try await client.askGumroad("K-1", increments: nil)
            let counted = try await client.askGumroad("K-1")
            #expect(counted.json["uses"] == 1 && sandbox.calls["uses_counted"] == 1)
            #expect(try await client.askGumroad(code("used")).json["uses"] == 1)
            let texts = [
                ("not_found", "That license does not exist for the provided product."),
                ("damaged", "This license key has been disabled."),
                ("expired", "Access to the purchase associated with this license has expired."),
            ]
            for (name, text) in texts {
                let answer = try await client.askGumroad(code(name))
                #expect(answer.status == 404)
                #expect(answer.json["message"]?.stringValue == text)
            }
            let other = try await client.askGumroad("K-1", product: "other")
            #expect(other.status == 404)
            for flag in ["refunded", "chargebacked", "subscription_failed_at", "test"] {
                let key = "word-" + flag
                try sandbox.script([
                    CodeScript(
                        key: key, state: try #require(SandboxState.named("good")), word: flag)
                ])
                let value = try await client.askGumroad(key).json["purchase"]?[flag]
                #expect(value == .bool(true) || value?.stringValue != nil, "\(flag)")
            }
        }
    }

    @Test("Lemon Squeezy answers 400 with the licence for disabled and expired keys")
    func lemonSqueezy() async throws {
        try await withSandbox(.seeded) { _, client in
            let good = try await client.askLemonSqueezy("K-1")
            #expect(good.status == 200 && good.json["valid"] == true)
            #expect(good.json.value(atPointer: "/license_key/status") == "inactive")
            #expect(good.json.value(atPointer: "/meta/store_id") == 1001)
            let used = try await client.askLemonSqueezy(code("used"))
            #expect(used.json.value(atPointer: "/license_key/activation_usage") == 2)
            let part = try await client.askLemonSqueezy(code("partially_used"))
            #expect(part.json.value(atPointer: "/license_key/activation_usage") == 1)
            for (name, status) in [("expired", "expired"), ("missing_or_stolen", "disabled")] {
                let answer = try await client.askLemonSqueezy(code(name))
                #expect(answer.status == 400 && answer.json["valid"] == false)
                #expect(
                    answer.json.value(atPointer: "/license_key/status")?.stringValue == status
                )
            }
            #expect(try await client.askLemonSqueezy(code("not_found")).status == 404)
            let other = try await client.askLemonSqueezy(code("other_product"))
            #expect(other.json.value(atPointer: "/meta/product_id") == 2002)
            #expect(try await client.askLemonSqueezy("").status == 422)
        }
    }

    @Test("Polar's three kinds of 404 differ in their detail, and validations are counted")
    func polar() async throws {
        try await withSandbox(.seeded) { _, client in
            _ = try await client.askPolar("K-1")
            let good = try await client.askPolar("K-1")
            #expect(good.json["status"] == "granted" && good.json["validations"] == 2)
            #expect(good.json["usage"] == 0)
            #expect(try await client.askPolar(code("used")).json["usage"] == 2)
            let details = [
                ("not_found", "Not found"), ("expired", "License key has expired."),
                ("damaged", "License key is no longer active."),
            ]
            for (name, detail) in details {
                let answer = try await client.askPolar(code(name))
                #expect(answer.status == 404 && answer.json["error"] == "ResourceNotFound")
                #expect(answer.json["detail"]?.stringValue == detail)
            }
            #expect(try await client.askPolar("K-1", organization: "other").status == 404)
            let unknown = try await client.postJSON(
                "/v1/customer-portal/license-keys/validate",
                ["key": "K-1", "organization_id": "x", "color": "red"]
            )
            #expect(unknown.status == 422)
        }
    }

    @Test("the WooCommerce licence server quotes an unknown key in its error, as the real one does")
    func licenseManager() async throws {
        try await withSandbox(.seeded) { _, client in
            let good = try await client.askLicenseManager("AB CD/1")
            #expect(good.json.value(atPointer: "/data/licenseKey") == "AB CD/1")
            #expect(good.json.value(atPointer: "/data/timesActivated") == .null)
            let used = try await client.askLicenseManager(code("used"))
            #expect(used.json.value(atPointer: "/data/timesActivated") == 2)
            let inactive = try await client.askLicenseManager(code("not_activated"))
            #expect(inactive.json.value(atPointer: "/data/status") == 4)
            let missing = try code("not_found")
            let answer = try await client.askLicenseManager(missing)
            #expect(answer.status == 404 && answer.text.contains(missing))
            #expect(answer.json["code"] == "lmfwc_rest_data_error")
            #expect(try await client.askLicenseManager("K-1", secret: "cs_other").status == 401)
        }
    }

    @Test("Cryptolens signs the decoded licence with RSA, and the signature verifies")
    func cryptolens() async throws {
        try await withSandbox(.seeded) { _, client in
            let keys = try await client.send("GET", "/sandbox/keys").json
            let pem = try #require(keys.value(atPointer: "/rsa/pem")?.stringValue)
            let key = try _RSA.Signing.PublicKey(pemRepresentation: pem)
            func license(
                _ key: _RSA.Signing.PublicKey, _ code: String
            ) async throws -> (
                JSONValue, Bool
            ) {
                let answer = try await client.askCryptolens(code).json
                let bytes = try #require(
                    answer["licenseKey"]?.stringValue.flatMap { Base64.decode($0) }
                )
                let signature = try #require(
                    answer["signature"]?.stringValue.flatMap { Base64.decode($0) }
                )
                let isValid = key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: signature),
                    for: SHA256.hash(data: bytes),
                    padding: .insecurePKCS1v1_5
                )
                return (try JSONValue.parse(bytes), isValid)
            }
            let (good, isSigned) = try await license(key, "K-1")
            #expect(isSigned && good["Key"] == "K-1" && good["ActivatedMachines"] == [])
            let (used, _) = try await license(key, code("used_two_days_ago"))
            #expect(used["ActivatedMachines"]?.arrayValue?.count == 2)
            let (blocked, _) = try await license(key, code("damaged"))
            #expect(blocked["Block"] == true)
            let (_, isStillSigned) = try await license(key, code("bad_signature"))
            #expect(!isStillSigned)
            let missing = try await client.askCryptolens(code("not_found"))
            #expect(missing.json["result"] == 1 && missing.status == 200)
            #expect(try await client.askCryptolens("K-1", token: "other").json["result"] == 1)
        }
    }

    @Test("LicenseSpring checks the signed date and signs its answers twice")
    func licenseSpring() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        let now = clock.clock.now()
        try await withSandbox(.seeded, clock: clock.clock) { _, client in
            let keys = try await client.send("GET", "/sandbox/keys").json
            let pem = try #require(keys.value(atPointer: "/rsa/pem")?.stringValue)
            let key = try _RSA.Signing.PublicKey(pemRepresentation: pem)
            func isSigned(_ text: String?, _ bytes: [UInt8]) -> Bool {
                guard let signature = text.flatMap({ Base64.decode($0) }) else { return false }
                return key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: signature),
                    for: SHA256.hash(data: bytes),
                    padding: .insecurePKCS1v1_5
                )
            }
            let good = try await client.askLicenseSpring("ABCD-1234", at: now)
            #expect(good.status == 200 && good.json["times_activated"] == 0)
            #expect(isSigned(good.headers["licensesignature"], good.body))
            let signed = "device-1#abcd-1234#2027-11-20t15:59:59.000z"
            #expect(isSigned(good.json["license_signature"]?.stringValue, Array(signed.utf8)))
            for (name, word) in [
                ("expired", "license_expired"), ("not_found", "license_not_found"),
                ("damaged", "license_not_enabled"),
            ] {
                let answer = try await client.askLicenseSpring(code(name), at: now)
                #expect(answer.json["code"]?.stringValue == word)
                #expect(isSigned(answer.headers["licensesignature"], answer.body))
            }
            let bad = try await client.askLicenseSpring(code("bad_signature"), at: now)
            #expect(!isSigned(bad.headers["licensesignature"], bad.body))
            let other = try await client.askLicenseSpring("K-1", at: now, sharedKey: "other")
            #expect(other.status == 401 && other.json["code"] == "signature_mismatch")
            let late = try await client.askLicenseSpring("K-1", at: now - .seconds(901))
            #expect(late.status == 401)
        }
    }
}
