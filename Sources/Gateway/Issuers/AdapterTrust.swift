import Synchronization

/// Which adapters' words count now. Written by their canaries, read with every answer.
final class AdapterTrust: Sendable {
    private let distrusted: Mutex<Set<String>>

    init(distrusted: some Collection<String> = []) {
        self.distrusted = Mutex(Set(distrusted))
    }

    func isTrusted(_ adapter: String) -> Bool {
        distrusted.withLock { !$0.contains(adapter) }
    }

    func set(_ adapter: String, isTrusted: Bool) {
        distrusted.withLock { distrusted in
            if isTrusted { distrusted.remove(adapter) } else { distrusted.insert(adapter) }
        }
    }
}
