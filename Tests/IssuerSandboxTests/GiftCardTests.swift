import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Gift cards")
struct GiftCardTests {
    private func code(_ name: String) throws -> String {
        try #require(SandboxState.named(name)?.code(number: 5))
    }

    @Test("Square tells state and balance, and its activities when a card was used")
    func square() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        try await withSandbox(.seeded, clock: clock.clock) { _, client in
            let good = try await client.askSquare("7783320001001635")
            #expect(good.json.value(atPointer: "/gift_card/state") == "ACTIVE")
            #expect(good.json.value(atPointer: "/gift_card/balance_money/amount") == 5000)
            let used = try await client.askSquare(code("used_two_days_ago"))
            #expect(used.json.value(atPointer: "/gift_card/balance_money/amount") == 0)
            let id = try #require(used.json.value(atPointer: "/gift_card/id")?.stringValue)
            let history = try await client.askSquareHistory(id)
            #expect(
                history.json.value(atPointer: "/gift_card_activities/1/type") == "REDEEM"
            )
            #expect(
                history.json.value(atPointer: "/gift_card_activities/1/created_at")
                    == "2026-11-18T08:00:00Z"
            )
            for (name, state) in [
                ("damaged", "DEACTIVATED"), ("locked", "BLOCKED"), ("not_activated", "PENDING"),
                ("unknown_word", "FROZEN"),
            ] {
                let answer = try await client.askSquare(code(name))
                #expect(
                    answer.json.value(atPointer: "/gift_card/state")?.stringValue == state
                )
            }
            let half = try await client.askSquare(code("partially_used"))
            #expect(half.json.value(atPointer: "/gift_card/balance_money/amount") == 2500)
            let missing = try await client.askSquare(code("not_found"))
            #expect(missing.json.value(atPointer: "/errors/0/code") == "NOT_FOUND")
            let other = try await client.askSquare("7783320001001635", token: "other")
            #expect(other.status == 401)
            #expect(other.json.value(atPointer: "/errors/0/category") == "AUTHENTICATION_ERROR")
        }
    }

    @Test("Adyen refuses with a reason, and tells a balance only with Success")
    func adyen() async throws {
        try await withSandbox(.seeded) { _, client in
            let good = try await client.askAdyen("6036280000000000000", pin: "1234")
            #expect(good.json["resultCode"] == "Success")
            #expect(good.json.value(atPointer: "/currentBalance/value") == 5000)
            let used = try await client.askAdyen("6036280000000000000", pin: code("used"))
            #expect(used.json.value(atPointer: "/currentBalance/value") == 0)
            for (name, reason) in [
                ("damaged", "Blocked Card"), ("not_found", "Invalid Card Number"),
                ("wrong_secret", "Invalid Pin"),
            ] {
                let answer = try await client.askAdyen(code(name))
                #expect(answer.json["resultCode"] == "Refused")
                #expect(answer.json["refusalReason"]?.stringValue == reason)
                #expect(answer.json["currentBalance"] == nil)
            }
            #expect(try await client.askAdyen("1", key: "other").status == 401)
        }
    }

    @Test("Reloadly gives a token for credentials, and for the token what was issued")
    func reloadly() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        try await withSandbox(.seeded, clock: clock.clock) { sandbox, client in
            #expect(try await client.reloadlyToken(secret: "other").status == 401)
            let grant = try await client.reloadlyToken().json
            #expect(grant["token_type"] == "Bearer" && grant["expires_in"] == 3600)
            let token = try #require(grant["access_token"]?.stringValue)
            try sandbox.script([
                CodeScript(
                    key: "1111222233334444",
                    state: try #require(SandboxState.named("good")),
                    serial: "900001"
                )
            ])
            let cards = try await client.askReloadly(
                "/orders/transactions/900001/cards",
                token: token
            )
            #expect(cards.json.value(atPointer: "/0/pinCode") == "1111222233334444")
            #expect(cards.json.value(atPointer: "/0/cardNumber") == "900001")
            let states = [
                ("pending", "PROCESSING"), ("damaged", "REFUNDED"), ("disputed", "FAILED"),
            ]
            for (name, state) in states {
                let id = try code(name)
                let report = try await client.askReloadly(
                    "/reports/transactions/\(id)",
                    token: token
                )
                #expect(report.json["status"]?.stringValue == state)
                let cards = try await client.askReloadly(
                    "/orders/transactions/\(id)/cards",
                    token: token
                )
                #expect(cards.status == 400)
            }
            let missing = try await client.askReloadly(
                "/orders/transactions/\(code("not_found"))/cards",
                token: token
            )
            #expect(missing.json["errorCode"] == "TRANSACTION_NOT_FOUND")
            clock.advance(seconds: 2 * 3600)
            let expired = try await client.askReloadly(
                "/orders/transactions/900001/cards",
                token: token
            )
            #expect(expired.status == 401)
        }
    }

    @Test("Givex answers by position, with the caller's own number first")
    func givex() async throws {
        try await withSandbox(.seeded) { _, client in
            let good = try await client.askGivex("603628000000000000")
            let result = good.json["result"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(Array(result.prefix(3)) == ["T-1", "0", "50.00"] && good.json["id"] == "7")
            for (name, text) in [
                ("not_found", "Cert not exist"), ("wrong_secret", "Invalid security code"),
            ] {
                let answer = try await client.askGivex("603628000000000000", pin: code(name))
                #expect(answer.json["result"] == ["T-1", "2", .string(text)])
            }
            let spent = try await client.askGivex(code("used"))
            #expect(spent.json.value(atPointer: "/result/2") == "0.00")
            let half = try await client.askGivex(code("partially_used"))
            #expect(half.json.value(atPointer: "/result/2") == "25.00")
            let other = try await client.askGivex("603628000000000000", password: "other")
            #expect(other.json.value(atPointer: "/result/2") == "Invalid user ID/pswd")
        }
    }

    @Test("Runa's payout tells its code, or an error with status 200")
    func runa() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            try sandbox.script([
                CodeScript(
                    key: "GIFT-1234",
                    state: try #require(SandboxState.named("good")),
                    serial: "payout-token-1"
                )
            ])
            let good = try await client.askRuna("payout-token-1")
            #expect(good.json["status"] == "SUCCESS")
            #expect(good.json.value(atPointer: "/e_code/code") == "GIFT-1234")
            #expect(good.json.value(atPointer: "/e_code/amount") == "50.00")
            for (name, word) in [
                ("not_found", "RE001"), ("expired", "RE004"), ("damaged", "RE003"),
                ("rate_limited", "RE009"),
            ] {
                let answer = try await client.askRuna(code(name))
                #expect(answer.status == 200 && answer.json["status"] == "ERROR")
                #expect(answer.json["error_code"]?.stringValue == word)
            }
            let page = try await client.send("GET", "/runa/payout-token-1")
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        }
    }
}
