import AdapterKit
import Testing

@Suite("XML-RPC")
struct XMLRPCTests {
    private func read(_ text: String) throws(XMLRPCError) -> XMLRPCResponse {
        try XMLRPCReader.response(Array(text.utf8))
    }

    private func response(_ value: String) -> String {
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>\(value)</value>\n"
            + "</param>\n</params>\n</methodResponse>\n"
    }

    @Test(
        "scalars keep what was written",
        arguments: [
            ("<i4>007</i4>", XMLRPCValue.integer("007")), ("<int> -12 </int>", .integer("-12")),
            ("<string> a &lt;&#20013;&#x4e2d; </string>", .string(" a <中中 ")),
            ("untyped &amp; bare", .string("untyped & bare")), ("", .string("")),
            ("<boolean>1</boolean>", .boolean(true)), ("<double>-1.50</double>", .double("-1.50")),
            (
                "<dateTime.iso8601>20261120T08:00:00+0800</dateTime.iso8601>",
                .dateTime("20261120T08:00:00+0800")
            ),
            ("<base64>\nAQI=\n</base64>", .base64([1, 2])), ("<nil/>", .null),
            ("<string><![CDATA[<b>]]></string>", .string("<b>")),
        ]
    )
    func scalars(text: String, value: XMLRPCValue) throws {
        #expect(try read(response(text)) == .value(value))
    }

    @Test("structs and arrays nest")
    func nesting() throws {
        let text = """
            <struct><member><name>a</name><value><array><data><value><i4>1</i4></value>
            <value>x</value></data></array></value></member><!-- no --></struct>
            """
        let expected = XMLRPCValue.structure([.init("a", .array([.integer("1"), .string("x")]))])
        #expect(try read(response(text)) == .value(expected))
    }

    @Test("a fault is no value")
    func fault() throws {
        let text = """
            <methodResponse><fault><value><struct>
            <member><name>faultCode</name><value><int>1007</int></value></member>
            <member><name>faultString</name><value><string>overload</string></value></member>
            </struct></value></fault></methodResponse>
            """
        #expect(try read(text) == .fault(code: "1007", text: "overload"))
    }

    @Test(
        "what is not XML-RPC is refused, not repaired",
        arguments: [
            (
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><methodResponse/>",
                XMLRPCError.Reason.documentType
            ),
            ("<methodResponse><!DOCTYPE x></methodResponse>", .documentType),
            ("<methodResponse><?php ?></methodResponse>", .documentType),
            ("<?xml version='1.0' encoding='GBK'?><methodResponse/>", .notUTF8),
            ("<methodResponse>&e;</methodResponse>", .notXML),
            ("<methodResponse>", .notXML), ("<methodResponse></x>", .notXML),
            ("<methodResponse/>", .notXMLRPC), ("<html><body>used</body></html>", .notXMLRPC),
            ("", .notXML), ("<methodResponse/><methodResponse/>", .notXML),
            ("<methodResponse a=b/>", .notXML),
        ]
    )
    func refusals(text: String, reason: XMLRPCError.Reason) {
        #expect(throws: XMLRPCError.self) { try read(text) }
        do {
            _ = try read(text)
        } catch {
            #expect(error.reason == reason)
        }
    }

    @Test(
        "values that are not as typed are refused",
        arguments: [
            "<i4>1.5</i4>", "<i4>one</i4>", "<i4></i4>", "<boolean>true</boolean>",
            "<double>nan</double>", "<base64>*</base64>", "<money>1</money>",
            "text<i4>1</i4>", "<i4>1</i4><i4>2</i4>", "<i4><i4>1</i4></i4>",
            "<array><value>1</value></array>", "<struct><member><name>a</name></member></struct>",
            "<struct><member><name>a</name><value>1</value></member>"
                + "<member><name>a</name><value>2</value></member></struct>",
        ]
    )
    func badValues(text: String) {
        #expect(throws: XMLRPCError.self) { try read(response(text)) }
    }

    @Test("depth and size are bounded")
    func bounds() {
        let deep = String(repeating: "<value><array><data>", count: 10_000)
        #expect(throws: XMLRPCError.self) { try read(response(deep)) }
        let wide = String(repeating: "<value/>", count: 60_000)
        #expect(throws: XMLRPCError.self) {
            try read(response("<array><data>\(wide)</data></array>"))
        }
    }

    @Test("cutting a good answer anywhere is refused")
    func cuts() {
        let whole = Array(
            response("<struct><member><name>é</name><value>1</value></member></struct>")
                .utf8.dropLast()
        )
        for length in 0..<(whole.count - 1) {
            #expect(throws: XMLRPCError.self, "cut at \(length)") {
                try XMLRPCReader.response(Array(whole.prefix(length)))
            }
        }
    }

    @Test("a call escapes what it carries, and refuses what XML cannot")
    func writing() throws {
        let call = try XMLRPCWriter.call(
            "GetVoucherDetails",
            [.structure([.init("activationCode", .string("<&>中\r")), .init("n", .integer("07"))])]
        )
        #expect(
            String(decoding: call, as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <methodCall><methodName>GetVoucherDetails</methodName><params><param><value>\
                <struct><member><name>activationCode</name><value><string>&lt;&amp;&gt;中&#13;\
                </string></value></member><member><name>n</name><value><i4>07</i4></value></member>\
                </struct></value></param></params></methodCall>

                """
        )
        #expect(throws: XMLRPCError.self) { try XMLRPCWriter.call("m", [.string("a\u{0}b")]) }
    }
}
