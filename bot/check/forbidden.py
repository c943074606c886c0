"""The words that must not reach a worker: officialese, phrases across a red line, names that could sell."""

import re
from collections.abc import Iterator, Mapping

from bot.content.questionnaire import Language

# Never, in no sense.
FORBIDDEN: Mapping[Language, tuple[str, ...]] = {
    "zh": (
        "信用分", "征信评分", "信用评分", "推荐购买", "建议购买", "最划算", "性价比", "保证通过",
        "包过", "包批", "秒到账", "秒批", "低门槛", "低利率", "稳赚", "保本保息", "放弃社保",
        "退出社保", "停交社保", "停缴社保", "不用交社保", "多跑单", "多接单", "多干几个小时",
        "延长工作时间", "隐瞒", "借呗", "花呗", "白条", "微粒贷", "网商贷", "度小满", "招联",
        "马上消费", "众安", "平安", "人保", "太平洋保险", "泰康", "中国人寿", "新华保险", "阳光保险",
    ),
    "en": (
        "credit score", "we recommend buying", "best policy", "best loan", "cheapest",
        "guaranteed approval", "low interest rate", "instant loan", "leave social insurance",
        "stop paying social insurance", "opt out of social", "work more hours", "longer hours",
        "take more orders", "hide your debt",
    ),
}  # fmt: skip

# Only to warn of: a word of warning stands in the same sentence.
WARNED_OF: Mapping[Language, tuple[str, ...]] = {
    "zh": (
        "征信修复", "修复征信", "洗白", "铲单", "代理维权", "代理退保", "全额退保", "套现", "停息挂账",
        "债务优化", "以贷养贷", "借新还旧", "挂靠", "内部渠道", "高利贷",
    ),
    "en": (
        "credit repair", "repair your credit", "repair your record", "clean your record",
        "full-refund", "debt agent", "cash out", "borrow to repay", "loan shark", "fake employment",
    ),
}  # fmt: skip
WARNING: Mapping[Language, str] = {
    "zh": "别|不要|不能|不会|没有|不是|勿|莫|骗|假|违法|当心|警惕|犯法|陷阱",
    "en": r"\b(no|not|never|don’t|don't|nobody|scams?|fraud|false|fake|illegal|beware|trap)\b",
}

OFFICIALESE: Mapping[Language, tuple[str, ...]] = {
    "zh": (
        "予以", "依法依规", "相关部门", "有关部门", "之规定", "上述", "鉴于", "系指", "兹", "贯彻",
        "落实到位", "应予", "足额缴纳", "待遇享受", "参保缴费", "予之", "切实", "进一步", "积极稳妥",
        "用人主体", "若干",
    ),
    "en": (
        "pursuant", "herein", "thereof", "aforementioned", "in accordance with", "utilise", "utilize",
        "shall", "prior to", "commence", "in respect of", "notwithstanding", "remuneration",
    ),
}  # fmt: skip

LINKS = re.compile(r"https?:|www\.|\.com\b|t\.me/", re.IGNORECASE)
SENTENCES: Mapping[Language, re.Pattern[str]] = {
    "zh": re.compile(r"[。！？；\n]"),
    "en": re.compile(r"(?<=[.!?;:])\s|\n"),
}
LONGEST: Mapping[Language, int] = {"zh": 40, "en": 25}  # characters; words


def sentences(text: str, language: Language) -> list[str]:
    """Cut a text without markup into sentences."""
    return [s.strip() for s in SENTENCES[language].split(text) if s.strip()]


def offences(text: str, language: Language) -> Iterator[str]:
    """Name what may not be said in a text without markup."""
    lower = text.lower()
    for phrase in FORBIDDEN[language]:
        if phrase in lower:
            yield f"“{phrase}” may not be said"
    for sentence in sentences(lower, language):
        for phrase in WARNED_OF[language]:
            if phrase in sentence and not re.search(WARNING[language], sentence):
                yield f"“{phrase}” without a word of warning in its sentence"
    if LINKS.search(text):
        yield "a link"


def stiffness(text: str, language: Language) -> Iterator[str]:
    """Name what makes a text without markup hard to read."""
    for phrase in OFFICIALESE[language]:
        if re.search(rf"\b{phrase}\b" if language == "en" else phrase, text.lower()):
            yield f"officialese “{phrase}”"
    for sentence in sentences(text, language):
        length = len(sentence) if language == "zh" else len(sentence.split())
        if length > LONGEST[language]:
            yield f"a sentence of {length} (at most {LONGEST[language]}): {sentence[:60]}"
