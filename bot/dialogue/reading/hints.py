"""Words for options beyond the questionnaire's own: those that name one, those that only hint at one."""

from bot.dialogue.reading.words import NO, YES, terms

Words = dict[str, dict[str, tuple[str, ...]]]

ALSO: Words = {  # as good as the option's name
    "occupation": {
        "food_delivery": terms(
            "送外卖 外卖员 外卖骑手 外卖小哥 外卖配送", "food delivery", "food delivery rider"
        ),
        "logistics": terms("送快递 快递小哥 快递员"),
        "ride_hailing": terms(
            "网约车司机 跑网约车 开网约车 专车司机 代驾司机",
            "ride-hailing",
            "ride hailing",
            "designated driver",
        ),
        "domestic": terms("保洁阿姨 保洁员 清洁 清洁工"),
        "streaming": terms("做直播 带货主播"),
        "other": terms("打零工 打散工 做零工 自由职业者", "odd jobs", "odd job"),
    },
    "education": {
        "primary": terms("没读书 没读过书 没念过书 没上学 primary", "primary school", "no schooling"),
        "junior": terms("初中 junior", "middle school", "junior high", "junior high school"),
        "senior": terms("senior", "high school", "senior high", "vocational school", "vocational secondary"),
        "college": terms("大学专科", "associate degree"),
        "bachelor": terms("university undergraduate bachelors bachelor's"),
        "graduate": terms("硕士研究生 博士研究生 master masters master's phd doctorate"),
    },
    "income_stability": {
        "unstable": terms(
            "不稳 不太稳定 不太稳 不怎么稳定 不是很稳定 很不稳定 非常不稳定 太不稳定 一点都不稳定 "
            "一点也不稳定 不固定 "
            "有时多有时少 有多有少 unstable unsteady irregular",
            *("not stable", "not steady", "not very steady", "not very stable", "up and down", "it varies"),
        ),
        "stable": terms("还算稳定 比较稳 stable", "quite stable", "fairly stable"),
        "very_stable": terms("特别稳定 十分稳定 相当稳定 固定工资", "very stable", "very steady", "fixed"),
    },
    "saving": {
        "none": terms(
            "一分都攒不下 一分攒不下 一分都存不下 攒不下钱 攒不下来 存不下 存不下钱 存不了 月光族 "
            "不够花 没存 没攒 没钱攒 没得攒 存不起来 零 zero nothing none"
        ),
    },
    "debt": {
        "none": terms(
            "一分钱不欠 没欠钱 没有欠钱 没有欠 没欠债 没有欠债 不欠钱 不欠债 无债 无欠款 没外债 一分不欠 "
            "一分没欠 无债一身轻 零 zero",
            *("no debt", "no debts", "owe nothing", "i owe nothing", "debt free"),
        ),
    },
    "debt_kinds": {
        "mortgage": terms("房子的贷款 房子贷款 mortgage", "home loan"),
        "vehicle": terms("买车贷款 car", "car loan", "vehicle loan"),
        "consumer": terms("花呗借呗", "online loan", "consumer loan"),
        "credit_card": terms("credit cards", "credit card"),
        "family": terms("亲友 亲戚朋友 family friends friend relatives"),
    },
    "constrained": {
        "yes": terms("没借到 没借到钱 借不到钱 借不着"),
        "no": terms("借得到 能借到 都能借到 都借到了"),
        "never_needed": terms(
            "没借过钱 没有借过钱 从没借过 从来没借过 从来不借钱 从不借钱 不用借钱 没有借过 从没借过钱"
        ),
    },
    "why_constrained": {
        "too_expensive": terms(
            "利息太高 利息太贵 利率高 太贵了", "interest was too high", "interest too high", "high interest"
        ),
        "credit_record": terms("征信有问题 信用记录有问题 有逾期 逾期过"),
        "unknown_channels": terms("不知道去哪借 不知道哪里借"),
    },
    "social_insurance": {
        "flexible": terms("自己缴 个人交 自己交社保 按灵活就业交 按灵活就业身份交"),
        "employee": terms("单位给交 公司给交 单位缴 公司缴 职工医保 老板交"),
        "resident": terms("城乡居民 城乡居民医保 居民养老 农合"),
        "none": terms("没有交 没交过 没有社保 没社保 没买社保 没缴 断交 没参加 没参保 没上社保"),
    },
    "why_no_social_insurance": {
        "too_dear": terms("太贵了 交不起", "too expensive", "expensive"),
        "too_complicated": terms("太复杂 复杂 太麻烦了", "too complicated", "complicated"),
        "no_spare_money": terms("没钱交 没有钱 没余钱", "no money"),
        "unknown_how": terms("不知道咋交 不会交"),
        "commercial_instead": terms("买了商业保险"),
    },
    "commercial_cover": {
        "medical": terms("医疗保险险 百万医疗险"),
        "none": terms(
            "什么保险都没有 什么保险都没买 没买保险 没有保险 没有买 没有买过 "
            "没保险 什么都没有 什么都没买 啥都没有 啥都没买 "
            "啥也没买 啥也没有 什么也没买"
        ),
    },
    "investing": {
        "yes": terms("买过基金 买过理财 有买 买了"),
        "no": terms("没买理财 没买过理财 没有买过 没有买 从来没买过 从没买过 没买过理财产品"),
    },
    "worries": {
        "illness": terms("得病 生病 重病 illness sick"),
        "retirement": terms("养老问题 没养老金"),
        "education_cost": terms("孩子上学 孩子学费 孩子读书 小孩上学"),
        "none": terms("没有担心的 没什么担心的 啥都不担心 什么都不担心"),
    },
    "sex": {
        "female": terms("女的 女性 女生 女士 女人 女同志 female f"),
        "male": terms("男的 男性 男生 先生 男士 男人 男同志 male m"),
    },
    "why_flexible": {
        "free_hours": terms("自由 时间灵活"),
        "no_better_job": terms("找不到更好的 找不到工作 找不到好工作"),
        "extra_income": terms("补贴家用 赚点钱"),
        "family_care": terms("照顾家里 能照顾家里 照顾家"),
    },
    "career_plan": {"flexible": terms("返乡创业 种地"), "stable": terms("固定工作 正式工作")},
    "job_changes": {
        "none": terms("没换 没换过工作 没有换过 从没换过 一次没换 一次都没换 一次没有"),
        "once_or_twice": terms("once twice"),
    },
    "region": {"centre": terms("central 中部地区")},
}

HINTS: Words = {  # worth asking back, never enough to be an answer; a word of several options hints at each
    "age": {"under_14": terms("未成年"), "from_14_to_17": terms("未成年")},
    "occupation": {
        "food_delivery": terms("美团 饿了么 饿了吗 蜂鸟 跑腿 闪送 delivery"),
        "logistics": terms(
            "大货车 开货车 卡车 truck 司机 卡车司机 货车司机 货车 拉货 货拉拉 顺丰 京东 driver",
            "truck driver",
        ),
        "truck_owner": terms(
            "大货车 开货车 卡车 truck 司机 卡车司机 货车司机 货车 拉货 大车 driver", "truck driver"
        ),
        "ride_hailing": terms("司机 开车 滴滴 出租车 driver taxi"),
        "domestic": terms("带孩子 做饭 洗碗"),
        "streaming": terms("抖音 快手 带货"),
    },
    "province": {
        "hebei": terms("石家庄 唐山 保定 廊坊 邯郸 沧州 冀"),
        "shanxi": terms("太原 大同 临汾 晋 shanxi"),
        "inner_mongolia": terms("呼和浩特 包头 鄂尔多斯 赤峰 mongolia"),
        "liaoning": terms("沈阳 大连 鞍山 辽 shenyang dalian"),
        "jilin": terms("长春 changchun"),
        "heilongjiang": terms("哈尔滨 大庆 齐齐哈尔 harbin"),
        "jiangsu": terms("南京 苏州 无锡 常州 徐州 南通 昆山 扬州 苏 nanjing suzhou wuxi"),
        "zhejiang": terms("杭州 宁波 温州 义乌 金华 嘉兴 绍兴 台州 湖州 浙 hangzhou ningbo wenzhou yiwu"),
        "anhui": terms("合肥 芜湖 阜阳 安庆 皖 hefei"),
        "fujian": terms("福州 厦门 泉州 漳州 莆田 闽 fuzhou xiamen quanzhou"),
        "jiangxi": terms("南昌 赣州 九江 上饶 赣 nanchang"),
        "shandong": terms("济南 青岛 烟台 潍坊 临沂 淄博 济宁 鲁 jinan qingdao"),
        "henan": terms("郑州 洛阳 南阳 周口 商丘 信阳 豫 zhengzhou"),
        "hubei": terms("武汉 宜昌 襄阳 荆州 黄冈 鄂 wuhan"),
        "hunan": terms("长沙 株洲 衡阳 岳阳 湘 changsha"),
        "guangdong": terms(
            "深圳 广州 东莞 佛山 惠州 珠海 中山 汕头 江门 湛江 肇庆 揭阳 粤 shenzhen guangzhou "
            "dongguan foshan canton",
        ),
        "guangxi": terms("南宁 柳州 桂林 桂 nanning guilin"),
        "hainan": terms("海口 三亚 琼 haikou sanya"),
        "sichuan": terms("成都 绵阳 南充 宜宾 德阳 川 chengdu"),
        "guizhou": terms("贵阳 遵义 黔 guiyang"),
        "yunnan": terms("昆明 大理 曲靖 滇 kunming"),
        "tibet": terms("拉萨 lhasa xizang"),
        "shaanxi": terms("西安 咸阳 宝鸡 shanxi xian xi'an"),
        "gansu": terms("兰州 天水 陇 lanzhou"),
        "qinghai": terms("西宁 xining"),
        "ningxia": terms("银川 yinchuan"),
        "xinjiang": terms("乌鲁木齐 喀什 urumqi"),
        **{
            id: (c,)
            for id, c in {"beijing": "京", "tianjin": "津", "shanghai": "沪", "chongqing": "渝"}.items()
        },
    },
    "education": {
        "primary": terms("社会大学 没文化 大老粗"),
        "junior": terms("中学 secondary"),
        "senior": terms("中学 secondary"),
        "college": terms("college diploma"),
        "bachelor": terms("college"),
    },
    "income": {"below_3000": (*NO, *terms("没收入 没有收入 没挣钱 没赚钱"))},
    "income_stability": {
        "unstable": terms(
            "看单量 看单子 看天 看天吃饭 看情况 看运气 忽高忽低 时高时低 有高有低 说不准 不好说 淡季 "
            "旺季 不 no 没有 没"
        ),
        "stable": (*YES, *terms("还行 还可以 一般 一般般 挺稳定 挺稳 蛮稳定 稳 steady")),
        "very_stable": (*YES, *terms("挺稳定 挺稳 蛮稳定 稳 steady")),
    },
    "debt": {"none": terms("没什么债 没啥债 没什么欠款 不欠谁的 谁也不欠 还清了 都还完了 都还清了")},
    "debt_kinds": {"consumer": terms("白条 微粒贷 分期 网商贷 loan")},
    "constrained": {
        "no": terms("有没有"),
        "yes": terms("有没有 偶尔 有时 有时候 被拒 拒了 不批 没批"),
        "never_needed": terms("不缺钱 不需要 用不着 不借"),
    },
    "why_constrained": {
        "below_standard": terms("银行不给 没工资流水 没流水"),
        "too_expensive": terms("贵"),
        "unknown_channels": terms("不知道"),
        "fear_of_fraud": terms("怕"),
        "credit_record": terms("征信花了 黑户 黑名单"),
    },
    "social_insurance": {
        "flexible": (*YES, *terms("交了 在交 交着 有交")),
        "employee": (*YES, *terms("交了 在交 交着 有交")),
        "resident": (*YES, *terms("交了 在交 交着 有交 农保 农村 村里交")),
        "none": terms("没给交 不给交 以前交过 交过 想交 准备交 打算交"),
    },
    "why_no_social_insurance": {
        "unknown_how": terms("不知道"),
        "commercial_instead": terms("商业保险"),
        "other": terms("老板不给交 公司不给交"),
    },
    "commercial_cover": {
        "medical": terms("意外医疗 意外医疗险"),
        "accident": terms("平台扣的 平台给买的 平台买的 意外医疗 意外医疗险"),
        "critical_illness": terms("大病"),
    },
    "premium": {"below_300": (*NO, *terms("没花钱 免费 免费的 不花钱"))},
    "investing": {"yes": terms("基金 亏光了 亏了 赔了")},
    "daily_hours": {"from_10": terms("996"), "above_12": terms("一天到晚 从早到晚 007")},
    "worries": {"education_cost": terms("孩子"), "retirement": terms("没有钱养老 老了")},
    "sex": {
        "female": terms("妹子 美女 姑娘 大姐 小姐姐 阿姨 大妈 妇女 女孩 lady girl"),
        "male": terms("帅哥 大哥 小伙 小伙子 大叔 爷们 汉子 男孩 guy boy"),
    },
    "why_flexible": {
        "no_better_job": terms("没有选 没得选 没办法 没选择"),
        "family_care": terms("带孩子 带娃 孩子"),
    },
    "career_plan": {"stable": terms("进厂 打工 找工作"), "flexible": terms("自己干 开店 做生意")},
    "job_changes": {"three_or_more": terms("好几次 好多次 很多次 经常换 几次")},
    "region": {"east": terms("沿海 华东 华南"), "centre": terms("华中"), "west": terms("西北 西南")},
}
