//! The reader's language. Texts are in `app/locales`; a key that one of them lacks does not compile.

#[expect(deprecated, reason = "its successor is a build script that takes longer to compile than all pages")]
mod locales {
    leptos_i18n::load_locales!();
}

pub(crate) use locales::i18n::td_string;
pub use locales::i18n::Locale as Lang;

/// The text of a key in a language, as a `String`: `text!(lang, home.title)`.
macro_rules! text {
    ($lang:expr, $($key:tt)*) => {
        ::std::string::ToString::to_string(&$crate::lang::td_string!($lang, $($key)*))
    };
}
pub(crate) use text;

/// Both, in the order in which the switch offers them.
pub const ALL: [Lang; 2] = [Lang::zh, Lang::en];

/// As it stands in the cookie, in the form and in `<html lang>`.
pub const fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::zh => "zh",
        Lang::en => "en",
    }
}

/// The language of that name.
pub fn parse(text: &str) -> Option<Lang> {
    ALL.into_iter().find(|lang| name(*lang) == text)
}

/// What the reader chose, else the first language in `Accept-Language` that we speak, else English.
pub fn choose(cookie: Option<&str>, accept_language: Option<&str>) -> Lang {
    let accepted = || {
        accept_language?.split(',').find_map(|range| {
            let tag = range.split(';').next()?.trim();
            parse(tag.split('-').next()?.to_ascii_lowercase().as_str())
        })
    };
    cookie.and_then(parse).or_else(accepted).unwrap_or(Lang::en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_goes_before_the_browser_and_english_is_the_rest() {
        for (cookie, accept, chosen) in [
            (Some("en"), Some("zh-CN"), Lang::en),
            (Some("xx"), Some("zh-CN,en;q=0.5"), Lang::zh),
            (None, Some("fr-FR, ZH-hans;q=0.8, en"), Lang::zh),
            (None, Some("fr"), Lang::en),
            (None, None, Lang::en),
        ] {
            assert_eq!(choose(cookie, accept), chosen, "{cookie:?} {accept:?}");
        }
    }
}
