import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("The published table of states")
struct SandboxStateTests {
    @Test("no two states share a selector or a name")
    func rowsAreUnique() {
        #expect(Set(SandboxState.all.map(\.selector)).count == SandboxState.all.count)
        #expect(Set(SandboxState.all.map(\.name)).count == SandboxState.all.count)
        #expect(SandboxState.all.allSatisfy { (0...999).contains($0.selector) })
    }

    @Test("every state's codes of 8 to 20 digits select that state")
    func codesSelectTheirState() throws {
        for state in SandboxState.all {
            for symbols in 8...20 {
                for number in [0, 1, 999] {
                    let code = try #require(state.code(number: number, symbols: symbols))
                    #expect(code.utf8.count == symbols)
                    #expect(SandboxState.selected(by: code).name == state.name)
                }
            }
        }
    }

    @Test("a number that does not fit gives no code, and numbers never collide")
    func numbersFitOrFail() throws {
        let state = try #require(SandboxState.named("used"))
        #expect(state.code(number: 1000, symbols: 8) == nil)
        #expect(state.code(number: -1) == nil)
        #expect(state.code(number: 0, symbols: 5) == nil)
        let codes = (0..<1000).compactMap { state.code(number: $0, symbols: 8) }
        #expect(Set(codes).count == 1000)
    }

    @Test(
        "leading letters, dashes and spaces do not hide the group",
        arguments: ["9901000", "KEY-9901-0ABC", "ab 99 010 7", "X99010"]
    )
    func groupIsFound(code: String) {
        #expect(SandboxState.selected(by: code).name == "not_found")
    }

    @Test(
        "every other code is good",
        arguments: [
            "", "99", "9901", "110412000012345678", "199010", "99x10000", "A1-99010",
            "990٠1٠000", "99998000000", "卡99010",
        ]
    )
    func othersAreGood(code: String) {
        #expect(SandboxState.selected(by: code).name == "good")
    }

    @Test("every response code, state word and fault of VSIP has its row")
    func voucherAnswersAreComplete() {
        let answers = Set(SandboxState.all.compactMap(\.voucher))
        let codes = [
            10, 11, 12, 13, 100, 101, 102, 104, 105, 106, 107, 108, 109, 110, 111, 200, 201,
        ]
        for code in codes { #expect(answers.contains(.responseCode(code))) }
        for word in [
            "available", "used", "unavailable", "pending", "reserved", "damaged", "stolen",
        ] {
            #expect(answers.contains(.voucher(state: word)))
        }
        for number in 0...6 { #expect(answers.contains(.voucher(state: String(number)))) }
        for fault in [1000, 1001, 1002, 1003, 1004, 1005, 1007] {
            #expect(answers.contains(.fault(fault)))
        }
    }

    @Test("every code of Keygen's validation has its row")
    func licenseAnswersAreComplete() {
        let codes = Set(SandboxState.all.compactMap(\.license?.code))
        let scoped = ["PRODUCT", "POLICY", "USER", "MACHINE", "FINGERPRINT", "COMPONENTS"]
            .flatMap { ["\($0)_SCOPE_REQUIRED", "\($0)_SCOPE_MISMATCH"] }
        let expected =
            scoped + [
                "VALID", "NOT_FOUND", "BANNED", "SUSPENDED", "EXPIRED", "OVERDUE", "NO_MACHINE",
                "NO_MACHINES", "TOO_MANY_MACHINES", "TOO_MANY_CORES", "TOO_MUCH_MEMORY",
                "TOO_MUCH_DISK", "TOO_MANY_PROCESSES", "TOO_MANY_USERS", "HEARTBEAT_NOT_STARTED",
                "HEARTBEAT_DEAD", "ENTITLEMENTS_MISSING", "CHECKSUM_SCOPE_MISMATCH",
                "VERSION_SCOPE_MISMATCH", "ENVIRONMENT_SCOPE_MISMATCH",
            ]
        for code in expected { #expect(codes.contains(code), "\(code)") }
    }
}
