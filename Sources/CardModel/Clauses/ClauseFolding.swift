/// What one character of a shop's text becomes before words are looked for.
///
/// Full-width forms become ASCII as under NFKC, letters lose their case, traditional characters
/// become simplified ones, and characters that cannot be seen vanish.
enum ClauseFolding {
    enum Symbol: Equatable {
        /// A letter, digit or ideograph.
        case word(UInt32)
        /// Ends a sentence.
        case stop
        case question
        case newline
        /// Separates parts of a sentence.
        case comma
        case openQuote
        case closeQuote
        /// One sign that opens and closes.
        case quote
        /// A sign that shops put between characters: dots, stars, spaces, pictures.
        case soft
        /// A sign that joins two digits and otherwise is soft.
        case joiner(UInt32)
        case ignored
    }

    static func symbol(for scalar: Unicode.Scalar) -> Symbol {
        let value = halfWidth(scalar.value)
        switch value {
        case 0x30...0x39, 0x61...0x7A, 0x25: return .word(value)
        case 0x41...0x5A: return .word(value + 0x20)
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: return .newline
        case 0x21, 0x3B, 0x3002, 0xFF61: return .stop
        case 0x3F: return .question
        case 0x2E, 0x2D, 0x7E, 0x3A: return .joiner(value)
        case 0x2C, 0x28, 0x29, 0x5B, 0x5D, 0x7B, 0x7D, 0x3C, 0x3E, 0x3001, 0xFF64: return .comma
        case 0x3010, 0x3011, 0x3014...0x3017, 0x2014, 0x2026: return .comma
        case 0x201C, 0x2018, 0x300C, 0x300E, 0x300A: return .openQuote
        case 0x201D, 0x2019, 0x300D, 0x300F, 0x300B: return .closeQuote
        case 0x22: return .quote
        case 0x2460...0x249B, 0x2776...0x2793: return .stop
        case 0x3007, 0x3400...0x9FFF: return .word(simplified[value] ?? value)
        case 0x20000...0x3FFFF: return .word(value)
        case 0x2795: return .word(0x52A0)
        default: return isUnseen(scalar) ? .ignored : .soft
        }
    }

    /// Full-width and small forms as ASCII, compatibility ideographs as the ones they stand for.
    private static func halfWidth(_ value: UInt32) -> UInt32 {
        switch value {
        case 0xFF01...0xFF5E: value - 0xFEE0
        case 0xFE50: 0x2C
        case 0xFE52: 0x2E
        case 0xFE54: 0x3B
        case 0xFE55: 0x3A
        case 0xFE56: 0x3F
        case 0xFE57: 0x21
        case 0xF967, 0x2F71D: 0x4E0D
        default: radicals[value] ?? value
        }
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark: true
        case .control: scalar != "\t"
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// Kangxi radicals, which look like the ideographs they are drawn from.
    private static let radicals = pairs(
        "⼀⼆⼈⼊⼋⼗⼝⼤⼦⼩⼰⼼⼿⽂⽅⽇⽉⽆⽤⽩⽴⾃⾏⾐⾔⾝⾦⾯", "一二人入八十口大子小己心手文方日月无用白立自行衣言身金面")

    /// Characters as they are written in Hong Kong and Taiwan, look-alikes and sound-alikes that
    /// shops use against filters, with the character that is meant.
    private static let simplified = pairs(traditional, plain)

    private static func pairs(_ written: String, _ meant: String) -> [UInt32: UInt32] {
        Dictionary(
            zip(written.unicodeScalars, meant.unicodeScalars).map { ($0.value, $1.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private static let traditional = """
        無會為處條賣買貨費還換發補償後來從開關閉歸屬釋權證據錄視頻擬點數號碼帳賬戶轉匯給實際說話請須應當\
        對錯誤責負擔經過時間內個則項與於並將讓這裡種類產質問題週禮劃準貼標價單訂購結訊網絡電腦隨變動調選\
        擇絕訴爭議評惡謝諒協聲優專線掃紅鏈預餘額備記載顯檢測驗認確滿檔夠樣麼嗎麗體廣員級試啟獎勵縮臺灣國\
        門裏輸傳遞萬億幾雙損壞賠簽約斷書寫讀連遠進達運邊適遲遺鎖鑰銷鐘鏡長閱隊陽陰陸難雖離靈靜響頁頂順領\
        願顧風飛飾飲館駁驚鬧齊獲獨狀犧爾現環異畢盡監盤眾稱積穩窮竊筆簡糾紀納紙細終組絲統維緊緩編練縱總織\
        繼續罰罷義習聯職肅脫膽臨舉舊藝節莊萊虛虧術裝複覺覽觀觸計討訓託設許診詐詞詢誠課談論諾謀謊譯護譽貝\
        財貪貫貴貸貿賀資賞賴贈贊贏車軟較輕輛辦辭農鄰醫針鈔銀鋪錢錶鍵閒閃闆務勞勢嚴團圍執報塊塵夾奪婦學寧\
        審寬寶尋導屆層岡帥師帶幣幹庫廠彈強徑復徹態慣慮憑懷戰戲拋捨掛搶擊擁擋擾攝攤敗敵斂昇曉暫曆曬東極構\
        槍樓機檯殘殺氣決況涼滅滯潛濟災煩熱燈牆獄産畫療盜矯禍競範籤聽脅興茲薦覓訪詳誌誰謹貓賺趕跡蹟輪遊違\
        郵鄭釐鎊閘陣隱雜雲顆駐騙騷驟髮鬥麵黃黨慨薇威徽兌儲儘僅們兩沒爲絶註僞偽凍區卻參啓喪圖場廢歡漲綁繳\
        著製見規險馬採佈係贖鑑鑒幫創剛別啲処収併倉傷劇勝吳喚壓夢媽憂懲撥暢歐歲爛緣彙諮階陳頭識歎嘆賓銹譜\
        鋼鍾鐵頒顏髒蓋棄誤儲値虧懇詭誘偵錄檔頹櫃攬撐搖擔薦鎮鍛軌輯轄辯邏郝鄰釋銜閉閏隸韓頓頻飯飼饋駕駛髏鬆鬧鳴麼黴
        """

    private static let plain = """
        无会为处条卖买货费还换发补偿后来从开关闭归属释权证据录视频拟点数号码账账户转汇给实际说话请须应当\
        对错误责负担经过时间内个则项与于并将让这里种类产质问题周礼划准贴标价单订购结讯网络电脑随变动调选\
        择绝诉争议评恶谢谅协声优专线扫红链预余额备记载显检测验认确满档够样么吗丽体广员级试启奖励缩台湾国\
        门里输传递万亿几双损坏赔签约断书写读连远进达运边适迟遗锁钥销钟镜长阅队阳阴陆难虽离灵静响页顶顺领\
        愿顾风飞饰饮馆驳惊闹齐获独状牺尔现环异毕尽监盘众称积稳穷窃笔简纠纪纳纸细终组丝统维紧缓编练纵总织\
        继续罚罢义习联职肃脱胆临举旧艺节庄莱虚亏术装复觉览观触计讨训托设许诊诈词询诚课谈论诺谋谎译护誉贝\
        财贪贯贵贷贸贺资赏赖赠赞赢车软较轻辆办辞农邻医针钞银铺钱表键闲闪板务劳势严团围执报块尘夹夺妇学宁\
        审宽宝寻导届层冈帅师带币干库厂弹强径复彻态惯虑凭怀战戏抛舍挂抢击拥挡扰摄摊败敌敛升晓暂历晒东极构\
        枪楼机台残杀气决况凉灭滞潜济灾烦热灯墙狱产画疗盗矫祸竞范签听胁兴兹荐觅访详志谁谨猫赚赶迹迹轮游违\
        邮郑厘镑闸阵隐杂云颗驻骗骚骤发斗面黄党概微微微兑储尽仅们两没为绝注伪伪冻区却参启丧图场废欢涨绑缴\
        着制见规险马采布系赎鉴鉴帮创刚别的处收并仓伤剧胜吴唤压梦妈忧惩拨畅欧岁烂缘汇咨阶陈头识叹叹宾锈谱\
        钢钟铁颁颜脏概弃误储值亏恳诡诱侦录档颓柜揽撑摇担荐镇锻轨辑辖辩逻郝邻释衔闭闰隶韩顿频饭饲馈驾驶髅松闹鸣么霉
        """
}
