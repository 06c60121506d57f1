/// CRC-32 as zip uses it: the reflected polynomial 0xEDB88320 (APPNOTE 4.4.7).
///
/// Finds accidents, not forgery; it is here because the container's format demands it.
enum CyclicRedundancy {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(~UInt32(0)) { value, byte in
                table[Int(truncatingIfNeeded: value ^ UInt32(byte)) & 0xFF] ^ value >> 8
            }
        }
    }
}
