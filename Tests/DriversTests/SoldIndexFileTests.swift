import Foundation
import Gateway
import Testing

@testable import Drivers

/// An index on disk is the old one or the new one, never something between.
@Suite("Sold index files") struct SoldIndexFileTests {
    private static func withFolder<R>(_ body: (String) throws -> R) throws -> R {
        let path = NSTemporaryDirectory() + "sold-index-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }

    private static func append(_ bytes: [UInt8], to target: SoldIndexReplacement) throws {
        try bytes.withUnsafeBytes { try target.append($0) }
    }

    @Test("a new index appears whole, for its owner alone, and leaves nothing beside it")
    func publishes() throws {
        try Self.withFolder { folder in
            let path = folder + "/a.idx"
            // More than the buffer holds.
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let target = try SoldIndexReplacement(path: path)
            try Self.append([0, 0, 0, 0], to: target)
            for start in stride(from: 0, to: body.count, by: 70_001) {
                try Self.append(Array(body[start...].prefix(70_001)), to: target)
            }
            #expect(Self.bytes(path) == nil)
            try target.publish(header: [1, 2, 3, 4])
            #expect(Self.bytes(path) == [1, 2, 3, 4] + body)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.idx"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test("an update that is given up leaves the old index, and nothing else")
    func givenUp() throws {
        try Self.withFolder { folder in
            let path = folder + "/a.idx"
            try Data([9, 9]).write(to: URL(fileURLWithPath: path))
            do {
                let target = try SoldIndexReplacement(path: path)
                try Self.append([UInt8](repeating: 1, count: 2 << 20), to: target)
            }
            #expect(Self.bytes(path) == [9, 9])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.idx"])
        }
    }

    @Test("what a process that died left behind is taken over")
    func leftover() throws {
        try Self.withFolder { folder in
            let path = folder + "/a.idx"
            let half = URL(fileURLWithPath: path + ".new")
            try Data([UInt8](repeating: 7, count: 5_000)).write(to: half)
            let target = try SoldIndexReplacement(path: path)
            try Self.append([0, 5], to: target)
            try target.publish(header: [4])
            #expect(Self.bytes(path) == [4, 5])
        }
    }

    @Test("two updates at a time are refused, one after the other are not")
    func lock() throws {
        try Self.withFolder { folder in
            let path = folder + "/a.idx"
            do {
                let first = try SoldIndexReplacement(path: path)
                let error = #expect(throws: StockFileError.self) {
                    _ = try SoldIndexReplacement(path: path)
                }
                #expect(error?.description.contains("by another process") == true)
                try first.publish(header: [1])
            }
            let second = try SoldIndexReplacement(path: path)
            try second.publish(header: [2])
            #expect(Self.bytes(path) == [2])
        }
    }

    @Test("who reads an index goes on with it while it is replaced, or cut")
    func reading() throws {
        try Self.withFolder { folder in
            let path = folder + "/a.idx"
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
            let file = try SoldIndexFile(path: path)
            #expect(file.byteCount == 3)
            let target = try SoldIndexReplacement(path: path)
            try target.publish(header: [7])
            var buffer: [UInt8] = [0, 0, 0, 0]
            let read = try buffer.withUnsafeMutableBytes { try file.read(at: 1, into: $0) }
            #expect(read == 2)
            #expect(buffer == [2, 3, 0, 0])
            let current = try SoldIndexFile(path: path)
            #expect(truncate(path, 0) == 0)
            #expect(try buffer.withUnsafeMutableBytes { try current.read(at: 0, into: $0) } == 0)
        }
    }

    @Test("what is no file is refused, with its name")
    func noFile() throws {
        try Self.withFolder { folder in
            for path in [folder, folder + "/missing"] {
                let error = #expect(throws: StockFileError.self) {
                    _ = try SoldIndexFile(path: path)
                }
                #expect(error?.path == path)
            }
            #expect(throws: StockFileError.self) {
                _ = try SoldIndexReplacement(path: folder + "/missing/a.idx")
            }
        }
    }
}
