//! The reader's language. Texts are in `app/locales`; a key that one of them lacks does not compile.

#[expect(deprecated, reason = "its successor is a build script that takes longer to compile than all pages")]
mod locales {
    leptos_i18n::load_locales!();
}

pub use locales::i18n::Locale as Lang;
pub(crate) use locales::i18n::td_string;

/// The text of a key in a language: `text!(lang, home.title)`, `text!(lang, search.found, count = 3)`.
macro_rules! text {
    ($lang:expr, $key:ident $(. $sub:ident)*) => {
        ::std::string::String::from($crate::lang::td_string!($lang, $key $(. $sub)*))
    };
    ($lang:expr, $key:ident $(. $sub:ident)*, $($name:ident = $value:expr),+) => {
        $crate::lang::fill(
            $crate::lang::td_string!($lang, $key $(. $sub)*),
            &[$((stringify!($name), ::std::string::ToString::to_string(&$value))),+],
        )
    };
}
pub(crate) use text;

/// Puts values into `{name}`s.
///
/// The library's own way makes a type of every text that has a value in it; in the browser's half those
/// types weigh more than all the texts.
pub(crate) fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return filled + "{" + after;
        };
        filled.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled + rest
}

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
    fn a_value_is_put_in_once_and_never_read_as_a_template() {
        let values = [("a", "{b}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("{a} and {b}{c}.", &values), "{b} and 2.");
        assert_eq!(fill("no end {a", &values), "no end {a");
    }

    /// Each key's path and the names it takes.
    fn keys(text: &str) -> Vec<(String, Vec<String>)> {
        fn walk(value: &serde_json::Value, path: &str, found: &mut Vec<(String, Vec<String>)>) {
            match value {
                serde_json::Value::Object(map) => {
                    map.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), found));
                }
                other => {
                    let text = other.as_str().unwrap();
                    let mut names: Vec<String> =
                        text.split('{').skip(1).map(|part| part.split('}').next().unwrap().to_owned()).collect();
                    names.sort();
                    found.push((path.to_owned(), names));
                }
            }
        }
        let mut found = Vec::new();
        walk(&serde_json::from_str(text).unwrap(), "", &mut found);
        found
    }

    #[test]
    fn both_languages_have_the_same_texts_and_put_the_same_values_in() {
        let (zh, en) = (include_str!("../locales/zh.json"), include_str!("../locales/en.json"));
        assert_eq!(keys(zh), keys(en));
        assert!(keys(zh).len() > 150);
    }

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
