"""The vocabulary of typed answers: particles, yes and no, doubt, denial, dialect, slips and steering."""

from bot.dialogue.reading.meanings import Verb


def terms(spaced: str, *others: str) -> tuple[str, ...]:
    """List the terms of a line, parted by blanks, and those that hold blanks themselves."""
    return (*spaced.split(), *others)


DIALECT = {  # what surely means the same
    **dict.fromkeys(terms("冇得 冇有 冇 木有 木得 么得 莫得 没得 某得"), "没有"),
    **dict.fromkeys(terms("唔系 唔是 毋是 不系"), "不是"),
    **dict.fromkeys(terms("唔知道 唔知 不晓得 晓不得 不造 母鸡"), "不知道"),
    **dict.fromkeys(terms("有哇 有噻 有嘞 有滴 有咧 有呀 有啊"), "有"),
    **dict.fromkeys(terms("俺 偶 咱 阿拉"), "我"),
}
SLIPS = {  # sound-alikes and slips of the finger: only ever a guess
    **dict.fromkeys(terms("骑首 骑守 奇手 起手 骑士 其手 骑收"), "骑手"),
    **dict.fromkeys(terms("外买 外麦 歪卖 外迈 外埋 歪麦"), "外卖"),
    **dict.fromkeys(terms("块递 快弟 快第 快地 快替"), "快递"),
    **dict.fromkeys(terms("网月车 网约扯 往约车"), "网约车"),
    **dict.fromkeys(terms("家正 家证 加政"), "家政"),
    **dict.fromkeys(terms("主博 煮播"), "主播"),
    **dict.fromkeys(terms("信用咔 信用ka 信用k 信用片 新用卡 xyk"), "信用卡"),
    **dict.fromkeys(terms("花被 花贝 花北"), "花呗"),
    **dict.fromkeys(terms("借贝 借被 街呗"), "借呗"),
    **dict.fromkeys(terms("网袋 网代 网待 往贷"), "网贷"),
    **dict.fromkeys(terms("房代 房袋 房带"), "房贷"),
    **dict.fromkeys(terms("车代 车袋 车带"), "车贷"),
    **dict.fromkeys(terms("意外线 意外先 意外显 以外险"), "意外险"),
    **dict.fromkeys(terms("医疗线 医疗先 医疗显 一疗险"), "医疗险"),
    **dict.fromkeys(terms("惠民宝 会民保 惠名保"), "惠民保"),
    **dict.fromkeys(terms("重几险 重急险 重疾先"), "重疾险"),
    **dict.fromkeys(terms("设保 社宝 社报 宝社 射保"), "社保"),
    **dict.fromkeys(terms("大砖 大转 大传"), "大专"),
    **dict.fromkeys(terms("出中 初钟 初种"), "初中"),
    **dict.fromkeys(terms("高种 高钟"), "高中"),
    **dict.fromkeys(terms("本课 本客 本颗"), "本科"),
    **dict.fromkeys(terms("每有 梅有 没油 煤有 美有"), "没有"),
    **dict.fromkeys(terms("每买 梅买 没卖"), "没买"),
    **dict.fromkeys(terms("每交 梅交"), "没交"),
    **dict.fromkeys(terms("不知到 布知道 不只道"), "不知道"),
    **dict.fromkeys(terms("争信 证信 征新"), "征信"),
    **dict.fromkeys(terms("北亰 背景市"), "北京"),
}
STEER: dict[str, Verb] = {
    **dict.fromkeys(terms("返回 上一步 上一题 上一个 回去 退回 back", "go back", "previous"), "back"),
    **dict.fromkeys(
        terms(
            "跳过 不想说 不想答 不想回答 不知道 不清楚 不记得 不记得了 忘了 忘记了 记不清 记不清了 "
            "记不得 说不清 "
            "保密 不方便说 下一题 skip pass next idk unsure",
            *("don't know", "i don't know", "dont know", "not sure", "no idea", "prefer not to say"),
        ),
        "skip",
    ),
    **dict.fromkeys(
        terms(
            "为什么 为什么问 为什么问这个 为啥 为啥问 为啥问这个 干嘛问 干嘛问这个 问这个干嘛 问这干嘛 "
            "问这个做什么 问这个有什么用 why",
            "why do you ask",
        ),
        "why",
    ),
}
DONT_KNOW = terms("不知道 不清楚 不确定 不懂 不了解 记不清 忘了", "don't know", "i don't know", "not sure")
ASSENT = terms("是 是的 对 对的 嗯 嗯嗯 系 系的 对头 yes yep yeah y")
DISSENT = terms("否 no nope nah n")
"""Yes and no to anything: they may answer our 对吗？, so they never answer a question by themselves."""
YES = (*terms("有 有的 有过"), *ASSENT)
NO = (
    *terms(
        "没有 没 没有过 没过 从来没有 从没有 从没 从未 无 一个没有 一个都没有 一分没有 一分都没有 一毛没有"
    ),
    *terms("一毛都没有 一样没有 都没有 全没有 none never nothing"),
    *DISSENT,
)
NEGATION = terms(
    "不是 不算 并非 没读完 没上完 没考上 没有 没 不 无 未 别 非 除了 除去 除 从没 从不 从来不 不再 "
    "再也不 not no don't dont didn't isn't "
    "never without haven't except",
    "no longer",
)
TURN = terms("是 还有 而是 只有 只是 就是 但 但是 可是 有", "but", "only")
"""Words that end the reach of a negation: 不是骑手，是快递."""
DOUBT = terms(
    "可能 也许 大概 大约 应该 好像 估计 似乎 貌似 或许 差不多 没准 或者 或 还是 要么 要不 吗 么 ? "
    "来着 maybe perhaps "
    "probably possibly or guess think sometimes",
)
QUESTION = terms("什么 怎么 怎样 如何 多少 干嘛 谁 啥 哪 what how who which where when")
PARTICLES = terms(
    "我 我们 我的 我是 我在 我做 是 的 了 吧 呢 啊 哦 呀 哈 嘛 啦 哇 嘞 咯 哎 诶 嗯 呃 额 喔 哈哈 "
    "呵呵 就 就是 都 也 主要 主要是 "
    "现在 目前 平时 一直 在 专门 全职 一个 个 那种 这种 这边 那边 里 只 只有 仅 有 还有 以及 和 跟 与 "
    "加 加上 又 既 再 另外 您好 谢谢 "
    "i i'm im am a an the is it's its my me we have got just only and with as in at on of please well also"
)
OCCUPATION = terms(
    "做 干 跑 送 开 当 打 搞 拍 弄 员 师傅 小哥 阿姨 工作 行业 职业 这行 这块 平台 人员 work working "
    "worker job do"
)
TOPIC: dict[str, tuple[str, ...]] = {
    "occupation": OCCUPATION,
    "province": terms("省 市 自治区 壮族 回族 维吾尔 干活 这里 这儿 地区 province city work working live"),
    "region": terms("地区 这边 部 干活 work"),
    "education": terms(
        "毕业 学历 文化 读到 念到 上到 读 念 文凭 学校 生 水平 程度 毕业证 degree school graduate's"
    ),
    "income_stability": terms("收入 每个月 每月 工资 income"),
    "debt": terms("债 欠债 外债 债务 欠款 欠 钱 任何 借钱 我欠 owe debt debts any money"),
    "debt_kinds": terms("欠 欠着 借 借的 借款 欠的 找 向 跟 这些 债 贷款 钱 owe loan debt"),
    "constrained": terms("我 过"),
    "why_constrained": terms("因为 由于 银行 because"),
    "social_insurance": terms("社保 社会保险 交 交着 在交 缴 给 五险 身份 按 任何 的社保 insurance"),
    "why_no_social_insurance": terms("因为 由于 觉得 社保 交 because"),
    "commercial_cover": terms("买 买了 保险 商业保险 商保 险 过 任何 都有 有买 insurance cover"),
    "investing": terms("理财 理财产品 产品 过 任何 定期理财"),
    "worries": terms("担心 怕 最怕 最担心 就怕 问题 怕的是 孩子 worried about"),
    "sex": terms("生 性 性别 sex gender"),
    "why_flexible": terms("因为 为了 能 可以 because"),
    "career_plan": terms("找 想 打算 以后 继续 份 去 工作 job"),
    "saving": terms("攒 存 存钱 攒钱 钱 能 save"),
    "job_changes": terms("换 换了 工作 换过"),
}
TOTAL = terms("啥都 啥也 什么都 什么也 全都 一点都 一点也 完全 根本 从来 都")
"""Words that strengthen a no: 啥也没买."""
OPAQUE = terms(
    "特别 别的 别人 区别 无业 无聊 无所谓 不错 不好意思 不过 未来 没准 没事 没关系 有时 有时候 有点 "
    "有点儿 有没有 有的是 有人 有钱 是不是 "
    "万一 一般 一般般 一点 一点点 一些 一样 一身轻 一屁股 一切 三者 第三者 一直 一定 一起 千万 百姓 "
    "十分 没毕业 在读 "
    "女朋友 男朋友 女友 男友 女儿 买单 买菜",
)
"""Words that hold a known character, but not its meaning."""
