extension ClauseLexicon {
    /// Words that shops put together from parts: every first part with every second one.
    static let compoundWords: [(ClauseConcept, String)] = [
        (
            .noNotice,
            joined(
                "恕不 不 无需 无须 不再 不作 不予 不会 毋需 不必 不须 未必 不需 不做 不一定",
                "另行 提前 事先 预先 单独 另 再另 再行 逐一",
                "通知 告知 公告 知会 提示 说明"
            )
        ),
        (.noNotice, joined("恕不 无需 无须 不再 毋需 不必 不经", "通知 告知 知会 征求 征得 协商 同意 允许")),
        (
            .noNotice,
            joined(
                "无需 无须 不经 不必 不需 毋须 不用 未经",
                "征得 取得 经 经过 获得 征求",
                "您 买家 用户 客户 对方 顾客",
                "同意 许可 确认 意见"
            )
        ),
        (
            .offPlatform,
            joined(
                "私下 线下 场外 站外 平台外 私底下 脱离平台 绕开平台 绕过平台 离开平台 避开平台 跳过平台",
                "交易 付款 打款 转账 支付 成交 结算 购买 下单 汇款 付钱 转钱 直转 直接交易 直接付款 直接转账"
            )
        ),
        (
            .ownRules,
            joined(
                "本店 店内 店铺 我店 我们 我司 公司 内部 有关 相关 店家 卖家 商家 我方 店里 小店",
                "规定 规则 政策 制度 流程 惯例 规矩 条例 办法 标准 方案 的规定 的规则 相关规定 内部规定 有关规定 相关政策 的规矩"
            )
        ),
        (
            .proof,
            joined(
                "开箱 验证 激活 兑换 提取 操作 使用 拆封 收货 全程 完整 连续 原始 高清 无剪辑",
                "视频 录像 录屏 录制 录影 拍摄 摄像"
            )
        ),
        (
            .vagueFault,
            joined(
                "买家 用户 客户 顾客 您 你 自身 自己 个人 使用者 购买者 本人 消费者 使用人 客人",
                "原因 问题 环境 操作 的原因 的问题 的操作 操作问题 操作原因 操作错误 操作失误 操作不当 使用不当 误操作 保管不善 自身原因 自身问题 "
                    + "个人原因 方面的原因 的责任 自己的原因 自己的问题 的环境 的设备 的网络 网络 设备 设备问题 网络问题 自己操作 粗心 疏忽 大意"
            )
        ),
        (
            .vagueBasis,
            joined("实际 最终 本店 客服 我们", "到账 收到 发货 情况 交付 显示 公告 通知 口径 回复 告知 说法 安排 库存")
        ),
        (
            .disclaim,
            joined("只 仅 只是 我们只 本店只 本店仅", "管卖 负责发货 负责发卡 管发货 负责卖 管发卡 负责出售 管销售 负责销售 管出货")
        ),
        (.noWay, joined("请 麻烦 就", "绕道 绕行 别拍 勿拍 不要拍 别买 勿扰 走开 划走")),
        (.interpretation, joined("最终 最后 一切 全部 所有 活动 规则", "解释权 解释 解释权利 解释及决定权")),
    ]

    /// Every word of the first list with every word of the second, and so on.
    static func joined(_ lists: String...) -> String {
        lists.map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
            .reduce([""]) { words, list in words.flatMap { word in list.map { word + $0 } } }
            .joined(separator: " ")
    }
}
