import CardModel
import Testing
import WireFormat

@testable import Gateway

/// Which steps of a claim are whose business.
@Suite("What a claim's history shows")
struct ClaimHistoryViewTests {
    private func entry(_ event: String) -> ClaimHistoryEntry {
        ClaimHistoryEntry(
            at: GatewayWorld.start, from: .open, to: .open, event: event, actor: .platform,
            account: "agent", detail: .null)
    }

    @Test(
        "steps of penalties are the platform's and the merchant's, all others everybody's",
        arguments: ClaimActor.allCases
    )
    func penalties(viewer: ClaimActor) {
        let isOutsider = viewer == .buyer || viewer == .thirdParty
        for event in ["penalty.due", "penalty.confirmed", "penalty.dismissed"] {
            #expect(entry(event).isShown(to: viewer) == !isOutsider, "\(event)")
        }
        #expect(entry("message_posted").isShown(to: viewer))
    }
}
