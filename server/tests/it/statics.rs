//! Scripts and styles over the wire: squeezed, kept, and asked for again.

use crate::app::TestApp;
use crate::http::{Answer, Request};

/// What a browser says that it takes.
const BROWSER: &str = "gzip, deflate, br, zstd";
/// What the sign-in page, which is everyone's first, may take (DESIGN §4).
const BUDGET: usize = 150_000;

fn get(path: &str, with: &[(&str, &str)]) -> Answer {
    let request = with.iter().fold(Request::get(path), |request, (name, value)| request.with(name, value));
    TestApp::shared().send(&request)
}

/// Every file that this checkout's site has; none if `cargo xtask site` was never run.
fn site() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site/pkg");
    let names = std::fs::read_dir(root).into_iter().flatten().map(|entry| entry.unwrap().file_name());
    names.map(|name| format!("/pkg/{}", name.to_string_lossy())).filter(|name| !name.ends_with(".br")).collect()
}

#[test]
fn a_file_is_sent_squeezed_and_kept_until_it_changes() {
    for path in site() {
        let squeezed = get(&path, &[("Accept-Encoding", BROWSER)]);
        let plain = get(&path, &[]);
        assert_eq!((squeezed.status, plain.status), (200, 200), "{path}");
        assert_eq!((squeezed.header("content-encoding"), plain.header("content-encoding")), (Some("br"), None));
        assert!(squeezed.body.len() < plain.body.len(), "{path}");
        assert_ne!(squeezed.header("etag"), plain.header("etag"), "one tag never stands for two bodies");
        for answer in [&squeezed, &plain] {
            assert_eq!(answer.header("vary"), Some("accept-encoding"));
            assert_eq!(answer.header("cache-control"), Some("no-cache"), "kept, and asked for again");
        }
        let tag = squeezed.header("etag").expect("a tag");
        let again = get(&path, &[("Accept-Encoding", BROWSER), ("If-None-Match", tag)]);
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag)), "{path}");
        let other = get(&path, &[("If-None-Match", tag)]);
        assert_eq!(other.status, 200, "the squeezed form's tag is not the plain one's");
        assert_eq!(get(&format!("{path}.br"), &[("Accept-Encoding", BROWSER)]).status, 404, "no address of its own");
    }
}

#[test]
fn the_first_page_with_all_that_it_loads_is_within_its_budget() {
    let page = get("/sign-in", &[("Accept-Encoding", BROWSER)]);
    assert_eq!(page.header("content-encoding"), Some("br"));
    let html = get("/sign-in", &[]).text();
    let mut wire = page.body.len();
    for attribute in ["href=\"/pkg/", "src=\"/pkg/", "href=\"/favicon"] {
        for rest in html.split(attribute).skip(1) {
            let path = attribute.split('"').nth(1).unwrap().to_owned() + rest.split('"').next().unwrap();
            wire += get(&path, &[("Accept-Encoding", BROWSER)]).body.len();
        }
    }
    assert!(wire <= BUDGET, "{wire} bytes");
}
