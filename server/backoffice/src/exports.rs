//! Exports (issue 5).

mod canaries;
pub(crate) mod copy;
mod marks;
pub(crate) mod sealing_key;
mod tokens;
pub(crate) mod trace;

use crate::desk::StaffDesk;
use domain::code::Code;
use domain::desk::*;
use domain::id::{CheckId, ExportId, RecipientId};

#[async_trait::async_trait]
impl Exports for StaffDesk {
    async fn recipients(&self) -> Result<Vec<RecipientView>, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn recipient(&self, _: RecipientId) -> Result<RecipientView, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn propose_recipient(&self, _: ProposeRecipient) -> Result<RecipientId, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn decide_recipient(&self, _: DecideRecipient) -> Result<(), DeskError> {
        Err(Code::NotFound.into())
    }
    async fn end_recipient(&self, _: RecipientId) -> Result<(), DeskError> {
        Err(Code::NotFound.into())
    }
    async fn export_options(&self) -> Result<ExportOptions, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn draw_export(&self, _: DrawExport) -> Result<ExportId, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn exports(&self) -> Result<Vec<ExportEntry>, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn export(&self, _: ExportId) -> Result<ExportView, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn export_progress(&self, _: ExportId) -> Result<RunView, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn submit_export(&self, _: ExportStep) -> Result<(), DeskError> {
        Err(Code::NotFound.into())
    }
    async fn withdraw_export(&self, _: ExportId) -> Result<(), DeskError> {
        Err(Code::NotFound.into())
    }
    async fn generate_export(&self, _: ExportStep) -> Result<(), DeskError> {
        Err(Code::NotFound.into())
    }
    async fn download_export(&self, _: ExportStep) -> Result<SealedFile, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn approvals(&self) -> Result<Vec<ExportEntry>, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn decide_export(&self, _: DecideExport) -> Result<(), DeskError> {
        Err(Code::NotFound.into())
    }
    async fn export_register(&self) -> Result<ExportRegister, DeskError> {
        Err(Code::NotFound.into())
    }
    async fn check_channel(&self, _: CheckChannel) -> Result<CheckId, DeskError> {
        Err(Code::NotFound.into())
    }
}
