import CardModel

/// Which request of a conversation puts the question itself. What comes before it (a login, a
/// token) hands no code in, and what comes after it (a receipt, a history) only adds to its answer.
struct QuestionStep {
    /// Its place in the conversation where all is well.
    let index: Int
    private let place: RequestPlace
    private let others: Set<RequestPlace>
    /// How often it goes out where all is well: some protocols ask until there is an answer.
    private let count: Int

    fileprivate init(_ index: Int, of requests: [OutboundRequest]) {
        let places = requests.map(RequestPlace.init)
        self.index = index
        place = places[index]
        others = Set(places).subtracting([places[index]])
        count = places.count { $0 == places[index] }
    }

    /// Whether a request puts the question, also when it is put with other fields.
    func isPut(by request: OutboundRequest) -> Bool {
        let asked = RequestPlace(request)
        return asked == place || asked.hasAddress(of: place) && !others.contains(asked)
    }

    func isPut(in outcome: ConformanceOutcome) -> Bool {
        outcome.requests.contains(where: isPut)
    }

    /// A question that went out more often than where all is well: a code is handed in once,
    /// whatever was answered.
    func repetitions(in outcome: ConformanceOutcome) -> [String] {
        outcome.requests.count(where: isPut) > count ? ["the order is sent again"] : []
    }
}

extension ConformanceSubject {
    /// The step of a fixture's conversation that names the code and, of an order, its number;
    /// where none names both, the first that names the code. Nil when nobody is asked.
    func questionStep(of fixture: ConformanceFixture) async -> QuestionStep? {
        let requests = await answers(fixture).requests
        guard !requests.isEmpty else { return nil }
        let code = await changes(in: requests, where: fixture.aboutAnotherCode)
        let number = await changes(in: requests, where: fixture.withAnotherNumber)
        let both = code.first(where: number.contains)
        return QuestionStep(both ?? code.first ?? number.first ?? 0, of: requests)
    }

    /// Places at which another question sends something else, or nothing any more.
    private func changes(
        in requests: [OutboundRequest],
        where other: ConformanceFixture
    ) async -> [Int] {
        let others = await answers(other).requests
        return requests.indices.filter { index in
            index >= others.count || !requests[index].says(what: others[index])
        }
    }
}

/// Which request of a conversation this is, whatever order they come in.
struct RequestPlace: Hashable {
    private let method: String
    private let address: String
    /// Of one address that takes several kinds of requests.
    private let shape: RequestShape

    init(_ request: OutboundRequest) {
        method = request.method
        address = request.url.redacted
        shape = RequestShape(request)
    }

    func hasAddress(of other: RequestPlace) -> Bool {
        method == other.method && address == other.address
    }
}

extension [RequestPlace] {
    /// Where a request stands among these; one of another shape stands where its address does.
    func step(of place: RequestPlace) -> Int? {
        firstIndex(of: place) ?? firstIndex { $0.hasAddress(of: place) }
    }
}

extension ConformanceFixture {
    /// The fixture about another code, at the same time.
    fileprivate var aboutAnotherCode: ConformanceFixture {
        var other = self
        other.question = question.with { inquiry in
            let neighbour = ConformanceCase.neighbour
            inquiry.code = CardCode(
                serial: inquiry.code.serial.map { SerialNumber(neighbour($0.text)) },
                key: CardKey(inquiry.code.key.withUnredacted { neighbour($0) })
            )
            inquiry.issuerReference = inquiry.issuerReference.map { reference in
                SecretValue(reference.withUnredacted { neighbour($0) })
            }
        }
        return other
    }

    /// The fixture's order with another number, at the same time.
    fileprivate var withAnotherNumber: ConformanceFixture {
        guard case .redeem(var order) = question else { return self }
        order.number = order.number == 1 ? 2 : order.number - 1
        var other = self
        other.question = .redeem(order)
        return other
    }
}

extension OutboundRequest {
    fileprivate func says(what other: OutboundRequest) -> Bool {
        method == other.method && body == other.body
            && url.withUnredacted { $0 } == other.url.withUnredacted { $0 }
            && headers.map(\.name) == other.headers.map(\.name)
            && headers.map(\.value) == other.headers.map(\.value)
    }
}
