//! One file of the museum, read.

use super::desk::Desk;
use crate::http::Request;
use crate::person::colleague;

/// One attack.
pub struct Attack {
    pub by: By,
    pub status: u16,
    pub code: String,
    /// `field=code`, each of which must be told.
    pub faults: Vec<String>,
    /// The kind of the event that it must leave; `None` where nobody acted.
    pub recorded: Option<String>,
    without: Vec<String>,
    /// So many bytes of padding after the body.
    padding: usize,
    head: String,
    body: String,
}

/// Whose request it is.
pub enum By {
    /// An operator's of their own.
    Desk,
    /// One of the fixed staff.
    Staff(String),
    /// Nobody's: no cookie is sent.
    Nobody,
}

impl Attack {
    /// Reads a file; gives back what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (preface, request) = text.split_once("\n\n").ok_or("no blank line before the request")?;
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut lines = preface.lines();
        let why = lines.next().unwrap_or_default();
        if why.len() < 12 || why.starts_with('>') {
            return Err("the first line must say why".into());
        }
        let mut attack = Self {
            by: By::Desk,
            status: 0,
            code: String::new(),
            faults: Vec::new(),
            recorded: Some("request_refused".into()),
            without: Vec::new(),
            padding: 0,
            head: head.trim_end().into(),
            body: body.strip_suffix('\n').unwrap_or(body).into(),
        };
        for line in lines {
            let words: Vec<&str> = line.strip_prefix("> ").ok_or("a line that is no directive")?.split(' ').collect();
            match words[..] {
                ["answers", status, code, ref faults @ ..] => {
                    attack.status = status.parse().map_err(|_| "a status")?;
                    attack.code = code.into();
                    attack.faults = faults.iter().map(ToString::to_string).collect();
                }
                ["records", "nothing"] => attack.recorded = None,
                ["records", kind] => attack.recorded = Some(kind.into()),
                ["by", "nobody"] => attack.by = By::Nobody,
                ["by", staff_no] => attack.by = By::Staff(staff_no.into()),
                ["without", name] => attack.without.push(name.into()),
                ["padding", bytes] => attack.padding = bytes.parse().map_err(|_| "a number of bytes")?,
                _ => return Err(format!("unknown directive: {line}")),
            }
        }
        if attack.status < 400 { Err("an attack is refused".into()) } else { Ok(attack) }
    }

    /// The request as it is sent.
    pub fn request(&self, desk: &Desk<'_>, foreign: &Desk<'_>) -> Request {
        let mut lines = self.head.lines();
        let (method, target) = lines.next().unwrap_or_default().split_once(' ').expect("METHOD target");
        let target = String::from_utf8(desk.fill(target, foreign)).expect("an address is text");
        let mut request = Request::new(method, &target);
        for line in lines {
            let (name, value) = line.split_once(": ").expect("Name: value");
            request = request.with(name, desk.fill(value, foreign));
        }
        let mut body = desk.fill(&self.body, foreign);
        body.resize(body.len() + self.padding, b'x');
        let cookie = match &self.by {
            By::Desk => Some(desk.person.cookie_header()),
            By::Staff(staff_no) => Some(colleague(staff_no).cookie_header()),
            By::Nobody => None,
        };
        if let Some(cookie) = cookie {
            request = request.or("Cookie", cookie);
        }
        request = request.or("Host", &desk.person.app.host).or("Origin", &desk.person.app.origin);
        if !body.is_empty() {
            request = request.or("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        for name in &self.without {
            request = request.or(name, "").without(name);
        }
        request
    }

    /// What was typed for a customer: nothing of it may come back or be kept.
    pub fn secrets(&self, desk: &Desk<'_>) -> Vec<String> {
        desk.values().filter(|(name, _)| self.body.contains(&format!("{{{name}}}"))).map(|(_, value)| value).collect()
    }
}
