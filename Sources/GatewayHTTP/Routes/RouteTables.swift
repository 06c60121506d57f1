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
        api = Self.api(gateway, status, configuration, time)

        var metrics = RouteTable()
        status.addMetrics(to: &metrics)
        status.addHealth(to: &metrics)
        self.metrics = metrics

        admin = Self.admin(gateway, status)
    }

    private static func api(
        _ gateway: DeliveryGateway,
        _ status: StatusRoutes,
        _ configuration: GatewayServer.Configuration,
        _ time: any TimeSource
    ) -> RouteTable {
        let platforms = CallerRule.apiToken(of: gateway.directory)
        let clients = ClientAddress(header: configuration.clientAddressHeader)
        let memory = AnswerMemory()
        var api = RouteTable()
        let deliveries = DeliveryRoutes(gateway: gateway)
        api.on(.post, "/v1/platforms/{platform}/deliveries") { try await deliveries.receive($0) }
        deliveries.add(to: &api, authorising: platforms)
        let claimBudget = ClaimBudget()
        ClaimRoutes(gateway: gateway, budget: claimBudget).add(to: &api)
        ProblemReportRoutes(gateway: gateway, budget: claimBudget).add(to: &api)
        let remedies = RemedyRoutes(gateway: gateway)
        remedies.add(to: &api, authorising: platforms)
        remedies.addReceipts(to: &api)
        DepositRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        IncidentRoutes(gateway: gateway).add(to: &api)
        MerchantRoutes(gateway: gateway).add(to: &api)
        PenaltyRoutes(gateway: gateway).add(to: &api)
        ConsentRoutes(gateway: gateway, time: time).add(to: &api)
        BatchRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        ProvenanceRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        RedemptionRoutes(gateway: gateway).add(to: &api, authorising: platforms)
        CallbackRoutes(gateway: gateway, time: time).add(to: &api)
        SelfTestRoutes(
            gateway: gateway, addresses: AddressBudget(), clientAddress: clients, time: time
        ).add(to: &api)
        ShopRoutes(gateway: gateway, clientAddress: clients)
            .add(to: &api, authorising: platforms)
        LogRoutes(gateway: gateway).add(to: &api)
        BundleRoutes(gateway: gateway, memory: memory).add(to: &api)
        AttachmentRoutes(gateway: gateway, memory: memory).add(to: &api)
        VerifyPage().add(to: &api)
        ComplaintRoutes(gateway: gateway).add(to: &api)
        status.addHealth(to: &api)
        status.addDocuments(to: &api)
        return api
    }

    private static func admin(_ gateway: DeliveryGateway, _ status: StatusRoutes) -> RouteTable {
        // The operator waits for nobody.
        let memory = AnswerMemory()
        var admin = RouteTable()
        DeliveryRoutes(gateway: gateway).add(to: &admin, authorising: .operatorOnly)
        ClaimRoutes(gateway: gateway).addForOperator(to: &admin)
        RemedyRoutes(gateway: gateway).add(to: &admin, authorising: .operatorOnly)
        IncidentRoutes(gateway: gateway).addForOperator(to: &admin)
        MerchantRoutes(gateway: gateway).addForOperator(to: &admin)
        PenaltyRoutes(gateway: gateway).addForOperator(to: &admin)
        RedemptionRoutes(gateway: gateway).add(to: &admin, authorising: .operatorOnly)
        LogRoutes(gateway: gateway).add(to: &admin)
        BundleRoutes(gateway: gateway, memory: memory).addOperators(to: &admin)
        AttachmentRoutes(gateway: gateway, memory: memory).addOperators(to: &admin)
        status.addHealth(to: &admin)
        status.addMetrics(to: &admin)
        AdminRoutes(gateway: gateway, drain: status.drain).add(to: &admin)
        return admin
    }
}
