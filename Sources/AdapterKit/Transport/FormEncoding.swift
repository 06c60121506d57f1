/// Forms and queries in UTF-8, as RFC 3986 escapes them. Gateways with character sets and escapes
/// of their own take a `RawForm`.
public enum FormEncoding {
    public static let mediaType = "application/x-www-form-urlencoded"

    /// A form's body or a URL's query: the fields in the order given, everything but unreserved
    /// symbols as `%XX`.
    public static func text(_ fields: [(name: String, value: String)]) -> String {
        fields.map {
            URLSyntax.percentEncoded($0.name) + "=" + URLSyntax.percentEncoded($0.value)
        }.joined(separator: "&")
    }
}
