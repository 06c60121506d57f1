#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a stock file could not be opened or read to its end.
public struct StockFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path as given; `-` is standard input.
    public let path: String
    public let message: String

    public var description: String { "\(path): \(message)" }

    init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// With the system's word for the error number of the last call.
    init(path: String, doing action: String) {
        self.init(path: path, message: "\(action): \(String(cString: strerror(errno)))")
    }
}
