/// The programs of `adapter new`.
extension AdapterScaffold {
    var program: String {
        #"""
        """How \#(id) is asked: JSON lines on standard input and output (docs/adapters.md)."""
        import json
        import sys

        STATES = {"00": "ok_unused", "07": "used", "12": "expired", "40": "not_found",
                  "51": "revoked"}


        def say(message):
            print(json.dumps(message), flush=True)


        def hear():
            line = sys.stdin.readline()
            return json.loads(line) if line else sys.exit(0)


        def inquire(number, asked, settings, secrets):
            # The gateway sends this request for us, and writes down what was said.
            say({"id": number, "http": {
                "method": "POST", "url": settings["endpoint"] + "/check",
                "headers": {"X-Api-Key": secrets["api_key"]},
                "json": {"serial": asked.get("serial"), "pin": asked["key"]},
                "retry_safe": True,
            }})
            http = hear()["http"]
            answer = http.get("json")
            if http.get("status") not in (200, 404) or not isinstance(answer, dict):
                return {"state": "indeterminate", "cause": "malformed_answer"}
            words = {"issuer_code": answer.get("code"), "issuer_text": answer.get("message")}
            state = STATES.get(answer.get("code"))
            if state is None:
                return {"state": "indeterminate", "cause": "unmapped", **words}
            return {"state": state, "issuer_at": answer.get("used_at"), **words}


        def main():
            hello = hear()
            say({"cardproof": 1, "adapter": "\#(id)", "version": 1})
            while True:
                message = hear()
                if "inquire" not in message:
                    continue
                try:
                    result = inquire(message["id"], message["inquire"], hello["settings"],
                                     hello["secrets"])
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    print("cannot read the answer:", type(error).__name__, file=sys.stderr)
                    result = {"state": "indeterminate", "cause": "malformed_answer"}
                say({"id": message["id"], "result": result})


        main()
        """#
    }

    var swift: String {
        #"""
        import AdapterKit
        import CardModel
        import WireFormat

        /// Asks \#(id): JSON over POST, a header with our key, five result codes.
        struct \#(typeName): IssuerAdapter {
            let descriptor: AdapterDescriptor
            private let setup: AdapterSetup

            init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
                self.descriptor = descriptor
                self.setup = setup
            }

            func inquire(
                _ inquiry: Inquiry,
                using transport: any HTTPTransport
            ) async throws(AdapterError) -> InquiryResult {
                var conversation = IssuerConversation(
                    inquiry: inquiry,
                    scrubber: setup.scrubber(for: inquiry),
                    transport: transport
                )
                let response = try await conversation.exchange(
                    try request(inquiry),
                    label: "inquire",
                    retrySafe: true
                )
                var result = result(of: response, inquiry, conversation)
                result.transcripts = conversation.transcripts
                return result
            }

            private func request(_ inquiry: Inquiry) throws(AdapterError) -> OutboundRequest {
                guard let endpoint = setup.settings["endpoint"], let key = setup.secrets["api_key"]
                else {
                    throw AdapterError(
                        code: .settings,
                        message: "endpoint and api_key are needed",
                        cause: .ourAccount
                    )
                }
                let code = inquiry.askedCode
                let body: JSONValue = [
                    "serial": code.serial.map { .string($0.text) } ?? .null,
                    "pin": .string(code.key.withUnredacted { $0 }),
                ]
                return OutboundRequest(
                    method: "POST",
                    url: SecretURL(endpoint + "/check"),
                    headers: [
                        OutboundHeader(name: "Content-Type", value: "application/json"),
                        OutboundHeader(
                            name: "X-Api-Key",
                            value: key.withUnredacted { $0 },
                            isSecret: true
                        ),
                    ],
                    body: body.serialized(),
                    timeout: descriptor.limits.timeout,
                    responseBytesLimit: descriptor.limits.responseBytes
                )
            }

            /// Status and media type first, then the body, then the table.
            private func result(
                of response: OutboundResponse,
                _ inquiry: Inquiry,
                _ conversation: IssuerConversation
            ) -> InquiryResult {
                let screening = AnswerScreening(mediaTypes: ["application/json", "+json"])
                if let objection = screening.objection(
                    toStatusOf: response,
                    askedAt: inquiry.askedAt
                ) ?? screening.objection(toMediaTypeOf: response) {
                    return conversation.undecided(objection)
                }
                let isAnswer = response.status == 200 || response.status == 404
                guard isAnswer, let json = try? JSONValue.parse(response.body),
                    let code = json["code"]?.stringValue
                else {
                    return conversation.undecided(
                        AnswerScreening.unreadable(response, "no result code")
                    )
                }
                let words = conversation.statement(
                    code: code,
                    text: json["message"]?.stringValue,
                    at: json["used_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
                )
                guard let state = Self.states[code] else {
                    return .indeterminate(.unmapped, issuer: words)
                }
                return InquiryResult(state: state, issuer: words)
            }

            private static let states: [String: VerdictState] = [
                "00": .okUnused, "07": .used, "12": .expired, "40": .notFound, "51": .revoked,
            ]
        }
        """#
    }
}
