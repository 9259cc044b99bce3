//! Exports: asked for by one person, decided by others, made by a job, fetched once (E1–E6). The steps are types in
//! `domain::export`; here each is an act, in the order of the files' names below.

mod canaries;
pub(crate) mod copy;
mod demo;
mod download;
mod draw;
mod making;
mod marks;
mod recipients;
mod register;
mod run;
mod sealing_key;
mod settings;
mod state;
mod steps;
mod tokens;
mod told;
pub(crate) mod trace;
mod view;
mod vote;

pub use demo::{DEMO_RECIPIENTS, DemoRecipient};
pub use sealing_key::{BadSealingKey, SealingKey};
pub use settings::ExportSettings;

use crate::desk::StaffDesk;
use crate::policy::{self as policies, Allowed, Permission};
use crate::store::recipients as recipient_store;
use domain::audit::event::{Details, Kind};
use domain::code::Code;
use domain::desk::{
    CheckChannel, DecideExport, DecideRecipient, DeskError, DrawExport, ExportEntry, ExportOptions, ExportRegister,
    ExportStep, ExportView, Exports, ProposeRecipient, RecipientView, RunView, SealedFile,
};
use domain::id::{CheckId, ExportId, RecipientId};

/// Rows that a spreadsheet takes, control rows and a heading left room for.
const SHEET_ROWS: u64 = 1_000_000;

#[async_trait::async_trait]
impl Exports for StaffDesk {
    async fn recipients(&self) -> Result<Vec<RecipientView>, DeskError> {
        self.may_see_recipients().await?;
        let rows = recipient_store::all(&self.office.db).await.map_err(|_| Code::LogUnavailable)?;
        Ok(rows.into_iter().map(|row| self.recipient_view(row)).collect())
    }
    async fn recipient(&self, recipient: RecipientId) -> Result<RecipientView, DeskError> {
        self.may_see_recipients().await?;
        match recipient_store::read(&self.office.db, recipient).await.map_err(|_| Code::LogUnavailable)? {
            Some(row) => Ok(self.recipient_view(row)),
            None => Err(self.refused_as(Kind::RequestRefused, Details::default(), Code::NotFound.into()).await),
        }
    }
    async fn propose_recipient(&self, form: ProposeRecipient) -> Result<RecipientId, DeskError> {
        self.enter_recipient(form).await
    }
    async fn decide_recipient(&self, form: DecideRecipient) -> Result<(), DeskError> {
        self.say_of_recipient(form).await
    }
    async fn end_recipient(&self, recipient: RecipientId) -> Result<(), DeskError> {
        self.end_one(recipient).await
    }
    async fn export_options(&self) -> Result<ExportOptions, DeskError> {
        self.options().await
    }
    async fn draw_export(&self, form: DrawExport) -> Result<ExportId, DeskError> {
        self.draw(form).await
    }
    async fn exports(&self) -> Result<Vec<ExportEntry>, DeskError> {
        self.own_exports().await
    }
    async fn export(&self, export: ExportId) -> Result<ExportView, DeskError> {
        self.read_export(export).await
    }
    async fn export_progress(&self, export: ExportId) -> Result<RunView, DeskError> {
        self.progress(export).await
    }
    async fn submit_export(&self, form: ExportStep) -> Result<(), DeskError> {
        self.submit(form).await
    }
    async fn withdraw_export(&self, export: ExportId) -> Result<(), DeskError> {
        self.withdraw(export).await
    }
    async fn generate_export(&self, form: ExportStep) -> Result<(), DeskError> {
        self.generate(form).await
    }
    async fn download_export(&self, form: ExportStep) -> Result<SealedFile, DeskError> {
        self.fetch(form).await
    }
    async fn approvals(&self) -> Result<Vec<ExportEntry>, DeskError> {
        self.waiting_exports().await
    }
    async fn decide_export(&self, form: DecideExport) -> Result<(), DeskError> {
        self.vote(form).await
    }
    async fn export_register(&self) -> Result<ExportRegister, DeskError> {
        self.read_register().await
    }
    async fn check_channel(&self, form: CheckChannel) -> Result<CheckId, DeskError> {
        self.note_check(form).await
    }
}

impl StaffDesk {
    /// The policy's word on a permission that is about nobody in particular.
    async fn may_export<P>(&self, kind: Kind) -> Result<Allowed<P>, DeskError>
    where
        P: for<'a> Permission<On<'a> = ()>,
    {
        match self.office.policy().decide::<P>(&self.actor, &()) {
            Ok(allowed) => Ok(allowed),
            Err(code) => Err(self.refused_as(kind, Details::default(), code.into()).await),
        }
    }

    /// To whom files go is known to whoever enters, confirms, ends or reads them. No customer stands in it.
    async fn may_see_recipients(&self) -> Result<(), DeskError> {
        let policy = self.office.policy();
        let may = policy.decide::<policies::ProposeRecipient>(&self.actor, &()).is_ok()
            || policy.decide::<policies::DecideRecipient>(&self.actor, &()).is_ok()
            || policy.decide::<policies::EndRecipient>(&self.actor, &()).is_ok()
            || policy.decide::<policies::ReadExports>(&self.actor, &()).is_ok();
        if may {
            return Ok(());
        }
        Err(self.refused_as(Kind::RequestRefused, Details::default(), Code::NotPermitted.into()).await)
    }
}
