//! The demonstration: its staff, its slip, and the next code that each person's authenticator would show.

use crate::answer;
use crate::asked::Caller;
use crate::office::Site;
use app::context::{DemoGuest, DemoSlip, DemoStaff};
use axum::response::Response;
use backoffice::guests::GUESTS;
use domain::code::Code;
use domain::role::Role;
use serde::Serialize;

/// Everyone's password in a demonstration.
pub const PASSWORD: &str = "Grille-demo-2026";

/// The staff of every demonstration: number, role, unit, TOTP secret in base32, name.
pub const STAFF: [(&str, Role, &str, &str, &str); 9] = [
    ("op1001", Role::Operator, "0101", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "林晓 Lin Xiao"),
    ("op1002", Role::Operator, "0102", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", "周宁 Zhou Ning"),
    ("ap2001", Role::Approver, "HQ-A", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK", "何敏 He Min"),
    ("ap2002", Role::Approver, "HQ-B", "NBSWY3DPO5XXE3DENBSWY3DPO5XXE3DE", "罗毅 Luo Yi"),
    ("su3001", Role::Supervisor, "AUDIT", "ONSWG4TFORXW4ZJANRUW4ZJAONSWG4TF", "沈静 Shen Jing"),
    ("su3002", Role::Supervisor, "AUDIT", "MZXW6YTBOIXGE5DPNBSXE33GMZXW6YTB", "唐博 Tang Bo"),
    ("ad9001", Role::Admin, "IT", "OBQXG43XN5ZGIIDGOJSWKIDUNBSWKZLE", "苏航 Su Hang"),
    ("ad9002", Role::Admin, "IT", "PFXXKIDHN52CA5DIMUQGGYLOMQQHS33V", "范宇 Fan Yu"),
    ("au4001", Role::Auditor, "AUDIT", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "方正 Fang Zheng"),
];

#[derive(Serialize)]
struct NextCode {
    code: String,
    seconds: i64,
}

/// `/demo/code`: what the signed-in person's authenticator shows next.
pub async fn next_code(caller: Caller) -> Response {
    let desk = match &caller.desk {
        Ok(desk) => desk,
        Err(error) => return caller.refused(error),
    };
    let codes = caller.site.office.next_codes().await;
    let found = codes.map(|codes| codes.into_iter().find(|(row, _, _)| row.staff_no == desk.staff().staff_no));
    match found {
        Ok(Some((_, code, seconds))) => answer::json(&NextCode { code, seconds }),
        Ok(None) => caller.refused(&Code::NotFound.into()),
        Err(error) => caller.refused(&error),
    }
}

/// What the sign-in pages print in a demonstration. Guests are compiled in, never read from the vault.
pub async fn slip(site: &Site) -> Option<DemoSlip> {
    if !site.demo {
        return None;
    }
    let mut staff = site.office.next_codes().await.unwrap_or_default();
    staff.sort_by_key(|(row, _, _)| row.role);
    let staff = staff.into_iter().map(|(row, code, seconds)| DemoStaff {
        staff_no: row.staff_no.as_str().into(),
        role: row.role,
        unit: row.unit.as_str().into(),
        code,
        seconds: u32::try_from(seconds).unwrap_or(0),
    });
    let guests = GUESTS.iter().map(|guest| DemoGuest {
        name: guest.name.into(),
        id_no: guest.id_no.into(),
        mobile: guest.mobile.into(),
        card_no: guest.card_no.into(),
        branch: guest.branch.into(),
        ticket: guest.ticket.into(),
        purpose: guest.purpose.into(),
    });
    Some(DemoSlip { password: PASSWORD.into(), staff: staff.collect(), guests: guests.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../docs/demo.md");

    fn row(cells: &[&str]) -> String {
        format!("| {} |", cells.join(" | "))
    }

    #[test]
    fn docs_demo_md_tells_staff_guests_and_recipients_as_they_are() {
        assert!(DEMO.contains(&format!("`{PASSWORD}`")));
        for (staff_no, role, unit, secret, name) in STAFF {
            let [staff_no, secret] = [staff_no, secret].map(|text| format!("`{text}`"));
            let row = row(&[&staff_no, role.as_str(), unit, name, &secret]);
            assert!(DEMO.contains(&row), "{row}");
        }
        for guest in GUESTS {
            let quoted = [guest.id_no, guest.mobile, guest.card_no, guest.purpose, guest.ticket, guest.identified];
            let [id_no, mobile, card_no, purpose, ticket, identified] = quoted.map(|text| format!("`{text}`"));
            let row = row(&[guest.name, &id_no, &mobile, &card_no, guest.branch, &purpose, &ticket, &identified]);
            assert!(DEMO.contains(&row), "{row}");
        }
        for recipient in backoffice::DEMO_RECIPIENTS {
            let [kind, key] = [recipient.kind.as_str(), recipient.key].map(|text| format!("`{text}`"));
            let row = row(&[recipient.name, &kind, &key]);
            assert!(DEMO.contains(&row), "{row}");
            assert!(recipient.identity.is_none_or(|identity| DEMO.contains(identity)));
        }
    }
}
