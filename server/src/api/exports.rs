//! Exports: drawing up a request, seeing one, and the lists of them (E1, E3).

mod draw;
mod steps;

use crate::answer;
use crate::asked::{Asked, Caller};
use crate::form::Form;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{DeskError, ExportEntry, Seen};
use domain::id::ExportId;
pub(crate) use draw::draw_form;
use serde::Serialize;
pub use steps::{approve, download, generate, reject, submit};
pub(crate) use steps::{step_form, vote_form};

#[derive(Serialize)]
struct Drawn {
    export_id: ExportId,
}

#[derive(Serialize)]
struct Requests {
    exports: Vec<ExportEntry>,
}

/// What the desk said, as JSON.
pub(super) fn told<T: Serialize>(caller: &Caller, done: Result<T, DeskError>) -> Response {
    match done {
        Ok(value) => answer::json(&value),
        Err(error) => caller.refused(&error),
    }
}

/// The same where there is nothing to say.
pub(super) fn done(caller: &Caller, done: Result<(), DeskError>) -> Response {
    told(caller, done.map(|()| serde_json::json!({})))
}

/// A refusal of what did not parse.
pub(super) async fn malformed(caller: &Caller, faults: Vec<Fault>) -> Response {
    caller.refuse(Seen::default(), DeskError::Invalid(faults)).await
}

/// The one parameter of most.
pub(crate) fn export_id(form: &mut Form) -> Result<ExportId, Vec<Fault>> {
    let export = form.parsed("export_id", ExportId::parse);
    let faults = form.faults();
    export.filter(|_| faults.is_empty()).ok_or(faults)
}

/// `/api/exports/options`
pub async fn options(Asked { desk, caller, mut form }: Asked) -> Response {
    match form.faults() {
        faults if faults.is_empty() => told(&caller, desk.export_options().await),
        faults => malformed(&caller, faults).await,
    }
}

/// `/api/exports/create`
pub async fn create(Asked { desk, caller, mut form }: Asked) -> Response {
    match draw_form(&mut form) {
        Ok(asked) => told(&caller, desk.draw_export(asked).await.map(|export_id| Drawn { export_id })),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/exports/list`
pub async fn list(Asked { desk, caller, mut form }: Asked) -> Response {
    match form.faults() {
        faults if faults.is_empty() => told(&caller, desk.exports().await.map(|exports| Requests { exports })),
        faults => malformed(&caller, faults).await,
    }
}

/// `/api/exports/approvals`
pub async fn approvals(Asked { desk, caller, mut form }: Asked) -> Response {
    match form.faults() {
        faults if faults.is_empty() => told(&caller, desk.approvals().await.map(|exports| Requests { exports })),
        faults => malformed(&caller, faults).await,
    }
}

/// `/api/exports/register`
pub async fn register(Asked { desk, caller, mut form }: Asked) -> Response {
    match form.faults() {
        faults if faults.is_empty() => told(&caller, desk.export_register().await),
        faults => malformed(&caller, faults).await,
    }
}

/// `/api/exports/view`
pub async fn view(Asked { desk, caller, mut form }: Asked) -> Response {
    match export_id(&mut form) {
        Ok(export) => told(&caller, desk.export(export).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/exports/status`
pub async fn status(Asked { desk, caller, mut form }: Asked) -> Response {
    match export_id(&mut form) {
        Ok(export) => told(&caller, desk.export_progress(export).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/exports/withdraw`
pub async fn withdraw(Asked { desk, caller, mut form }: Asked) -> Response {
    match export_id(&mut form) {
        Ok(export) => done(&caller, desk.withdraw_export(export).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}
