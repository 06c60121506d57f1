import Gateway
import WireFormat

extension IssuerInquirySummary {
    /// The member `issuer` of the summary.
    var json: JSONValue {
        var object = JSONObject([
            .init(name: "product", value: .string(product)),
            .init(name: "adapter", value: .string(adapter)),
            .init(name: "extent", value: .string(seed == nil ? "all" : "sample")),
            .init(name: "candidates", value: .integer(Int64(candidates))),
            .init(name: "asked", value: .integer(Int64(asked))),
            .init(name: "bad", value: .integer(Int64(bad))),
            .init(name: "undecided", value: .integer(Int64(undecided))),
            .init(name: "finding", value: .string(findingWord)),
        ])
        if case .sample(let plan, let seed) = extent {
            object["seed"] = .integer(Int64(clamping: seed))
            object["sample_size"] = .integer(Int64(plan.size))
            object["confidence"] = .string("\(plan.demand.confidence)")
            object["max_bad_share"] = .string("\(plan.demand.maximumBadShare)")
            if case .atMost(let bad, let isMet) = finding {
                object["bound"] = [
                    "bad_at_most": .integer(Int64(bad)), "is_met": .bool(isMet),
                ]
            }
        }
        object["batches"] = .array(
            batches.map { batch in
                [
                    "file": .integer(Int64(batch.batch.file)),
                    "supplier": batch.batch.supplier.map { .string($0) } ?? .null,
                    "batch": batch.batch.batch.map { .string($0) } ?? .null,
                    "candidates": .integer(Int64(batch.candidates)),
                    "asked": .integer(Int64(batch.asked)),
                    "bad": .integer(Int64(batch.bad)),
                    "undecided": .integer(Int64(batch.undecided)),
                ]
            }
        )
        object["interruption"] = interruption.map { .string($0) } ?? .null
        return .object(object)
    }

    private var findingWord: String {
        switch finding {
        case .everyCode: "every_code"
        case .atMost: "at_most"
        case .clearFailure: "clear_failure"
        case .unfinished: "unfinished"
        }
    }
}
