/// Kind `process`: which program is run, and what it may use up.
extension ManifestParser {
    /// Nil for every other kind, which has neither key.
    func program(
        _ top: [String: ManifestNode],
        _ root: ManifestNode,
        _ kind: AdapterKind
    ) -> ProgramCommand? {
        guard kind == .process else {
            for key in ["command", "process"] {
                top[key]?.fail("only a manifest of kind `process` has this")
            }
            return nil
        }
        guard let node = required("command", in: top, of: root), let words = node.texts()
        else { return nil }
        guard let first = words.first, !first.isEmpty, words.count <= ProgramCommand.mostWords,
            !words.contains(where: { $0.utf8.contains(0) })
        else {
            node.fail("is a list of 1 to \(ProgramCommand.mostWords) words, a program first")
            return nil
        }
        return ProgramCommand(
            words: words,
            limits: top["process"].map(programLimits) ?? .default
        )
    }

    private func programLimits(_ node: ManifestNode) -> ProgramLimits {
        var limits = ProgramLimits.default
        guard let members = node.members(of: .program) else { return limits }
        limits.memoryMebibytes =
            members["memory_mib"]?.integer(in: ProgramLimits.memoryRange)
            ?? limits.memoryMebibytes
        limits.processorSeconds =
            members["cpu_seconds"]?.integer(in: ProgramLimits.processorRange)
            ?? limits.processorSeconds
        limits.openFiles =
            members["open_files"]?.integer(in: ProgramLimits.openFilesRange) ?? limits.openFiles
        limits.processes =
            members["processes"]?.integer(in: ProgramLimits.processesRange) ?? limits.processes
        return limits
    }
}
