//! Owns every SQL statement, one a file. `directory` is D1's, `object` is of a job's own SQLite, `feed` of a
//! project's.
//! Host tests run all of them on real SQLite over the real migrations.

macro_rules! statements {
    ($folder:literal: $($name:ident),* $(,)?) => {
        $(pub const $name: &str = include_str!(concat!($folder, "/", stringify!($name), ".sql"));)*
        /// Every statement with its name, for the tests.
        pub const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

#[allow(non_upper_case_globals)]
pub mod directory {
    statements!("directory":
        upsert_job, remember_deletion, forget_deletions, delete_job, lease_jobs, held_jobs, count_jobs, reader_of_job,
        find_key, find_project_key, touch_key, insert_project, list_projects, get_project, update_project, rotate_project_key,
        insert_key, list_keys, revoke_key, remember_creation, answer_creation, find_creation, forget_creations,
        insert_session, find_session, end_session, forget_sessions, save_archive, find_archive,
        default_project, public_project, newest_of_path, unset_default,
        add_totals, note_isolate, forget_isolates, list_totals, present, count_all_jobs,
    );
}

#[allow(non_upper_case_globals)]
pub mod object {
    statements!("object":
        schema, is_created, load_record, save_record, append_event, append_checkpoint, append_logs,
        read_all, read_events, join_all, join_events, read_checkpoints, read_logs, event,
        oldest_kept_event, oldest_kept_checkpoint, oldest_kept_logs, trim_events, trim_checkpoints, trim_logs,
        find_request, remember_request, forget_requests, newest_request, upgrade,
    );
}

#[allow(non_upper_case_globals)]
pub mod feed {
    statements!("feed":
        schema, is_created, append, load, save, extent, last_events, last_seen, read, is_stored, before_newest, oldest,
        thin, oldest_kept, newest_until, note_seen, trim, forget_seen, is_seen,
    );
}

pub mod lease;
pub mod list;
