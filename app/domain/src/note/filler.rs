//! Notes that say nothing.

use std::collections::BTreeSet;

use crate::normalise::is_han;

/// Words of which a note may not wholly consist.
const CHINESE: [&str; 44] = [
    "工作", "需要", "业务", "因为", "由于", "查询", "查看", "客户", "办理", "处理", "正常", "日常", "领导", "要求",
    "安排", "相关", "信息", "资料", "测试", "其他", "其它", "如题", "同上", "没有", "原因", "无", "因", "的", "了",
    "为", "做", "用", "是", "我", "请", "看", "查", "急", "略", "按", "本", "有", "已", "需",
];

const ENGLISH: [&str; 46] = [
    "a",
    "and",
    "as",
    "asdf",
    "asdfgh",
    "because",
    "business",
    "check",
    "customer",
    "data",
    "do",
    "for",
    "i",
    "info",
    "information",
    "is",
    "it",
    "job",
    "just",
    "look",
    "lookup",
    "my",
    "na",
    "need",
    "needed",
    "needs",
    "no",
    "none",
    "note",
    "of",
    "ok",
    "purpose",
    "query",
    "qwer",
    "qwerty",
    "reason",
    "required",
    "test",
    "testing",
    "the",
    "this",
    "to",
    "todo",
    "view",
    "work",
    "xxx",
];

/// Whether nothing is left of the folded text once print, repetition and empty words are taken away.
pub(super) fn is_filler(folded: &str) -> bool {
    let lower = folded.to_lowercase();
    let letters: Vec<char> = lower.chars().filter(|c| c.is_alphabetic()).collect();
    let different: BTreeSet<char> = letters.iter().copied().collect();
    if different.len() < 3 || repeats(&letters) {
        return true;
    }
    // Spaces between Han characters part no words.
    let han: String = letters.iter().filter(|&&c| is_han(c)).collect();
    is_empty_word(&han) && lower.split(|c: char| !c.is_alphabetic() || is_han(c)).all(is_empty_word)
}

/// Whether the letters are one short piece over and over.
fn repeats(letters: &[char]) -> bool {
    (1..=letters.len() / 2).any(|period| letters.iter().zip(&letters[period..]).all(|(one, next)| one == next))
}

fn is_empty_word(word: &str) -> bool {
    if word.is_empty() || ENGLISH.binary_search(&word).is_ok() {
        return true;
    }
    // Every way to cut the word into empty ones: whether the first n letters can be cut so.
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let mut cut = BTreeSet::from([0]);
    for &end in &ends[1..] {
        if cut.iter().any(|&start| CHINESE.contains(&&word[start..end])) {
            cut.insert(end);
        }
    }
    cut.contains(&word.len())
}
