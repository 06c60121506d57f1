public import WireFormat

extension XMLRPCResponse {
    /// Reads an answer that passed the screening. Only HTTP 200 carries XML-RPC, faults included;
    /// 401 and 403 are about our account.
    ///
    /// - Throws: `AnswerScreening.Objection` when it decides nothing.
    public init(
        _ response: OutboundResponse,
        askedAt: Instant
    ) throws(AnswerScreening.Objection) {
        let screening = AnswerScreening(mediaTypes: ["text/xml", "application/xml", "+xml"])
        if let objection = screening.objection(
            toAnyBut200: response,
            by: "XML-RPC",
            askedAt: askedAt
        ) {
            throw objection
        }
        do throws(XMLRPCError) {
            self = try XMLRPCReader.response(response.body)
        } catch {
            throw AnswerScreening.unreadable(response, "the body is not valid XML-RPC")
        }
    }
}
