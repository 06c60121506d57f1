import Foundation
public import Gateway
import Glibc
public import StatementKit
import WireFormat

/// Draws with the program `cardproof-render`, started anew for each drawing.
///
/// A process of its own, because it reads fonts and draws texts of others with large C libraries:
/// it has none of the gateway's memory, keys and environment, and what it may use up is bounded.
public final class ProgramRenderer: DocumentRenderer {
    /// What the program is called beside the gateway's own.
    public static let programName = "cardproof-render"
    /// From the start of the program; a page takes a fifth of a second, the largest table three.
    public static let patience: Duration = .seconds(30)
    /// A page has 0.2 MB, a document of 400 pages some four.
    public static let mostOutputBytes = 32 << 20
    /// Drawings at a time; the others wait their turn.
    public static let mostAtOnce = 2

    /// Where the program is.
    public let path: String
    private let patience: Duration
    private let mostOutputBytes: Int
    private let turns = Turns(ProgramRenderer.mostAtOnce)

    public init(
        path: String,
        patience: Duration = ProgramRenderer.patience,
        mostOutputBytes: Int = ProgramRenderer.mostOutputBytes
    ) {
        self.path = path
        self.patience = patience
        self.mostOutputBytes = mostOutputBytes
    }

    /// The renderer of this machine; nil when it is not installed, which is no error.
    ///
    /// - Parameter configured: where the configuration says it is; taken as it stands, so that a
    ///   wrong path fails with its name. Otherwise the program has to lie beside the running one.
    public static func installed(configured: String?) -> ProgramRenderer? {
        if let configured { return ProgramRenderer(path: configured) }
        guard
            let running = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe"
            )
        else { return nil }
        let beside = URL(filePath: running).deletingLastPathComponent()
            .appending(path: programName).path
        return access(beside, X_OK) == 0 ? ProgramRenderer(path: beside) : nil
    }

    /// What the program says about its end on standard error, without its name.
    static func explanation(in errors: [UInt8]) -> String? {
        let start = "\(programName): "
        return String(decoding: errors, as: UTF8.self).split(separator: "\n")
            .last { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    public func pdf(
        of documents: [StatementDocument]
    ) async throws(RenderingError) -> [UInt8] {
        try await draw(.pdf(documents))
    }

    public func qrSVG(of text: String) async throws(RenderingError) -> [UInt8] {
        try await draw(.qrSVG(text))
    }

    private func draw(_ order: RenderingOrder) async throws(RenderingError) -> [UInt8] {
        let input = order.jsonValue.serialized()
        guard input.count <= RenderingOrder.mostInputBytes else {
            throw RenderingError(
                .refused,
                "the document has \(input.count) bytes, at most "
                    + "\(RenderingOrder.mostInputBytes) are drawn"
            )
        }
        await turns.take()
        defer { turns.giveBack() }
        let run = RendererRun(
            path: path,
            kind: order.kind,
            input: input,
            patience: patience,
            mostOutputBytes: mostOutputBytes
        )
        let drawn: Result<[UInt8], RenderingError> = await withCheckedContinuation { caller in
            // The kernel kills the program when the thread that started it ends.
            let thread = Thread { caller.resume(returning: run.result()) }
            thread.name = "cardproof-render"
            thread.start()
        }
        return try drawn.get()
    }
}
