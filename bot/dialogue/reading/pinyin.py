"""Sounds: the toneless syllable of a character, and words typed in pinyin taken apart into syllables.

The standard set GB 2312 lists its 3,755 common characters by their sound, so the first character of each
syllable tells them all. Sounds that many speakers don't part are one: zh z, ch c, sh s, n l, ng n.
"""

import re
from bisect import bisect_right
from functools import cache, lru_cache

_FIRST = (
    "啊a 埃ai 鞍an 肮ang 凹ao 芭ba 白bai 斑ban 邦bang 苞bao 杯bei 奔ben 崩beng 逼bi 鞭bian 标biao "
    "鳖bie 彬bin 兵bing 玻bo 捕bu 擦ca 猜cai 餐can 苍cang 操cao 厕ce 层ceng 插cha 拆chai 搀chan "
    "昌chang 超chao 车che 郴chen 撑cheng 吃chi 充chong 抽chou 初chu 揣chuai 川chuan 疮chuang 吹chui "
    "春chun 戳chuo 疵ci 聪cong 凑cou 粗cu 蹿cuan 摧cui 村cun 磋cuo 搭da 呆dai 耽dan 当dang 刀dao 德de "
    "蹬deng 堤di 颠dian 碉diao 跌die 丁ding 丢diu 东dong 兜dou 督du 端duan 堆dui 墩dun 掇duo 蛾e 恩en "
    "而er 发fa 藩fan 坊fang 菲fei 芬fen 丰feng 佛fo 否fou 夫fu 噶ga 该gai 干gan 冈gang 篙gao 哥ge "
    "给gei 根gen 耕geng 工gong 钩gou 辜gu 刮gua 乖guai 棺guan 光guang 瑰gui 辊gun 锅guo 哈ha 骸hai "
    "酣han 夯hang 壕hao 呵he 嘿hei 痕hen 哼heng 轰hong 喉hou 呼hu 花hua 槐huai 欢huan 荒huang 灰hui "
    "荤hun 豁huo 击ji 嘉jia 歼jian 僵jiang 蕉jiao 揭jie 巾jin 荆jing 炯jiong 揪jiu 鞠ju 捐juan 撅jue "
    "均jun 喀ka 开kai 刊kan 康kang 考kao 坷ke 肯ken 坑keng 空kong 抠kou 枯ku 夸kua 块kuai 宽kuan "
    "匡kuang 亏kui 坤kun 括kuo 垃la 莱lai 蓝lan 琅lang 捞lao 勒le 雷lei 棱leng 厘li 俩lia 联lian "
    "粮liang 撩liao 列lie 琳lin 玲ling 溜liu 龙long 楼lou 芦lu 驴lv 峦luan 掠lue 抡lun 萝luo 妈ma "
    "埋mai 瞒man 芒mang 猫mao 么me 玫mei 门men 萌meng 眯mi 棉mian 苗miao 蔑mie 民min 明ming 谬miu 摸mo "
    "谋mou 拇mu 拿na 氖nai 南nan 囊nang 挠nao 呢ne 馁nei 嫩nen 能neng 妮ni 蔫nian 娘niang 鸟niao 捏nie "
    "您nin 柠ning 牛niu 脓nong 奴nu 女nv 暖nuan 虐nue 挪nuo 哦o 欧ou 啪pa 拍pai 攀pan 乓pang 抛pao "
    "呸pei 喷pen 砰peng 坯pi 篇pian 飘piao 撇pie 拼pin 乒ping 坡po 扑pu 期qi 掐qia 牵qian 枪qiang "
    "橇qiao 切qie 钦qin 青qing 琼qiong 秋qiu 趋qu 圈quan 缺que 裙qun 然ran 瓤rang 饶rao 惹re 壬ren "
    "扔reng 日ri 戎rong 揉rou 茹ru 软ruan 蕊rui 闰run 若ruo 撒sa 腮sai 三san 桑sang 搔sao 瑟se 森sen "
    "僧seng 莎sha 筛shai 珊shan 墒shang 梢shao 奢she 砷shen 声sheng 师shi 收shou 蔬shu 刷shua 摔shuai "
    "栓shuan 霜shuang 谁shui 吮shun 说shuo 斯si 松song 搜sou 苏su 酸suan 虽sui 孙sun 蓑suo 塌ta 胎tai "
    "坍tan 汤tang 掏tao 特te 藤teng 梯ti 天tian 挑tiao 贴tie 厅ting 通tong 偷tou 凸tu 湍tuan 推tui "
    "吞tun 拖tuo 挖wa 歪wai 豌wan 汪wang 威wei 瘟wen 嗡weng 挝wo 巫wu 昔xi 瞎xia 掀xian 相xiang 萧xiao "
    "楔xie 薪xin 星xing 兄xiong 休xiu 墟xu 轩xuan 靴xue 勋xun 压ya 焉yan 殃yang 邀yao 椰ye 一yi 茵yin "
    "英ying 哟yo 拥yong 幽you 迂yu 鸳yuan 曰yue 耘yun 匝za 栽zai 咱zan 赃zang 遭zao 责ze 贼zei 怎zen "
    "增zeng 扎zha 摘zhai 瞻zhan 樟zhang 招zhao 遮zhe 珍zhen 蒸zheng 芝zhi 中zhong 舟zhou 珠zhu 抓zhua "
    "拽zhuai 专zhuan 桩zhuang 椎zhui 谆zhun 捉zhuo 兹zi 鬃zong 邹zou 租zu 钻zuan 嘴zui 尊zun 昨zuo"
)
_RARE = (  # the others that people do type
    "咋za 嘞lei 嗯en 唔mu 咁gan 佢qu 嘅ge 哋di 喺xi 咗zuo 畀bi 俾bi 瞓fen 揾wen 冇mao 嚟lai 睇di 啲di "
    "揸zha 攞luo 噻sai 哒da 唠lao 嗝ge 咪mi 呃e 谂nian 乜mie 仨sa 咩mie 啱an 囡nan 猝cu 踹chuai 搂lou "
    "瞑ming 鲨sha 嘣beng 喽lou 呗bei 咚dong 咦yi 殡bin 呛qiang 噎ye 蜇zhe 屌diao 癫dian 孬nao"
)
_AS_TYPED = "了le 着zhe"  # by the sound that they have at the end of a word, not by the one in the list
_LAST = b"\xd7\xf9"  # of the characters that are listed by sound
_starts = [entry[0].encode("gb2312") for entry in _FIRST.split()]
_syllables = [entry[1:] for entry in _FIRST.split()]
_rare = {entry[0]: entry[1:] for entry in _RARE.split()}
_as_typed = {entry[0]: entry[1:] for entry in _AS_TYPED.split()}
_known = frozenset((*_syllables, "shei"))
_LATIN = re.compile(r"[a-z']+")
_PIECE = re.compile("[\u3400-\u9fff]|[a-z']+|[^\\s.,!?、;:]")
MOST_LETTERS = 6  # of a syllable
UNKNOWN = "|"


@lru_cache(8192)  # characters, never anybody's words
def syllable(character: str) -> str | None:
    """Return a character's sound; None for a rare one, and for other signs."""
    if character in _as_typed:
        return _merged(_as_typed[character])
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        code = b""
    if len(code) == 2 and _starts[0] <= code <= _LAST:
        return _merged(_syllables[bisect_right(_starts, code) - 1])
    return _merged(_rare[character]) if character in _rare else None


def syllables(text: str) -> list[str]:
    """Return the sounds of a folded text; what has none, English for instance, is UNKNOWN."""
    typed = is_pinyin(text)
    found: list[str] = []
    for piece in _PIECE.findall(text):
        if piece >= "\u3400":
            found.append(syllable(piece) or UNKNOWN)
        elif typed and (parts := _cut(piece.replace("'", ""))):
            found += map(_merged, parts)
        else:
            found.append(UNKNOWN)
    return found


def is_pinyin(text: str) -> bool:
    """Say whether the Latin letters of a folded text are pinyin: nearly all of them make syllables."""
    words = [word.replace("'", "") for word in _LATIN.findall(text)]
    cut = [parts for word in words if (parts := _cut(word))]
    if sum(map(len, map("".join, cut))) < 0.85 * sum(map(len, words)) or not cut:
        return False
    return len(cut) > 1 or len(cut[0]) > 1 or any(sign >= "\u3400" for sign in text)


def _cut(word: str) -> tuple[str, ...]:
    """Cut letters into the fewest syllables; empty if they are none."""
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        found: tuple[str, ...] | None = None
        for begin in range(max(0, end - MOST_LETTERS), end):
            head, part = best[begin], word[begin:end]
            if head is None or part not in _known or (len(part) == 1 and part not in "ae"):
                continue
            if found is None or len(head) + 1 < len(found):
                found = (*head, part)
        best.append(found)
    return best[-1] or ()


@cache
def _merged(sound: str) -> str:
    """Make sounds one that many speakers don't part."""
    for spelled, plain in (("shei", "sui"), ("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if sound.startswith(spelled) and sound != spelled:
            sound = plain + sound[len(spelled) :]
            break
    return sound[:-1] if sound.endswith("ng") else sound
