import StatementKit
import Testing
import WireFormat

@Suite("Rendering orders") struct RenderingOrderTests {
    @Test("an order is read as it was written")
    func roundTrip() throws {
        let orders: [RenderingOrder] = [
            .pdf(try ExampleStatement.documents()), .qrSVG("sha256:AbC+/="),
        ]
        for order in orders {
            let bytes = order.jsonValue.serialized()
            #expect(try RenderingOrder(order.kind, json: bytes) == order)
        }
    }

    @Test(
        "what is no order is refused, and the fault says where",
        arguments: [
            (RenderingOrder.Kind.pdf, "", ""),
            (.pdf, "[]", ""),
            (.pdf, #"{"documents": []}"#, "/documents"),
            (.pdf, #"{"documents": 1}"#, "/documents"),
            (.pdf, #"{"documents": [{}, {}, {}, {}, {}]}"#, "/documents"),
            (.pdf, #"{"documents": [{}]}"#, "/documents/0/created_at"),
            (.pdf, #"{"document": []}"#, "/document"),
            (.pdf, #"{"documents": [{"colour": 1}]}"#, "/documents/0/colour"),
            (.pdf, document(created: "yesterday", "[]"), "/documents/0/created_at"),
            (.pdf, document("{}"), "/documents/0/blocks"),
            (.pdf, document("[7]"), "/documents/0/blocks/0"),
            (.pdf, document(#"[{"heading": "a", "paragraph": "b"}]"#), "/documents/0/blocks/0"),
            (.pdf, document(#"[{"script/x": "a"}]"#), "/documents/0/blocks/0/script~1x"),
            (.pdf, document(#"[{"heading": null}]"#), "/documents/0/blocks/0/heading"),
            (.pdf, document(#"[{"code": "a"}]"#), "/documents/0/blocks/0/code"),
            (.pdf, document(#"[{"table": {"rows": []}}]"#), "/documents/0/blocks/0/table/columns"),
            (
                .pdf, document(#"[{"table": {"columns": ["a"], "rows": [[1]]}}]"#),
                "/documents/0/blocks/0/table/rows/0/0"
            ),
            (.pdf, document(#"[{"qr": {"text": "a"}}]"#), "/documents/0/blocks/0/qr/caption"),
            (.qr, "{}", "/text"),
            (.qr, #"{"text": ""}"#, "/text"),
            (.qr, #"{"text": "a", "text": "b"}"#, "/text"),
            (.qr, #"{"text": "a"} "# + "x", ""),
        ]
    )
    func faults(kind: RenderingOrder.Kind, json: String, pointer: String) {
        let fault = #expect(throws: StatementFault.self) {
            try RenderingOrder(kind, json: Array(json.utf8))
        }
        #expect(fault?.pointer == pointer, "\(json)")
    }

    static func document(
        created: String = "2026-11-20T08:00:00Z",
        _ blocks: String
    ) -> String {
        """
        {"documents": [{"title": "t", "language": "en", "created_at": "\(created)",
        "footer": "", "blocks": \(blocks)}]}
        """
    }
}
