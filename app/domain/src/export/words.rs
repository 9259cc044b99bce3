//! The closed lists that a request chooses from.

use crate::catalogue::ExportRule;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $about:literal])* $variant:ident $text:literal,)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {$(
            $(#[doc = $about])*
            #[serde(rename = $text)]
            $variant,
        )*}

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// As it stands in requests, in storage and in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            /// The one of that name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    )*};
}

words! {
    /// As what a field leaves.
    Form {
        /// As the mask that screens show.
        Mask "mask",
        /// As a token that only the bank can turn back (E4).
        Token "token",
        /// In clear, justified and approved.
        Plain "plain",
    }
    /// How the file is written.
    ExportFormat {
        /// Comma-separated values, UTF-8 with the mark that Excel wants.
        Csv "csv",
        /// Office Open XML.
        Xlsx "xlsx",
    }
    /// The ground in law for providing the data (PIPL 13).
    Basis {
        /// The person consented.
        Consent "consent",
        /// A contract with the person needs it.
        Contract "contract",
        /// A law or an authority demands it.
        LegalDuty "legal_duty",
        /// Life, health or property in an emergency.
        Emergency "emergency",
        /// The person made it public themselves.
        Published "published",
        /// Another law permits it.
        OtherLaw "other_law",
    }
    /// What a recipient is to the bank.
    RecipientKind {
        /// A unit of the bank.
        Internal "internal",
        /// A company of the same group.
        Group "group",
        /// Anyone else: needs an impact assessment for each export (6.1.4.2 a).
        ThirdParty "third_party",
        /// A court, a regulator, the police.
        Authority "authority",
    }
    /// A way by which data may leave, checked now and then (6.1.4.2 g).
    Channel {
        /// Sealed files by export.
        Export "export",
        /// Evidence bundles of the log.
        LogBundle "log_bundle",
        /// Backups.
        Backup "backup",
        /// The screen itself: copying, printing, pictures.
        Browser "browser",
    }
}

impl Form {
    /// The forms that a catalogue's rule lets a request choose, the closest first: what may leave more openly
    /// may leave less so, and *token* may be argued into *plain* (E4: tokens unless justified).
    pub const fn of(rule: ExportRule) -> &'static [Form] {
        match rule {
            ExportRule::Never => &[],
            ExportRule::Mask => &[Form::Mask],
            ExportRule::Token => &[Form::Token, Form::Mask, Form::Plain],
            ExportRule::Plain => &[Form::Plain, Form::Mask],
        }
    }
}

impl RecipientKind {
    /// Whether each export needs the number of an impact assessment (E1, JR/T 0171 6.1.4.2 a).
    pub const fn needs_impact_assessment(self) -> bool {
        match self {
            RecipientKind::Group | RecipientKind::ThirdParty => true,
            RecipientKind::Internal | RecipientKind::Authority => false,
        }
    }
}
