import CardModel

/// What answers mean, for `adapter describe`.
extension ResponseMapping {
    /// Every coded answer of the rules, then what else is held against a code that they call good:
    /// a table without it would call codes good which the adapter does not.
    var meanings: [AnswerMeaning] {
        let ruled = rules.flatMap(\.meanings)
        let compared = ruled.contains { $0.state == .okUnused } ? valueMeanings + dateMeanings : []
        return ruled + compared + echoMeanings + provenanceMeanings
    }

    private var valueMeanings: [AnswerMeaning] {
        guard let value else { return [] }
        let zero = value.zeroMeans.map { state in
            AnswerMeaning(
                zh: "按上表可用，但余额为 0",
                en: "good by the rows above, with a value of 0",
                state: state
            )
        }
        let lower = AnswerMeaning(
            zh: "按上表可用，但余额低于出售的面值",
            en: "good by the rows above, with less value than it was sold for",
            state: value.lowerMeans
        )
        return [zero, lower].compactMap(\.self)
    }

    private var dateMeanings: [AnswerMeaning] {
        guard expiry?.pastMeansExpired == true else { return [] }
        return [
            AnswerMeaning(
                zh: "按上表可用，但有效期已过",
                en: "good by the rows above, with a date that has passed",
                state: .expired
            )
        ]
    }

    private var echoMeanings: [AnswerMeaning] {
        let serial = AnswerMeaning(
            zh: "说的是另一个卡号",
            en: "about another serial number than the delivered one",
            state: .conflict
        )
        let key = AnswerMeaning(
            zh: "说的是另一张卡密",
            en: "about another key than the delivered one",
            state: .indeterminate,
            cause: .malformedAnswer
        )
        let nonce = AnswerMeaning(
            zh: "没有带回本次查询的随机数",
            en: "without the random number of the question",
            state: .indeterminate,
            cause: .badSignature
        )
        return [
            echoedSerial.map { _ in serial }, echoedKey.map { _ in key },
            echoedNonce.map { _ in nonce },
        ].compactMap(\.self)
    }

    private var provenanceMeanings: [AnswerMeaning] {
        guard let provenance else { return [] }
        let other =
            provenance.list == nil
            ? LocalisedText(
                zhCN: "发放的是另一张卡密",
                en: "another code was issued than the delivered one"
            )
            : LocalisedText(
                zhCN: "发放的卡密中没有交付的这一张",
                en: "the delivered code is none of those that were issued"
            )
        return [
            AnswerMeaning(zh: other.zhCN, en: other.en, state: .conflict),
            AnswerMeaning(
                zh: "没有说明发放了哪张卡密",
                en: "without saying which code was issued",
                state: .indeterminate,
                cause: .malformedAnswer
            ),
        ]
    }
}

extension AnswerRule {
    fileprivate var meanings: [AnswerMeaning] {
        switch outcome {
        case .decided(let meaning):
            [
                AnswerMeaning(
                    answer: words.en,
                    words: words,
                    state: meaning.state,
                    cause: meaning.cause
                )
            ]
        case .table(let table):
            table.rows.map {
                AnswerMeaning(
                    answer: $0.code,
                    words: $0.words,
                    state: $0.meaning.state,
                    cause: $0.meaning.cause
                )
            }
        }
    }
}

extension AnswerMeaning {
    /// A row that no word of the issuer's names.
    fileprivate init(
        zh: String,
        en: String,
        state: VerdictState,
        cause: IndeterminateCause? = nil
    ) {
        self.init(
            answer: en,
            words: LocalisedText(zhCN: zh, en: en),
            state: state,
            cause: cause
        )
    }
}
