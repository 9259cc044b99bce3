//! A request beside what its requester usually asks for, in sentences (E3).

use crate::lang::{Lang, text};
use crate::words::exports::number;
use domain::desk::Usual;

/// What an approver should know before they decide.
pub fn sentences(lang: Lang, rows: u64, usual: &Usual) -> Vec<String> {
    if usual.requests == 0 {
        return vec![text!(lang, exports.usual_none)];
    }
    let (count, median) = (usual.requests, number(usual.median_rows));
    let size = match times(rows, usual.median_rows) {
        Some(times) => text!(lang, exports.usual_times, times = times, count = count, median = median),
        None => text!(lang, exports.usual_same, count = count, median = median),
    };
    let most = (rows > usual.most_rows).then(|| text!(lang, exports.usual_most, most = number(usual.most_rows)));
    let to = match usual.to_recipient {
        0 => text!(lang, exports.usual_first),
        count => text!(lang, exports.usual_to, count = count),
    };
    let rejected = (usual.rejected > 0).then(|| text!(lang, exports.usual_rejected, count = usual.rejected));
    let fields = (usual.new_fields > 0).then(|| text!(lang, exports.usual_new, count = usual.new_fields));
    [Some(size), most, Some(to), rejected, fields].into_iter().flatten().collect()
}

/// How many times the usual size; nothing where that is hardly more.
fn times(rows: u64, median: u64) -> Option<String> {
    let tenths = rows.saturating_mul(10) / median.max(1);
    match tenths {
        ..15 => None,
        15..100 => Some(format!("{}.{}", tenths / 10, tenths % 10)),
        100.. => Some(number(tenths / 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e3_a_size_is_told_in_times_of_the_usual_one() {
        for (rows, median, told) in [
            (100, 100, None),
            (149, 100, None),
            (150, 100, Some("1.5")),
            (1_240, 100, Some("12")),
            (5, 0, Some("5.0")),
            (u64::MAX, 1, Some("1,844,674,407,370,955,161")),
        ] {
            assert_eq!(times(rows, median).as_deref(), told, "{rows} beside {median}");
        }
    }

    #[test]
    fn e3_nothing_is_compared_with_nothing() {
        let told = sentences(Lang::en, 1_240, &Usual::default());
        assert_eq!(told.len(), 1, "{told:?}");
        let usual =
            Usual { requests: 3, median_rows: 100, most_rows: 200, to_recipient: 0, rejected: 1, new_fields: 2 };
        let told = sentences(Lang::en, 1_240, &usual).join(" ");
        for words in ["12 times", "Larger than any", "first one to this recipient", "1 of them were", "2 fields"] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}
