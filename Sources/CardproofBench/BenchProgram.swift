import Drivers
import EvidenceLog
import Foundation
import Gateway
import WireFormat

/// `cardproof-bench append|check`: leaves through the store's own commits, without HTTP before it.
///
/// Of `make bench` alone, and never installed: `Benchmarks/a3/log.py` makes the store and its
/// platform with `cardproof`, has this program append to the platform's log, ends it by SIGKILL,
/// and has it look for every leaf whose commit it had reported. It takes no lock on the folder.
@main
struct BenchProgram {
    private static let usage = """
        usage: cardproof-bench append|check STORE MASTER_KEY PLATFORM LEAF_BYTES ENTRIES [BATCH]
          append  appends ENTRIES leaves of at least LEAF_BYTES to the log of PLATFORM, BATCH a
                  commit; prints the log's size after each commit, at last a line of JSON
          check   reads the log back: at least ENTRIES, each the leaf that was appended, all of
                  them under the signed checkpoint; prints a line of JSON
        exit: 0 done, 1 the store failed or does not hold what it should, 64 usage

        """

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let numbers = arguments.dropFirst(4).compactMap { Int($0) }.filter { $0 > 0 }
        guard arguments.count >= 6, numbers.count == arguments.count - 4,
            numbers.count == (arguments[0] == "append" ? 3 : 2)
        else {
            FileHandle.standardError.write(Data(usage.utf8))
            exit(64)
        }
        do {
            let bench = try await LogBench(
                path: arguments[1],
                masterKey: MasterKeyFile(path: arguments[2]),
                platform: arguments[3],
                leafBytes: numbers[0]
            )
            switch arguments[0] {
            case "append": try await bench.append(numbers[1], batch: numbers[2])
            case "check": try await bench.check(atLeast: UInt64(numbers[1]))
            default: exit(64)
            }
            try bench.close()
        } catch {
            FileHandle.standardError.write(Data("cardproof-bench: \(error)\n".utf8))
            exit(1)
        }
    }

    /// One line on standard output, at once.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// Why a log is not what it should be.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
}
