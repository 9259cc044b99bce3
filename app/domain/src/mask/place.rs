//! Where someone lives and reads their mail.

use unicode_segmentation::UnicodeSegmentation as _;

/// Mail hosts that so many use that the host tells nobody apart; example hosts are nobody's (RFC 2606).
const PUBLIC_HOSTS: [&str; 28] = [
    "126.com",
    "139.com",
    "163.com",
    "188.com",
    "189.cn",
    "aliyun.com",
    "example.com",
    "example.net",
    "example.org",
    "foxmail.com",
    "gmail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.ru",
    "msn.com",
    "naver.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "sina.cn",
    "sina.com",
    "sohu.com",
    "tom.com",
    "wo.cn",
    "yahoo.com",
    "yeah.net",
];

/// `z***@qq.com`; one or two letters before the `@` are not shown; of a private host only the last label is.
pub(super) fn email(text: &str) -> Option<String> {
    let (local, host) = text.rsplit_once('@')?;
    let mut clusters = local.graphemes(true);
    let first = clusters.next()?;
    let first = if clusters.count() >= 2 { first } else { "" };
    if PUBLIC_HOSTS.binary_search(&host).is_ok() {
        return Some(format!("{first}***@{host}"));
    }
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    let top_is_plain = top.len() >= 2 && top.bytes().all(|b| b.is_ascii_lowercase());
    Some(if top_is_plain { format!("{first}***@***.{top}") } else { format!("{first}***@***") })
}

/// Province and city, all below dropped: `广东省深圳市****`. What names no province is hidden whole.
pub(super) fn address(text: &str) -> Option<String> {
    let (province, rest) = PROVINCES.iter().find_map(|&(full, short)| {
        text.strip_prefix(full)
            .or_else(|| {
                // The short form of a province, or the full one of a city that is itself a province.
                text.strip_prefix(short)
            })
            .map(|rest| (full, rest))
    })?;
    if MUNICIPALITIES.contains(&province) {
        return Some(format!("{province}****"));
    }
    let city = city(rest).unwrap_or_default();
    Some(format!("{province}{city}****"))
}

/// The city or prefecture at the start of what follows a province. Stops at whatever could be smaller.
fn city(rest: &str) -> Option<&str> {
    for (at, c) in rest.char_indices().take(11) {
        let end = at + c.len_utf8();
        let name = rest.get(..end)?;
        let long_enough = name.chars().count() >= 3;
        match c {
            '市' | '盟' if long_enough => {
                return (!["超市", "夜市", "集市", "菜市", "早市"].iter().any(|shop| name.ends_with(shop)))
                    .then_some(name);
            }
            '州' if long_enough && name.ends_with("自治州") => return Some(name),
            '区' if long_enough && name.ends_with("地区") => return Some(name),
            '区' | '县' | '镇' | '乡' | '村' | '路' | '街' | '巷' | '道' | '号' | '弄' | '园' | '旗' => {
                return None;
            }
            _ if !crate::normalise::is_han(c) => return None,
            _ => {}
        }
    }
    None
}

const MUNICIPALITIES: [&str; 6] = ["北京市", "天津市", "上海市", "重庆市", "香港特别行政区", "澳门特别行政区"];

const PROVINCES: [(&str, &str); 34] = [
    ("北京市", "北京"),
    ("天津市", "天津"),
    ("上海市", "上海"),
    ("重庆市", "重庆"),
    ("河北省", "河北"),
    ("山西省", "山西"),
    ("辽宁省", "辽宁"),
    ("吉林省", "吉林"),
    ("黑龙江省", "黑龙江"),
    ("江苏省", "江苏"),
    ("浙江省", "浙江"),
    ("安徽省", "安徽"),
    ("福建省", "福建"),
    ("江西省", "江西"),
    ("山东省", "山东"),
    ("河南省", "河南"),
    ("湖北省", "湖北"),
    ("湖南省", "湖南"),
    ("广东省", "广东"),
    ("海南省", "海南"),
    ("四川省", "四川"),
    ("贵州省", "贵州"),
    ("云南省", "云南"),
    ("陕西省", "陕西"),
    ("甘肃省", "甘肃"),
    ("青海省", "青海"),
    ("台湾省", "台湾"),
    ("内蒙古自治区", "内蒙古"),
    ("广西壮族自治区", "广西"),
    ("西藏自治区", "西藏"),
    ("宁夏回族自治区", "宁夏"),
    ("新疆维吾尔自治区", "新疆"),
    ("香港特别行政区", "香港"),
    ("澳门特别行政区", "澳门"),
];
