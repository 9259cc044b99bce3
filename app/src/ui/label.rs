//! Words for the rules' own lists, and for what a bank names itself.

use crate::lang::{Lang, text};
use domain::catalogue::{Class, Label};
use domain::purpose::Identified;

/// A bank's label, in the reader's language.
pub fn in_language(label: &Label, lang: Lang) -> &str {
    match lang {
        Lang::zh => &label.zh,
        Lang::en => &label.en,
    }
}

/// How a customer was identified.
pub fn label(identified: Identified, lang: Lang) -> String {
    match identified {
        Identified::DocumentSeen => text!(lang, identified.document_seen),
        Identified::KnownNumberCalledBack => text!(lang, identified.known_number_called_back),
        Identified::QuestionsPassed => text!(lang, identified.questions_passed),
        Identified::NotApplicable => text!(lang, identified.not_applicable),
    }
}

/// A sensitivity class on a badge, and in full.
pub struct ClassWords {
    /// `C2`
    pub short: &'static str,
    /// What that means.
    pub long: String,
}

/// Of a class.
pub fn class_words(class: Class, lang: Lang) -> ClassWords {
    match class {
        Class::C1 => ClassWords { short: "C1", long: text!(lang, card.class_c1) },
        Class::C2 => ClassWords { short: "C2", long: text!(lang, card.class_c2) },
        Class::C3 => ClassWords { short: "C3", long: text!(lang, card.class_c3) },
    }
}
