/// Which parts a part refers to (ECMA-376-2, 9.3 Relationships).
final class PartRelationships: XMLPartHandler {
    /// A workbook has one a sheet and a handful besides.
    static let most = 10_000

    struct Target {
        /// The last word of its type: `worksheet`, `sharedStrings`. Editions differ in the rest.
        let kind: String
        /// The part's path, without a slash in front.
        let part: String
    }

    let place: String
    private let folder: [Substring]
    private var targets: [String: Target] = [:]

    /// - Parameter part: whose relationships they are; empty for those of the whole container.
    private init(of part: String, place: String) {
        folder = part.split(separator: "/").dropLast()
        self.place = place
    }

    /// The relationships of `part`; empty when it has none.
    static func read(
        of part: String,
        in archive: WorkbookArchive
    ) throws(RenderFailure) -> PartRelationships {
        let names = part.split(separator: "/")
        let last = names.last ?? ""
        let path = (names.dropLast() + ["_rels", "\(last).rels"]).joined(separator: "/")
        let found = PartRelationships(of: part, place: path)
        try archive.parse(path, into: found)
        return found
    }

    subscript(id: String) -> Target? { targets[id] }

    func first(_ kind: String) -> Target? { targets.values.first { $0.kind == kind } }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure) {
        guard name == "Relationship", attributes["TargetMode"] != "External",
            let id = attributes["Id"], let type = attributes["Type"],
            let target = attributes["Target"]
        else { return }
        guard targets.count < Self.most else {
            throw .input("\(place): more than \(Self.most) relationships")
        }
        let kind = type.split(separator: "/").last.map(String.init) ?? ""
        targets[id] = Target(kind: kind, part: resolved(target))
    }

    func end(_ name: XMLName) throws(RenderFailure) {}

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(RenderFailure) {}

    /// As paths of the web are resolved (RFC 3986, 5.2).
    private func resolved(_ target: String) -> String {
        let isAbsolute = target.hasPrefix("/") || target.hasPrefix("\\")
        var names = isAbsolute ? [] : folder
        for name in target.split(whereSeparator: { $0 == "/" || $0 == "\\" }) where name != "." {
            if name == ".." {
                _ = names.popLast()
            } else {
                names.append(name)
            }
        }
        return names.joined(separator: "/")
    }
}
