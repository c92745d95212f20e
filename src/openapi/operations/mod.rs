//! What is said of each action. The match has no `_`: a new action does not compile before it is described.

mod admin;
mod jobs;
mod producing;
mod queue;
mod service;
mod streams;

use crate::openapi::operation::Operation;
use crate::route::Action;

pub fn operation(action: Action) -> Operation {
    match action {
        Action::Health => service::health(),
        Action::OpenApi => service::open_api(),
        Action::Reference => service::reference(),
        Action::CreateJobs => jobs::create(),
        Action::ListJobs => jobs::list(),
        Action::GetJob => jobs::get(),
        Action::DeleteJob => jobs::delete(),
        Action::GetProgress => jobs::progress(),
        Action::ListCheckpoints => jobs::checkpoints(),
        Action::ListLogs => jobs::logs(),
        Action::KillJob => jobs::kill(),
        Action::RetryJob => jobs::retry(),
        Action::CancelJob => jobs::cancel(),
        Action::MintToken => jobs::mint_token(),
        Action::PollJobs => producing::poll(),
        Action::ClaimJob => producing::claim(),
        Action::AckJob => producing::ack(),
        Action::ReportProgress => producing::progress(),
        Action::SaveCheckpoint => producing::checkpoint(),
        Action::EmitEvent => producing::event(),
        Action::KeepAlive => producing::keep_alive(),
        Action::AppendLogs => producing::logs(),
        Action::ReportStage => producing::stage(),
        Action::CompleteJob => producing::complete(),
        Action::FailJob => producing::fail(),
        Action::WatchJob => streams::job(),
        Action::WatchPublicAsset => streams::public_asset(),
        Action::WatchAsset => streams::asset(),
        Action::WatchActivity => streams::activity(),
        Action::QueueEvents => streams::queue(),
        Action::QueueJobs => queue::jobs(),
        Action::QueueStats => queue::stats(),
        Action::QueueRetry => queue::retry(),
        Action::QueueCancel => queue::cancel(),
        Action::QueueDelete => queue::delete(),
        Action::VideoStatus => queue::video_status(),
        Action::CreateProject => admin::create_project(),
        Action::ListProjects => admin::list_projects(),
        Action::UpdateProject => admin::update_project(),
        Action::CreateKey => admin::create_key(),
        Action::ListKeys => admin::list_keys(),
        Action::RevokeKey => admin::revoke_key(),
        Action::RotateProjectKey => admin::rotate_project_key(),
        Action::ShowMetrics => admin::metrics(),
        Action::OpenSession => service::open_session(),
        Action::ShowSession => service::show_session(),
        Action::EndSession => service::end_session(),
    }
}
