import CardModel
import Drivers
import Gateway
import StatementKit
import WireFormat

extension Examination {
    /// Whether statements can be drawn for paper: a trial page is.
    func renderer() async -> Finding {
        guard let renderer = configuration.renderer else {
            return Finding(
                check: "renderer",
                state: .warning,
                detail: language(
                    "没有 \(ProgramRenderer.programName)：证据包中没有 PDF",
                    "there is no \(ProgramRenderer.programName): bundles have no PDF"
                )
            )
        }
        do {
            let trial = try StatementDocument(
                title: language("试打印", "Trial"),
                languageTag: language.rawValue,
                createdAt: SystemTimeSource().now(),
                footer: "",
                blocks: []
            )
            _ = try await renderer.pdf(of: trial)
            return Finding(check: "renderer", state: .good, detail: renderer.path)
        } catch {
            return Finding(
                check: "renderer",
                state: .warning,
                detail: language(
                    "\(renderer.path)：\(error)；证据包中没有 PDF",
                    "\(renderer.path): \(error); bundles have no PDF"
                )
            )
        }
    }
}
