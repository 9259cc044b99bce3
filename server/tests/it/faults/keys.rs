//! A key file that is lost under the running binary (L0).

use super::{Shift, WELL, but, until_missing};
use crate::app::{Home, Start, TestApp};
use crate::cluster::Cluster;

#[test]
fn o2_l0_a_lost_key_file_stops_what_needs_it_masks_go_on_and_all_comes_back_with_the_file() {
    each_is_lost(&Home::new());
}

#[test]
fn o2_l0_on_a_server_a_lost_key_file_stops_the_same() {
    each_is_lost(&Home::on(&Cluster::new()));
}

fn each_is_lost(home: &Home) {
    let app = TestApp::start(home, &Start { staff: 10, env: &[], by: &[] });
    let mut shift = Shift::begin(home, &app);
    shift.finds("well", &WELL);
    let lost = [
        ("vault.key", "vault_key", but(&[("reveal", "503 vault_key_missing"), ("step_up", "503 vault_key_missing")])),
        ("index.key", "index_key", but(&[("search", "503 index_key_missing")])),
        ("staff.key", "staff_key", but(&[("sign_in", "503 staff_key_missing")])),
        (
            "log.key",
            "log_key",
            but(&[
                ("reveal", "503 log_key_missing"),
                ("step_up", "503 log_key_missing"),
                ("export", "503 log_key_missing"),
            ]),
        ),
    ];
    for (file, part, expected) in lost {
        let (there, away) = (home.data().join("keys").join(file), home.file("away"));
        std::fs::rename(&there, &away).expect("it goes");
        shift.finds(file, &expected);
        until_missing(&app, &[part]);
        std::fs::rename(&away, &there).expect("it comes back");
        shift.finds("it is back", &WELL);
        until_missing(&app, &[]);
    }
    shift.end();
}
