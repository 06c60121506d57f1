import Foundation

/// The repository as files on disk, found from where this file was compiled.
enum SourceTree {
    /// The folder that holds Package.swift.
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Folders that are made by tools and never committed.
    private static let made: Set<String> = [".build", ".git", ".work", "__pycache__", ".venv"]

    /// Every file below the folder, sorted by path, without what tools make.
    static func files(in folder: String = "") -> [URL] {
        var found: [URL] = []
        var open = [root.appendingPathComponent(folder)]
        while let next = open.popLast() {
            for name in contents(of: next) {
                let url = next.appendingPathComponent(name)
                if isFolder(url) { open.append(url) } else { found.append(url) }
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    private static func contents(of folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !made.contains($0) }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        return exists && isFolder.boolValue
    }

    /// The Swift files of the named folders, read.
    static func swiftFiles(in folders: [String] = ["Sources", "Adapters"]) -> [SwiftFile] {
        folders.flatMap { files(in: $0) }.filter { $0.pathExtension == "swift" }
            .compactMap { url in
                (try? String(contentsOf: url, encoding: .utf8)).map {
                    SwiftFile(path: relative(url), text: $0)
                }
            }
    }

    /// The path from the repository's root.
    static func relative(_ url: URL) -> String {
        String(url.standardizedFileURL.path.dropFirst(root.standardizedFileURL.path.count + 1))
    }

    /// The text of a file, or nil when it is missing or not UTF-8.
    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The names of the folders directly below a folder.
    static func folders(in folder: String) -> [String] {
        let start = root.appendingPathComponent(folder)
        return contents(of: start).filter { isFolder(start.appendingPathComponent($0)) }.sorted()
    }
}

/// One Swift file: its text, and its code with comments and strings blanked out.
struct SwiftFile {
    let path: String
    let lines: [String]
    /// As `lines`, line by line, with the contents of comments and string literals as spaces.
    let codeLines: [String]

    init(path: String, text: String) {
        self.path = path
        self.lines = text.components(separatedBy: "\n")
        self.codeLines = SwiftText.blanked(text).components(separatedBy: "\n")
    }

    /// The module: the folder below Sources, or `Adapters`.
    var module: String {
        let parts = path.split(separator: "/").map(String.init)
        return parts[0] == "Sources" || parts[0] == "Tests" ? parts[1] : parts[0]
    }

    /// Whether a comment stands on the line (counted from 0) or right above it.
    func hasReason(at line: Int) -> Bool {
        if lines[line].contains("//") { return true }
        guard line > 0 else { return false }
        return lines[line - 1].trimmingCharacters(in: .whitespaces).hasPrefix("//")
    }
}
