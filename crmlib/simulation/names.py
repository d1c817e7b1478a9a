"""Names that nobody bears, and the ways in which they are misspelt.

Surnames are the ten heavenly stems (甲 乙 丙 …), which Chinese uses as English uses
A, B, C; given names are colours, animals and things of nature. Characters have
a traditional form and a homophone that a clerk may write instead.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SURNAMES = [  # character, homophone, pinyin
    "甲贾jia",
    "乙易yi",
    "丙邴bing",
    "丁汀ding",
    "戊伍wu",
    "己纪ji",
    "庚耿geng",
    "辛新xin",
    "壬任ren",
    "癸桂gui",
]
GIVEN = [  # character, traditional form, homophone, pinyin
    "东東冬dong",
    "红紅虹hong",
    "蓝藍兰lan",
    "云雲芸yun",
    "风風枫feng",
    "龙龍隆long",
    "马馬玛ma",
    "鱼魚瑜yu",
    "书書舒shu",
    "画畫桦hua",
    "银銀吟yin",
    "叶葉晔ye",
    "万萬婉wan",
    "灯燈登deng",
    "桥橋乔qiao",
    "门門们men",
    "千千芊qian",
    "百百柏bai",
    "春春椿chun",
    "夏夏霞xia",
    "秋秋邱qiu",
    "星星兴xing",
    "月月悦yue",
    "江江姜jiang",
    "河河荷he",
    "山山珊shan",
    "石石时shi",
    "松松嵩song",
    "竹竹烛zhu",
    "梅梅眉mei",
    "雨雨宇yu",
    "明明鸣ming",
]
STREETS = ["春风路", "夏雨路", "秋月路", "冬雪路", "青石街", "白云街", "红木街", "长桥街"]


def draw(n, random):
    """Names as three numbers: surname, first and second character (-1 if there is none).

    Some characters are far more frequent than others.

    Parameters
    ----------
    n : int
    random : Generator

    Returns
    -------
    int array of shape (n, 3)

    Examples
    --------
    >>> draw(2, np.random.default_rng(0)).shape
    (2, 3)
    """
    surname = (len(SURNAMES) * random.random(n) ** 1.5).astype(int)
    given = (len(GIVEN) * random.random((n, 2)) ** 1.3).astype(int)
    given[random.random(n) < 0.2, 1] = -1
    return np.column_stack([surname, given])


def written(name, homophone, traditional):
    """Names in characters.

    Parameters
    ----------
    name : int array of shape (n, 3)
    homophone : int array of shape (n,)
        Place (0, 1, 2) of the character written as a homophone; -1 for none.
    traditional : bool array of shape (n,)

    Returns
    -------
    pyarrow array of str

    Examples
    --------
    >>> written(np.array([[0, 1, -1]]), np.array([-1]), np.array([True])).to_pylist()
    ['甲紅']
    """
    parts = [
        _take([s[homo] for s in SURNAMES for homo in (0, 1)], 2 * name[:, 0] + (homophone == 0))
    ]
    forms = [g[form] for g in GIVEN for form in (0, 1, 2)]
    for place in (1, 2):
        form = np.where(homophone == place, 2, traditional.astype(int))
        parts.append(
            _take([*forms, ""], np.where(name[:, place] < 0, -1, 3 * name[:, place] + form))
        )
    return pc.binary_join_element_wise(*parts, "")


def pinyin(name, style):
    """Names in Latin letters.

    Parameters
    ----------
    name : int array of shape (n, 3)
    style : int array of shape (n,)
        0: Jia Hongye; 1: HONGYE JIA; 2: jiahongye.

    Returns
    -------
    pyarrow array of str

    Examples
    --------
    >>> pinyin(np.array([[0, 1, 2]] * 3), np.arange(3)).to_pylist()
    ['Jia Honglan', 'HONGLAN JIA', 'jiahonglan']
    """
    surname = _take([s[2:].title() for s in SURNAMES], name[:, 0])
    first = _take([g[3:].title() for g in GIVEN], name[:, 1])
    second = _take([*(g[3:] for g in GIVEN), ""], name[:, 2])
    given = pc.binary_join_element_wise(first, second, "")
    forms = [
        pc.binary_join_element_wise(surname, given, " "),
        pc.utf8_upper(pc.binary_join_element_wise(given, surname, " ")),
        pc.utf8_lower(pc.binary_join_element_wise(surname, given, "")),
    ]
    return pc.choose(pa.array(style), *forms)


def _take(words, numbers):
    return pa.array(words).take(pa.array(np.asarray(numbers) % len(words)))
