//! Ticket patterns: the few signs of a regular expression that a ticket number needs, always anchored.
//! A full engine would weigh more than the rest of the first page.

/// Longer tickets are none.
const MAX_LEN: usize = 64;

/// An anchored pattern of ASCII: literals, `[A-Z0-9]`, `\d`, `{m}` and `{m,n}`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    source: Box<str>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
struct Step {
    ranges: Vec<(u8, u8)>,
    min: usize,
    max: usize,
}

impl Pattern {
    /// Reads a pattern; nothing if it uses other signs, is not anchored, or matches the empty text.
    pub(super) fn parse(source: &str) -> Option<Self> {
        let mut rest = source.strip_prefix('^')?.strip_suffix('$')?.as_bytes();
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (ranges, after) = ranges(rest)?;
            let ((min, max), after) = repeats(after)?;
            steps.push(Step { ranges, min, max });
            rest = after;
        }
        let least: usize = steps.iter().map(|step| step.min).sum();
        (least > 0 && least <= MAX_LEN).then(|| Self { source: source.into(), steps })
    }

    /// The pattern as written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// A text that fits: letters from A, eight digits as that day, four as its year, others from 1.
    pub(super) fn example(&self, (year, month, day): (i64, u8, u8)) -> String {
        let date = format!("{year:04}{month:02}{day:02}");
        let mut example = String::new();
        for step in &self.steps {
            let digits = step.ranges == [(b'0', b'9')];
            match (digits, step.min, step.max) {
                (true, 8, 8) if date.len() == 8 => example += &date,
                (true, 4, 4) if date.len() == 8 => example += &date[..4],
                _ => {
                    let signs = step.ranges.iter().flat_map(|&(low, high)| low..=high);
                    let signs = signs.map(char::from).cycle().skip(usize::from(digits));
                    example.extend(signs.take(step.min.max(1).min(step.max)));
                }
            }
        }
        example
    }

    /// Whether the whole text fits. Walks all ways at once, so that no text makes it slow.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text = text.as_bytes();
        if text.len() > MAX_LEN {
            return false;
        }
        let mut reached = vec![false; text.len() + 1];
        reached[0] = true;
        for step in &self.steps {
            let mut next = vec![false; text.len() + 1];
            for start in (0..=text.len()).filter(|&start| reached[start]) {
                let fits = |b: &&u8| step.ranges.iter().any(|&(low, high)| (low..=high).contains(*b));
                let run = text[start..].iter().take(step.max).take_while(fits).count();
                if run >= step.min {
                    next[start + step.min..=start + run].fill(true);
                }
            }
            reached = next;
        }
        reached[text.len()]
    }
}

type Ranges = Vec<(u8, u8)>;

fn ranges(rest: &[u8]) -> Option<(Ranges, &[u8])> {
    match rest {
        [b'\\', b'd', after @ ..] => Some((vec![(b'0', b'9')], after)),
        [b'\\', literal, after @ ..] if literal.is_ascii_punctuation() => Some((vec![(*literal, *literal)], after)),
        [b'[', inside @ ..] => {
            let end = inside.iter().position(|&b| b == b']')?;
            let (class, after) = (inside.get(..end)?, inside.get(end + 1..)?);
            let mut ranges = Vec::new();
            let mut class = class;
            while let [low, rest @ ..] = class {
                let (high, rest) = match rest {
                    [b'-', high, rest @ ..] => (*high, rest),
                    _ => (*low, rest),
                };
                if !low.is_ascii_alphanumeric() || !high.is_ascii_alphanumeric() || *low > high {
                    return None;
                }
                ranges.push((*low, high));
                class = rest;
            }
            (!ranges.is_empty()).then_some((ranges, after))
        }
        [literal, after @ ..] if literal.is_ascii_alphanumeric() || matches!(literal, b'-' | b'/' | b'_' | b'#') => {
            Some((vec![(*literal, *literal)], after))
        }
        _ => None,
    }
}

fn repeats(rest: &[u8]) -> Option<((usize, usize), &[u8])> {
    let [b'{', inside @ ..] = rest else { return Some(((1, 1), rest)) };
    let end = inside.iter().position(|&b| b == b'}')?;
    let text = std::str::from_utf8(inside.get(..end)?).ok()?;
    let (min, max) = text.split_once(',').unwrap_or((text, text));
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<usize>().ok()).flatten();
    let (min, max) = (number(min)?, number(max)?);
    (min <= max && (1..=MAX_LEN).contains(&max)).then_some(((min, max), inside.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q1_a_ticket_pattern_matches_the_whole_ticket_only() {
        for (pattern, yes, no) in [
            (
                r"^[A-Z]{2,6}-\d{4}-\d{4,10}$",
                ["CS-2026-0001", "FRAUDX-2026-1234567890"],
                [
                    "C-2026-0001",
                    "CS-2026-001",
                    "CS-2026-0001 ",
                    "cs-2026-0001",
                    "CS-２０２６-0001",
                    "xCS-2026-0001",
                    "",
                ],
            ),
            (
                r"^Q-\d{8}-\d{1,4}$",
                ["Q-20261122-7", "Q-20261122-1234"],
                [
                    "Q-2026112-7",
                    "Q-20261122-",
                    "Q-20261122-12345",
                    "q-20261122-7",
                    "Q-20261122-7\n",
                    "QQ-20261122-7",
                    "Q",
                ],
            ),
            // A greedy walk would miss both.
            (r"^[A-Z]{1,3}A[A-Z0-9]{0,2}$", ["BA", "AAAA"], ["A", "B", "BB", "BABBB", "", "-", "BA-"]),
        ] {
            let parsed = Pattern::parse(pattern).unwrap();
            assert_eq!(parsed.source(), pattern);
            assert!(yes.iter().all(|text| parsed.matches(text)), "{pattern}");
            for text in no {
                assert!(!parsed.matches(text), "{pattern} {text:?}");
            }
        }
        assert!(!Pattern::parse("^a{1,64}$").unwrap().matches(&"a".repeat(65)));
    }

    #[test]
    fn q1_the_example_of_a_pattern_fits_it() {
        for (pattern, example) in [
            (r"^Q-\d{8}-\d{1,4}$", "Q-20261122-1"),
            (r"^[A-Z]{2,6}-\d{4}-\d{4,10}$", "AB-2026-1234"),
            (r"^[7-9]{3}a{0,3}\d{12}$", "789a123456789012"),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!(pattern.example((2026, 11, 22)), example);
            assert!(pattern.matches(example) && pattern.matches(&pattern.example((12026, 1, 1))));
        }
    }

    #[test]
    fn a_pattern_of_other_signs_is_none() {
        for pattern in [
            "", "^$", "a", "^a", "a$", "^a*$", "^a+$", "^a?$", "^.$", "^(a)$", "^a|b$", "^[$", "^[]$", "^[Z-A]$",
            "^[^a]$", "^a{$", "^a{}$", "^a{2,1}$", "^a{0}$", "^a{0,3}$", "^a{65}$", "^a{1,}$", "^\\w$", "^\\$", "^é$",
        ] {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
    }
}
