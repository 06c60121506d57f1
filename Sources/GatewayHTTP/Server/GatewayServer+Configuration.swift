extension GatewayServer {
    /// What the operator decides about the HTTP side.
    public struct Configuration: Sendable {
        /// A TCP address; port 0 lets the system choose.
        public struct Address: Sendable, Hashable {
            public var host: String
            public var port: Int

            public init(host: String, port: Int) {
                self.host = host
                self.port = port
            }
        }

        /// Where platforms and buyers come in.
        public var api: Address
        /// Where `/metrics` listens; nil for nowhere.
        public var metrics: Address?
        /// The admin socket's file; nil for none. At most 103 bytes.
        public var adminSocketPath: String?
        /// Threads that read and write sockets. One a core, as measured (docs/performance.md).
        public var eventLoopThreads: Int
        /// Connections of a listener that are open at one time; further ones wait.
        public var connectionLimit: Int
        public var accessLog: AccessLog
        /// The header in which a reverse proxy of the operator's names the client; its last
        /// element is taken. Nil where clients connect themselves.
        public var clientAddressHeader: String?
        var connections = ConnectionLimits()

        /// Connections of one listener. Each costs some 40 KiB and a descriptor: 2,000 slow ones
        /// leave room for the honest.
        public static let defaultConnectionLimit = 8_192
        /// Operators are few.
        static let adminConnectionLimit = 64

        public init(
            api: Address,
            metrics: Address? = nil,
            adminSocketPath: String? = nil,
            eventLoopThreads: Int = 2,
            connectionLimit: Int = Configuration.defaultConnectionLimit,
            accessLog: AccessLog = .all,
            clientAddressHeader: String? = nil
        ) {
            self.api = api
            self.metrics = metrics
            self.adminSocketPath = adminSocketPath
            self.eventLoopThreads = max(1, eventLoopThreads)
            self.connectionLimit = max(1, connectionLimit)
            self.accessLog = accessLog
            self.clientAddressHeader = clientAddressHeader
        }
    }

    /// Which requests the access log has a line for. Answers of 5xx are errors in any case.
    public enum AccessLog: String, Sendable, CaseIterable {
        case all
        /// Answers of 400 and above.
        case problems
    }
}
