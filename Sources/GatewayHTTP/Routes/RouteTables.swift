import Gateway
import Hummingbird
import WireFormat

/// Which routes stand at which address.
struct RouteTables {
    /// The public listener.
    let api: RouteTable
    /// The operator's listener.
    let metrics: RouteTable
    /// The admin socket.
    let admin: RouteTable

    init(
        gateway: DeliveryGateway,
        status: StatusRoutes,
        configuration: GatewayServer.Configuration,
        time: any TimeSource
    ) {
        let deliveries = DeliveryRoutes(gateway: gateway)
        let claims = ClaimRoutes(gateway: gateway)
        let log = LogRoutes(gateway: gateway)
        let memory = AnswerMemory()
        let bundles = BundleRoutes(gateway: gateway, memory: memory)
        let attachments = AttachmentRoutes(gateway: gateway, memory: memory)
        let redemptions = RedemptionRoutes(gateway: gateway)
        let selfTests = SelfTestRoutes(
            gateway: gateway,
            addresses: AddressBudget(),
            clientAddress: ClientAddress(header: configuration.clientAddressHeader),
            time: time
        )

        var api = RouteTable()
        let platforms = CallerRule.apiToken(of: gateway.directory)
        api.on(.post, "/v1/platforms/{platform}/deliveries") { try await deliveries.receive($0) }
        deliveries.add(to: &api, authorising: platforms)
        claims.add(to: &api)
        ProblemReportRoutes(gateway: gateway).add(to: &api)
        let remedies = RemedyRoutes(gateway: gateway)
        remedies.add(to: &api, authorising: platforms)
        remedies.addReceipts(to: &api)
        DepositRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        let incidents = IncidentRoutes(gateway: gateway)
        incidents.add(to: &api)
        let merchants = MerchantRoutes(gateway: gateway)
        merchants.add(to: &api)
        PenaltyRoutes(gateway: gateway).add(to: &api)
        ConsentRoutes(gateway: gateway, time: time).add(to: &api)
        BatchRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        ProvenanceRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        redemptions.add(to: &api, authorising: platforms)
        CallbackRoutes(gateway: gateway, time: time).add(to: &api)
        selfTests.add(to: &api)
        ShopRoutes(
            gateway: gateway,
            clientAddress: ClientAddress(header: configuration.clientAddressHeader)
        ).add(to: &api, authorising: platforms)
        log.add(to: &api)
        bundles.add(to: &api)
        attachments.add(to: &api)
        VerifyPage().add(to: &api)
        ComplaintRoutes(gateway: gateway).add(to: &api)
        status.addHealth(to: &api)
        status.addDocuments(to: &api)
        self.api = api

        var metrics = RouteTable()
        status.addMetrics(to: &metrics)
        status.addHealth(to: &metrics)
        self.metrics = metrics

        var admin = RouteTable()
        deliveries.add(to: &admin, authorising: .operatorOnly)
        claims.addForOperator(to: &admin)
        remedies.add(to: &admin, authorising: .operatorOnly)
        incidents.addForOperator(to: &admin)
        merchants.addForOperator(to: &admin)
        PenaltyRoutes(gateway: gateway).addForOperator(to: &admin)
        redemptions.add(to: &admin, authorising: .operatorOnly)
        log.add(to: &admin)
        // The operator waits for nobody.
        let own = AnswerMemory()
        BundleRoutes(gateway: gateway, memory: own).addOperators(to: &admin)
        AttachmentRoutes(gateway: gateway, memory: own).addOperators(to: &admin)
        status.addHealth(to: &admin)
        status.addMetrics(to: &admin)
        AdminRoutes(gateway: gateway, drain: status.drain).add(to: &admin)
        self.admin = admin
    }
}
