//! "Why is this masked?": the class of a field, its rule, and what would unlock it. A popover of the
//! browser's own, so that it needs no script.

use super::label::{class_words, in_language};
use crate::islands::start::StartReveal;
use crate::lang::{Lang, text};
use domain::catalogue::{Class, Label, StepUpTier};
use domain::mask::MaskRule;
use leptos::prelude::*;

/// What a popover says, and where its button leads.
#[derive(Clone)]
pub struct WhyMasked {
    /// The field's name, for ids.
    pub field: String,
    /// What the reader calls it.
    pub label: String,
    /// How sensitive it is.
    pub class: Class,
    /// How its mask is made.
    pub rule: MaskRule,
    /// What this case may do about it.
    pub unlock: Unlock,
    /// The id of the one reveal button, where there is one alone.
    pub button: Option<String>,
}

/// Whether the open case may reveal a field.
#[derive(Clone)]
pub enum Unlock {
    /// For these reasons, with that second factor.
    Reasons(Vec<Label>, Option<StepUpTier>),
    /// Not for this purpose, but for these.
    OtherPurposes(Vec<Label>),
    /// For none.
    Never,
}

/// The class on a badge; of a masked field it opens the reasons.
#[component]
pub fn ClassBadge(lang: Lang, class: Class, #[prop(into)] label: String, why: Option<String>) -> impl IntoView {
    let words = class_words(class, lang);
    let style = format!("class {}", words.short.to_lowercase());
    match why {
        Some(target) => view! {
            <button type="button" class=format!("{style} why-open") popovertarget=target
                aria-label=text!(lang, why.open_named, label = label, class = words.long)>
                {words.short}<span aria-hidden="true">"?"</span>
            </button>
        }
        .into_any(),
        None => view! {
            <span class=style>
                <span aria-hidden="true">{words.short}</span>
                <span class="visually-hidden">{words.long}</span>
            </span>
        }
        .into_any(),
    }
}

/// The id of a field's popover.
pub fn id_of_why(field: &str) -> String {
    format!("why-{field}")
}

/// The popover.
#[component]
pub fn Why(lang: Lang, why: WhyMasked) -> impl IntoView {
    let (id, title) = (id_of_why(&why.field), format!("why-{}-title", why.field));
    let joined = |labels: &[Label]| {
        let words: Vec<&str> = labels.iter().map(|label| in_language(label, lang)).collect();
        words.join(&text!(lang, why.and))
    };
    let (unlock, factor) = match &why.unlock {
        Unlock::Reasons(reasons, tier) => {
            (text!(lang, why.reasons, reasons = joined(reasons)), tier.map(|tier| tier_words(tier, lang)))
        }
        Unlock::OtherPurposes(purposes) => (text!(lang, why.other_purposes, purposes = joined(purposes)), None),
        Unlock::Never => (text!(lang, why.never), None),
    };
    view! {
        <div id=id popover="auto" class="why" role="dialog" aria-labelledby=title.clone()>
            <h3 id=title.clone()>{text!(lang, why.title, label = why.label)}</h3>
            <dl>
                <dt>{text!(lang, why.class)}</dt>
                <dd>{class_meaning(why.class, lang)}</dd>
                <dt>{text!(lang, why.rule)}</dt>
                <dd>{rule_words(why.rule, lang)}</dd>
                <dt>{text!(lang, why.unlock)}</dt>
                <dd>{unlock}</dd>
                {factor.map(|words| view! { <dt>{text!(lang, why.factor)}</dt><dd>{words}</dd> })}
            </dl>
            {why.button.map(|button| view! {
                <StartReveal button words=text!(lang, why.start)/>
            })}
        </div>
    }
}

fn class_meaning(class: Class, lang: Lang) -> String {
    match class {
        Class::C1 => text!(lang, why.c1),
        Class::C2 => text!(lang, why.c2),
        Class::C3 => text!(lang, why.c3),
    }
}

/// What a reveal takes, in words.
pub fn tier_words(tier: StepUpTier, lang: Lang) -> String {
    match tier {
        StepUpTier::Window => text!(lang, why.window),
        StepUpTier::Act => text!(lang, why.act),
        StepUpTier::ActAndPerson => text!(lang, why.act_and_person),
    }
}

/// What of a value its mask shows.
fn rule_words(rule: MaskRule, lang: Lang) -> String {
    match rule {
        MaskRule::Visible => text!(lang, mask_rule.visible),
        MaskRule::Hidden => text!(lang, mask_rule.hidden),
        MaskRule::PersonName => text!(lang, mask_rule.person_name),
        MaskRule::NameStrict => text!(lang, mask_rule.name_strict),
        MaskRule::IdCard => text!(lang, mask_rule.id_card),
        MaskRule::Passport => text!(lang, mask_rule.passport),
        MaskRule::Permit => text!(lang, mask_rule.permit),
        MaskRule::OtherId => text!(lang, mask_rule.other_id),
        MaskRule::Mobile => text!(lang, mask_rule.mobile),
        MaskRule::Landline => text!(lang, mask_rule.landline),
        MaskRule::Email => text!(lang, mask_rule.email),
        MaskRule::Address => text!(lang, mask_rule.address),
        MaskRule::Pan => text!(lang, mask_rule.pan),
        MaskRule::AccountNo | MaskRule::Last4 => text!(lang, mask_rule.last4),
        MaskRule::Last2 => text!(lang, mask_rule.last2),
        MaskRule::CardExpiry => text!(lang, mask_rule.hidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang;

    #[test]
    fn m6_every_mask_rule_is_told_in_both_languages() {
        for lang in lang::ALL {
            assert!(MaskRule::ALL.iter().all(|rule| rule_words(*rule, lang).chars().count() > 5));
        }
        for rule in MaskRule::ALL {
            assert_ne!(rule_words(rule, Lang::zh), rule_words(rule, Lang::en));
        }
    }
}
