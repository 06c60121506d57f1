import CExpat
import Glibc

/// Is told what stands in a part, in order. What it throws ends the reading.
protocol XMLPartHandler: AnyObject {
    /// Where reading stands, for people.
    var place: String { get }
    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure)
    func end(_ name: XMLName) throws(RenderFailure)
    /// A run of text may come in several pieces.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(RenderFailure)
    /// Whether the rest of the part need not be read; asked after each element's end.
    var hasEnough: Bool { get }
}

extension XMLPartHandler {
    var hasEnough: Bool { false }
}

/// An element's name without its prefix: a workbook names its elements in one vocabulary, whatever
/// namespace its edition puts them in. Lives as long as the call that brings it.
struct XMLName {
    private let local: UnsafePointer<CChar>

    fileprivate init(_ name: UnsafePointer<CChar>) {
        local = strrchr(name, Int32(UInt8(ascii: ":"))).map { UnsafePointer($0 + 1) } ?? name
    }

    static func == (name: XMLName, other: StaticString) -> Bool {
        strcmp(name.local, UnsafeRawPointer(other.utf8Start).assumingMemoryBound(to: CChar.self))
            == 0
    }
}

/// Attributes by their name without its prefix. Lives as long as the call that brings it.
struct XMLAttributes {
    private let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>

    fileprivate init(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>) { self.pairs = pairs }

    subscript(name: StaticString) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    func integer(_ name: StaticString) -> Int? { self[name].flatMap { Int($0) } }

    /// `true` or `1` (W3C XML Schema, 3.2.2 boolean).
    func flag(_ name: StaticString) -> Bool { ["1", "true"].contains(self[name] ?? "") }

    func bytes(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        var pair = pairs
        while let found = pair[0], let value = pair[1] {
            if XMLName(found) == name {
                let start = UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self)
                return UnsafeBufferPointer(start: start, count: strlen(value))
            }
            pair += 2
        }
        return nil
    }
}

/// Reads one part as a stream. Refuses document type declarations, and with them every entity but
/// the five of XML itself.
final class XMLPartReader {
    /// A workbook's elements lie some eight deep, those of drawings and extensions twice as much.
    static let deepest = 128

    private let parser: OpaquePointer
    private let handler: any XMLPartHandler
    private var depth = 0
    private var failure: RenderFailure?
    private var isDone = false

    init(_ handler: any XMLPartHandler) throws(RenderFailure) {
        guard let parser = XML_ParserCreate(nil) else { throw .library("expat gives no parser") }
        self.parser = parser
        self.handler = handler
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, pairs in
                guard let name, let pairs else { return }
                XMLPartReader.from(context).open(XMLName(name), XMLAttributes(pairs))
            },
            { context, name in
                guard let name else { return }
                XMLPartReader.from(context).close(XMLName(name))
            }
        )
        XML_SetCharacterDataHandler(parser) { context, text, count in
            guard let text else { return }
            let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
            XMLPartReader.from(context).take(
                UnsafeBufferPointer(start: start, count: Int(count))
            )
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            let reader = XMLPartReader.from(context)
            reader.stop(
                .input(
                    "\(reader.handler.place): has a document type declaration, which no workbook "
                        + "has; entities are not expanded"
                )
            )
        }
    }

    deinit { XML_ParserFree(parser) }

    /// - Parameter isLast: whether the part ends here.
    /// - Returns: false when the handler has enough.
    /// - Throws: what the handler throws, and damage with its place.
    func feed(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(RenderFailure) -> Bool {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        let status = XML_Parse(parser, start, Int32(bytes.count), isLast ? 1 : 0)
        if let failure { throw failure }
        if isDone { return false }
        guard status == XML_STATUS_OK else {
            let reason = String(cString: XML_ErrorString(XML_GetErrorCode(parser)))
            throw .input(
                "\(handler.place): damaged XML (\(reason), line "
                    + "\(XML_GetCurrentLineNumber(parser)) of the part)"
            )
        }
        return true
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> XMLPartReader {
        // The parser was given this very object, which outlives it.
        Unmanaged<XMLPartReader>.fromOpaque(context!).takeUnretainedValue()
    }

    private func open(_ name: XMLName, _ attributes: XMLAttributes) {
        guard failure == nil, !isDone else { return }
        depth += 1
        guard depth <= Self.deepest else {
            stop(.input("\(handler.place): elements lie more than \(Self.deepest) deep"))
            return
        }
        do throws(RenderFailure) {
            try handler.start(name, attributes)
        } catch {
            stop(error)
        }
    }

    private func close(_ name: XMLName) {
        guard failure == nil, !isDone else { return }
        depth -= 1
        do throws(RenderFailure) {
            try handler.end(name)
            guard handler.hasEnough else { return }
            isDone = true
            XML_StopParser(parser, 0)
        } catch {
            stop(error)
        }
    }

    private func take(_ text: UnsafeBufferPointer<UInt8>) {
        guard failure == nil, !isDone else { return }
        do throws(RenderFailure) {
            try handler.text(text)
        } catch {
            stop(error)
        }
    }

    private func stop(_ reason: RenderFailure) {
        failure = failure ?? reason
        XML_StopParser(parser, 0)
    }
}
