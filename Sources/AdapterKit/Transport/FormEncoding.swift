/// The encodings of requests, for adapters in Swift.
public enum FormEncoding {
    public static let mediaType = "application/x-www-form-urlencoded"

    /// A form's body or a URL's query: the fields in the order given.
    public static func text(_ fields: [(name: String, value: String)]) -> String {
        fields.map { percentEncoded($0.name) + "=" + percentEncoded($0.value) }
            .joined(separator: "&")
    }

    /// Everything but RFC 3986's unreserved symbols as `%XX`.
    public static func percentEncoded(_ text: String) -> String {
        URLSyntax.percentEncoded(text)
    }
}
