import CardModel

/// What the attacks of the conformance suite send, and why each matters.
enum ConformanceReasons {
    struct Attack {
        let name: String
        let sent: String
        let reason: LocalisedText

        init(_ name: String, _ sent: String, zhCN: String, en: String) {
            self.name = name
            self.sent = sent
            reason = LocalisedText(zhCN: zhCN, en: en)
        }
    }

    static let recorded = LocalisedText(
        zhCN: "录制的应答必须得出写下的结论，且不留下任何密钥。",
        en: "A recorded answer has to mean what is written beside it, and leave no secret behind."
    )

    static let other = LocalisedText(
        zhCN: "适配器必须遵守 docs/adapters.md 中的规则。",
        en: "An adapter keeps the rules of docs/adapters.md."
    )

    private static let broken = (
        zhCN: "坏掉的应答不能说明卡密的好坏，更不能用来指责商家。",
        en: "A broken answer says nothing about a code, and is never evidence against a seller."
    )

    static let all: [Attack] = [
        Attack(
            "self-description",
            "the descriptor",
            zhCN: "查询绝不能消耗卡密；要询问发行方的适配器必须能被攻击测试。",
            en: "An inquiry never spends a code, and whoever asks an issuer can be attacked."
        ),
        Attack(
            "server-error",
            "500, 502, 503, 504",
            zhCN: "发行方故障不是卡密的错。",
            en: "An issuer that is down says nothing about a code."
        ),
        Attack(
            "redirect",
            "301 to 308 to 127.0.0.1",
            zhCN: "重定向一律不跟随，否则卡密会被带到别处。",
            en: "A redirect is not followed: it would carry the code elsewhere."
        ),
        Attack(
            "refused-credentials",
            "401, 403",
            zhCN: "我方账户被拒，不是卡密的错。",
            en: "Our own account was refused: that is our fault, not the code's."
        ),
        Attack(
            "rate-limited-with-wait",
            "429, Retry-After: 30",
            zhCN: "发行方要求等待多久，就等多久。",
            en: "An issuer that asks us to wait is waited for, as long as it asks."
        ),
        Attack(
            "rate-limited-without-wait",
            "429",
            zhCN: "被限流时没有任何结论。",
            en: "While we are throttled nothing is decided."
        ),
        Attack("html-with-200", "a login page", zhCN: broken.zhCN, en: broken.en),
        Attack("html-under-the-right-type", "a login page", zhCN: broken.zhCN, en: broken.en),
        Attack("empty-body", "no body", zhCN: broken.zhCN, en: broken.en),
        Attack("invalid-utf8", "a byte that is no text", zhCN: broken.zhCN, en: broken.en),
        Attack("something-after-the-end", "more after it", zhCN: broken.zhCN, en: broken.en),
        Attack(
            "duplicated-member",
            "a name twice",
            zhCN: "同名字段出现两次，读哪一个都是猜。",
            en: "With a name twice, whichever value is read is a guess."
        ),
        Attack(
            "deep-nesting",
            "5000 levels",
            zhCN: "恶意应答不能拖垮网关。",
            en: "A hostile answer must not bring the gateway down."
        ),
        Attack("other-content-type", "text/html, image/png", zhCN: broken.zhCN, en: broken.en),
        Attack("truncated-body", "cut at every eighth", zhCN: broken.zhCN, en: broken.en),
        Attack(
            "no-answer",
            "time-outs, resets, refused addresses",
            zhCN: "没有应答就没有结论，并且要说明原因。",
            en: "Without an answer nothing is decided, and the record says why."
        ),
        Attack(
            "oversized-body",
            "4 MiB more than allowed",
            zhCN: "应答大小有上限。",
            en: "What is read of an answer is bounded."
        ),
        Attack(
            "unmapped-answer",
            "a word nobody knows",
            zhCN: "没有约定含义的应答不能靠猜。",
            en: "What a word nobody mapped means is not guessed."
        ),
        Attack(
            "bounded-retries",
            "silence",
            zhCN: "一次查询不能变成一阵轰炸。",
            en: "One question does not become a storm of requests."
        ),
        Attack(
            "steadiness",
            "the same answer twice",
            zhCN: "同样的应答必须得出同样的结论。",
            en: "The same answer means the same thing."
        ),
        Attack(
            "hidden-secrets",
            "the good answer",
            zhCN: "请求中的密钥与卡密不得出现在任何记录里。",
            en: "No key and no credential of a request may show in a record."
        ),
        Attack(
            "echoed-secrets",
            "every secret, in every spelling",
            zhCN: "发行方可能把卡密原样写进报错里。",
            en: "Issuers repeat codes in error texts; a record must not."
        ),
        Attack(
            "bounded-words",
            "a text of 20,000 symbols",
            zhCN: "保存的发行方原话有长度上限。",
            en: "What is kept of an issuer's words is bounded."
        ),
    ]
}
