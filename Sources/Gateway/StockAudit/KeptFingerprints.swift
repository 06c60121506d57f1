/// What the workers kept, to be read partition by partition from several tasks at a time.
///
/// `@unchecked Sendable`: every worker settles its entries before it gives them out here, and adds
/// none to a kind that is being read; files of scratch may be read by several.
struct KeptFingerprints: @unchecked Sendable {
    private var codes: [FingerprintPartitions<CodeEntry>] = []
    private var serials: [FingerprintPartitions<SerialEntry>] = []
    private var sold: [FingerprintPartitions<SoldEntry>] = []

    init() {}

    init(
        codes: FingerprintPartitions<CodeEntry>,
        serials: FingerprintPartitions<SerialEntry>,
        sold: FingerprintPartitions<SoldEntry>
    ) {
        codes.settle()
        serials.settle()
        sold.settle()
        self.codes = [codes]
        self.serials = [serials]
        self.sold = [sold]
    }

    /// Adds what another worker kept.
    mutating func add(_ other: KeptFingerprints) {
        codes += other.codes
        serials += other.serials
        sold += other.sold
    }

    func codes(of partition: Int) -> EntryRuns<CodeEntry> { EntryRuns(codes, partition) }
    func serials(of partition: Int) -> EntryRuns<SerialEntry> { EntryRuns(serials, partition) }
    func sold(of partition: Int) -> EntryRuns<SoldEntry> { EntryRuns(sold, partition) }
}

/// All entries of one kind in one partition, run by run: they are never copied together, because
/// one code that is there a million times makes its partition as large as all others.
struct EntryRuns<Entry: FingerprintEntry> {
    private let parts: [FingerprintPartitions<Entry>]
    private let partition: Int
    /// Words of entries that no worker kept.
    var others: [UInt32] = []

    init(_ parts: [FingerprintPartitions<Entry>], _ partition: Int) {
        self.parts = parts
        self.partition = partition
    }

    var count: Int {
        parts.reduce(others.count) { $0 + $1.wordCount(of: partition) } / Entry.words
    }

    /// Calls `body` with each run of whole entries; in the same order every time.
    func forEach(_ body: (UnsafeBufferPointer<UInt32>) throws -> Void) throws {
        for part in parts { try part.forEachRun(of: partition, body) }
        if !others.isEmpty { try others.withUnsafeBufferPointer(body) }
    }
}
