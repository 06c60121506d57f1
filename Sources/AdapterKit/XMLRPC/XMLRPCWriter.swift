import WireFormat

/// Writes a call.
public enum XMLRPCWriter {
    /// `<methodCall>` with its parameters, in UTF-8.
    ///
    /// - Throws: `unwritable` when a text holds symbols that XML 1.0 cannot carry.
    public static func call(
        _ method: String,
        _ parameters: [XMLRPCValue]
    ) throws(XMLRPCError) -> [UInt8] {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodCall><methodName>"
        text += try escaped(method) + "</methodName><params>"
        for parameter in parameters {
            text += "<param>" + (try value(parameter)) + "</param>"
        }
        return Array((text + "</params></methodCall>\n").utf8)
    }

    private static func value(_ value: XMLRPCValue) throws(XMLRPCError) -> String {
        "<value>" + (try typed(value)) + "</value>"
    }

    private static func typed(_ value: XMLRPCValue) throws(XMLRPCError) -> String {
        switch value {
        case .string(let text): return "<string>" + (try escaped(text)) + "</string>"
        case .integer(let text): return "<i4>" + (try escaped(text)) + "</i4>"
        case .boolean(let flag): return "<boolean>\(flag ? 1 : 0)</boolean>"
        case .double(let text): return "<double>" + (try escaped(text)) + "</double>"
        case .dateTime(let text):
            return "<dateTime.iso8601>" + (try escaped(text)) + "</dateTime.iso8601>"
        case .base64(let bytes): return "<base64>\(Base64.encode(bytes))</base64>"
        case .null: return "<nil/>"
        case .array(let elements):
            var text = ""
            for element in elements { text += try self.value(element) }
            return "<array><data>\(text)</data></array>"
        case .structure(let members):
            var text = ""
            for member in members {
                text += "<member><name>" + (try escaped(member.name)) + "</name>"
                text += try self.value(member.value) + "</member>"
            }
            return "<struct>\(text)</struct>"
        }
    }

    private static func escaped(_ text: String) throws(XMLRPCError) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // A bare carriage return would come out as a line feed.
            case "\r": escaped += "&#13;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": throw XMLRPCError(.unwritable)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
