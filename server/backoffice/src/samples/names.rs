//! Names of the kinds that a bank in China meets: Han, with a compound surname now and then, with the separator
//! that names from Xinjiang and Tibet have, and Latin.

use super::numbers::Dice;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾",
    "彭", "吕", "苏", "卢", "蒋", "蔡", "欧阳", "司马", "上官", "诸葛",
];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞",
    "平", "刚", "桂", "文", "辉", "鑫", "波", "斌", "宇", "浩", "凯", "晨", "欣", "怡", "佳", "雨", "梓", "子", "轩",
    "思", "婷", "雪", "慧", "建", "国", "华", "志", "海", "玉", "春", "梅", "兰", "龙", "云", "飞", "清", "嘉", "俊",
    "瑞", "博", "涵", "𬭎",
];
const UYGHUR: &[&str] = &[
    "阿卜杜拉",
    "买买提",
    "艾力",
    "古丽",
    "热合曼",
    "吐尔逊",
    "帕提古丽",
    "阿依古丽",
    "玉素甫",
    "努尔",
    "依明",
    "卡德尔",
    "阿迪力",
    "迪丽拜尔",
    "次仁",
    "扎西",
];
const FIRST: &[&str] = &[
    "John", "Maria", "Wei", "Anna", "Ronald", "Li", "Peter", "Yuki", "Carlos", "Fatima", "Ivan", "Ngoc", "O'Brien",
    "Jean-Luc",
];
const LAST: &[&str] =
    &["Smith", "Zhang", "Garcia", "Müller", "Tanaka", "Ivanova", "Nguyen", "Silva", "Khan", "Dubois", "Kim", "Rossi"];

/// A name.
pub fn name(dice: &mut Dice) -> String {
    match dice.below(100) {
        0..=5 => format!("{}·{}", dice.one_of(UYGHUR), dice.one_of(UYGHUR)),
        6..=9 => format!("{} {}", dice.one_of(FIRST), dice.one_of(LAST)),
        10..=11 => format!("{} {} {}", dice.one_of(FIRST), dice.one_of(FIRST), dice.one_of(LAST)),
        12..=35 => format!("{}{}", dice.one_of(SURNAMES), dice.one_of(GIVEN)),
        _ => format!("{}{}{}", dice.one_of(SURNAMES), dice.one_of(GIVEN), dice.one_of(GIVEN)),
    }
}

const PLACES: &[&str] = &[
    "北京市海淀区",
    "上海市浦东新区",
    "广东省深圳市南山区",
    "浙江省杭州市西湖区",
    "四川省成都市武侯区",
    "陕西省西安市雁塔区",
    "新疆维吾尔自治区喀什地区喀什市",
    "湖北省武汉市洪山区",
    "江苏省南京市鼓楼区",
    "福建省厦门市思明区",
];
const STREETS: &[&str] = &["格栅路", "窗棂街", "样例大道", "示范路", "测试胡同", "虚构巷", "演示北路"];
const TRADES: &[&str] =
    &["样例贸易", "示范软件", "虚构物流", "演示餐饮", "测试建筑", "格栅纺织", "窗棂文化", "Sample Trading"];

/// A home in a true city, in a street that is not there.
pub fn address(dice: &mut Dice) -> String {
    let (place, street) = (dice.one_of(PLACES), dice.one_of(STREETS));
    format!("{place}{street}{}号{}单元{}室", 1 + dice.below(300), 1 + dice.below(6), 101 + dice.below(1800))
}

/// A place of work that does not exist.
pub fn employer(dice: &mut Dice) -> String {
    format!("{}第{}有限公司", dice.one_of(TRADES), 1 + dice.below(500))
}
