import CProcess

/// What a process sets up once, before anything else, when it is going to serve for long.
public enum ServingProcess {
    /// Bytes that an arena of the allocator grows by, and that it keeps when they are free: asking
    /// the system for a few pages at a time, and returning them at once, was a hundredth of a
    /// delivery's CPU.
    private static let arenaGrowthBytes: Int32 = 1 << 20
    private static let keptBytes: Int32 = 64 << 20

    /// Call it before the first use of SQLite; afterwards it changes nothing there.
    public static func prepare() {
        // What a thread frees stays in its own cache. glibc's older lists, swept whenever
        // something large is freed, are left out.
        mallopt(M_MXFAST, 0)
        mallopt(M_TOP_PAD, arenaGrowthBytes)
        mallopt(M_TRIM_THRESHOLD, keptBytes)
        _ = cardproof_sqlite_without_memory_statistics()
    }
}
