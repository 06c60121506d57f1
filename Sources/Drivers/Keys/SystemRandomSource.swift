public import Gateway
import Glibc

/// Random octets from the kernel.
public struct SystemRandomSource: RandomSource {
    /// getentropy(3) gives no more at a time.
    private static let callBytesLimit = 256

    public init() {}

    /// `count` octets, none for a count below 1. One system call for up to 256 octets: a call an
    /// octet costs more than all else a small record needs.
    public func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let start = buffer.baseAddress {
                let part = min(count - filled, Self.callBytesLimit)
                // Only a kernel without getrandom(2) fails here; keys from anything less than its
                // randomness would be worse than stopping.
                precondition(
                    getentropy(start + filled, part) == 0,
                    "the kernel gives no random octets"
                )
                filled += part
            }
        }
    }
}
