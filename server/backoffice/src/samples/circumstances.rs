//! What a sample customer is besides name, numbers and cards: further papers, means, family, tags. Many have little
//! of it, as in a bank.
//!
//! Nobody's either: subscribers' numbers in China do not begin with 1, and papers and accounts here begin with X or
//! count from zero.

use super::names;
use super::numbers::{Dice, shuffled};
use super::person::id_number;

/// Columns after those of [`super::person`], in this order.
pub const HEADER: &str = "permit_no,other_id_no,gender,nationality,ethnicity,marital_status,occupation,landline,\
work_address,securities_account_no,insurance_account_no,payment_token,login_name,credit_limit,loan_balance,\
annual_income,real_estate_value,vehicle_value,tax_paid,policy_amount,claim_amount,spouse_name,spouse_id_no,\
contact_name,contact_mobile,risk_level,preference,preference_2,product";

const NATIONALITIES: &[&str] = &["中国", "中国", "中国", "中国", "中国", "中国", "中国", "中国", "韩国", "法国"];
const ETHNICITIES: &[&str] = &["汉族", "汉族", "汉族", "汉族", "汉族", "汉族", "回族", "维吾尔族", "藏族", "壮族"];
const OCCUPATIONS: &[&str] =
    &["教师", "工程师", "个体经营者", "护士", "司机", "公务员", "退休", "学生", "销售", "农民"];
const RISK: &[&str] = &["低", "中低", "中", "中高", "高"];
const PRODUCTS: &[&str] = &["CUR", "SAV", "SAV", "LOAN", "CARD", "FUND"];
const PREFERENCES: &[&str] = &["短信通知", "线上渠道", "稳健理财", "纸质账单", "电话回访", "跨境汇款"];

/// Sets the stream of these columns apart from the first ones', which stay as they were before there were more.
const APART: u64 = 0x6369_7263;

/// Writes the cells, each behind a comma. None holds a comma, a quote or a line end.
pub fn write(seed: u64, index: u64, id_no: &str, line: &mut String) {
    let mut dice = Dice::of(seed ^ APART, index);
    let married = dice.below(10) < 6;
    let one_in = |dice: &mut Dice, n: u64| dice.below(n) == 0;
    let mut cell = |text: Option<String>| {
        line.push(',');
        line.push_str(&text.unwrap_or_default());
    };
    cell(one_in(&mut dice, 30).then(|| format!("H{:08}", shuffled(seed, index, 10_000))));
    cell(one_in(&mut dice, 30).then(|| format!("X{:07}", shuffled(seed, index, 10_000_000))));
    cell(Some(gender(id_no).into()));
    cell(Some(dice.one_of(NATIONALITIES).into()));
    cell((dice.below(10) < 8).then(|| dice.one_of(ETHNICITIES).into()));
    cell(Some(if married { "已婚" } else { "未婚" }.into()));
    cell((dice.below(10) < 8).then(|| dice.one_of(OCCUPATIONS).into()));
    cell(one_in(&mut dice, 4).then(|| format!("010-1{:07}", dice.below(10_000_000))));
    cell(one_in(&mut dice, 3).then(|| names::address(&mut dice)));
    cell(one_in(&mut dice, 6).then(|| format!("X{:09}", shuffled(seed, index, 1_000_000_000))));
    cell(one_in(&mut dice, 6).then(|| format!("XB{:010}", shuffled(seed, index, 1_000_000_000))));
    cell(one_in(&mut dice, 3).then(|| format!("TK{:016x}", dice.next()).to_ascii_uppercase()));
    cell((dice.below(10) < 6).then(|| format!("user{}", shuffled(seed, index, 1_000_000_000))));
    let amounts = [(2, 100_000), (4, 2_000_000), (2, 600_000), (3, 9_000_000), (4, 500_000), (3, 90_000)];
    for (n, most) in amounts.into_iter().chain([(6, 1_000_000), (20, 100_000)]) {
        cell(one_in(&mut dice, n).then(|| format!("{}.{:02}", dice.below(most), dice.below(100))));
    }
    let with_spouse = married && one_in(&mut dice, 2);
    cell(with_spouse.then(|| names::name(&mut dice)));
    cell(with_spouse.then(|| id_number(seed ^ APART, index)));
    let with_contact = one_in(&mut dice, 3);
    cell(with_contact.then(|| names::name(&mut dice)));
    cell(with_contact.then(|| format!("154{:08}", dice.below(100_000_000))));
    cell(Some(dice.one_of(RISK).into()));
    let liked = dice.below(3) as usize;
    let first = dice.below(PREFERENCES.len() as u64) as usize;
    for at in 0..2 {
        let like = PREFERENCES.get((first + at) % PREFERENCES.len()).filter(|_| at < liked);
        cell(like.map(|like| (*like).into()));
    }
    // Last: what a seed gave before there was this column stays as it was.
    cell(Some(dice.one_of(PRODUCTS).into()));
}

/// The seventeenth digit of an ID number tells it: odd for men (GB 11643).
fn gender(id_no: &str) -> &'static str {
    match id_no.as_bytes().get(16) {
        Some(digit) if digit % 2 == 1 => "男",
        _ => "女",
    }
}
