//! Numbers in notes: six digits in a row, however they are written.

const LIMIT: usize = 6;

/// Whether the folded text holds six digits in a row, spaces and dashes between them or not, that are
/// not a number of its ticket.
pub(super) fn has_number(folded: &str, ticket: &str) -> bool {
    let known: Vec<String> = ticket_numbers(ticket);
    runs(folded).iter().any(|run| run.chars().count() >= LIMIT && !known.contains(run))
}

/// The digits of the ticket, whole and group by group.
fn ticket_numbers(ticket: &str) -> Vec<String> {
    let mut known = runs(ticket);
    known.extend(ticket.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).map(str::to_owned));
    known
}

/// Runs of digits, what may stand between them left out.
fn runs(text: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for c in text.chars() {
        match digit(c) {
            Some(digit) => {
                if let Some(run) = runs.last_mut() {
                    run.push(digit);
                }
            }
            None if is_between(c) => {}
            None => runs.push(String::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// ASCII digits as themselves; Han numerals and the digits of other scripts as what they stand for or `#`.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '零' | '〇' => Some('0'),
        '一' | '壹' | '幺' => Some('1'),
        '二' | '贰' => Some('2'),
        '三' | '叁' => Some('3'),
        '四' | '肆' => Some('4'),
        '五' | '伍' => Some('5'),
        '六' | '陆' => Some('6'),
        '七' | '柒' => Some('7'),
        '八' | '捌' => Some('8'),
        '九' | '玖' => Some('9'),
        _ if c.is_numeric() => Some('#'),
        _ => None,
    }
}

fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '~' | '_' | '.' | '/' | '·' | '*' | '(' | ')' | ',' | '、' | '+'
        )
}
