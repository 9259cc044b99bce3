//! The steps of a request, each by its own second factor (E2), and its file, handed out once (E5).

use super::{done, malformed};
use crate::asked::Asked;
use crate::file;
use crate::form::Form;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{DecideExport, ExportStep};
use domain::export::ExportDigest;
use domain::id::{BadId, Challenge, ExportId};

/// A step, as a form gives it.
pub(crate) fn step_form(form: &mut Form) -> Result<ExportStep, Vec<Fault>> {
    let export = form.parsed("export_id", ExportId::parse);
    let challenge = form.optional("challenge", Challenge::parse);
    let faults = form.faults();
    match export {
        Some(export) if faults.is_empty() => Ok(ExportStep { export, challenge }),
        Some(_) | None => Err(faults),
    }
}

/// A vote, as a form gives it. Its note may be left out: whether it must be there is the back office's to say.
pub(crate) fn vote_form(form: &mut Form, approve: bool) -> Result<DecideExport, Vec<Fault>> {
    let digest = form.parsed("digest", |text| ExportDigest::parse(text).ok_or(BadId));
    let note = form.take("note").unwrap_or_default();
    match (step_form(form), digest) {
        (Ok(ExportStep { export, challenge }), Some(digest)) => {
            Ok(DecideExport { export, digest, approve, note, challenge })
        }
        (Ok(_), None) => Err(Vec::new()),
        (Err(faults), _) => Err(faults),
    }
}

/// `/api/exports/submit`
pub async fn submit(Asked { desk, caller, mut form }: Asked) -> Response {
    match step_form(&mut form) {
        Ok(step) => done(&caller, desk.submit_export(step).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/exports/generate`
pub async fn generate(Asked { desk, caller, mut form }: Asked) -> Response {
    match step_form(&mut form) {
        Ok(step) => done(&caller, desk.generate_export(step).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/exports/download`: the file itself, not JSON.
pub async fn download(Asked { desk, caller, mut form }: Asked) -> Response {
    match step_form(&mut form) {
        Ok(step) => match desk.download_export(step).await {
            Ok(sealed) => file::sent(sealed),
            Err(error) => caller.refused(&error),
        },
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/exports/approve`
pub async fn approve(asked: Asked) -> Response {
    vote(asked, true).await
}

/// `/api/exports/reject`
pub async fn reject(asked: Asked) -> Response {
    vote(asked, false).await
}

async fn vote(Asked { desk, caller, mut form }: Asked, approve: bool) -> Response {
    match vote_form(&mut form, approve) {
        Ok(vote) => done(&caller, desk.decide_export(vote).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}
