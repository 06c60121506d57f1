import NIOPosix
import Synchronization

/// The threads that read and write sockets: one group for each number of them, as long as the
/// process lives.
///
/// Hummingbird goes on closing connections after its services have returned, so there is no
/// moment at which a group could be ended safely; a process that ends does it anyway.
enum EventLoopThreads {
    private static let groups = Mutex<[Int: MultiThreadedEventLoopGroup]>([:])

    static func group(of count: Int) -> MultiThreadedEventLoopGroup {
        groups.withLock { groups in
            if let group = groups[count] { return group }
            let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
            groups[count] = group
            return group
        }
    }
}
