//! The folders of recordings, and what is particular about each.

use std::{fs, path::PathBuf};

use cowbell_standins::authentik::Profile;

use crate::{left_out, recording::Recording};

/// The recordings of one authentik.
pub(crate) struct Series {
    /// Its folder.
    pub(crate) folder: &'static str,
    /// The release that the stand-in plays.
    pub(crate) profile: Profile,
    /// Recorded keys of the groups `mail-users` and `vip`, which a request names before any answer did.
    pub(crate) groups: [&'static str; 2],
    /// Who is signed in; user01 had signed in once before.
    pub(crate) signed_in: &'static [&'static str],
    /// What the names of many users begin with, and their path.
    pub(crate) many: [&'static str; 2],
    /// How often user10 gave a wrong password.
    pub(crate) wrong_passwords: usize,
    /// What is left out in this one only.
    left_out: &'static [(&'static str, &'static str)],
}

/// authentik 2026.2.2.
pub(crate) const RELEASE: Series = Series {
    folder: "authentik-2026.2.2",
    profile: Profile::V2026_2,
    groups: ["c5028d76-a869-4a5f-8d33-87db034962e9", "c9e18eb1-e1e4-406b-95eb-cc941a91325d"],
    signed_in: &["user01", "user01", "akadmin", "user08", "user27"],
    many: ["bulk", "bulk"],
    wrong_passwords: 1,
    left_out: &left_out::RELEASE,
};

/// A development state of 2026.8.
pub(crate) const DEVELOPMENT: Series = Series {
    folder: "authentik-2026.8.0-rc1",
    profile: Profile::V2026_8Rc1,
    groups: ["f977d5c5-6649-4587-986f-ff8cafa114b7", "7e1e653b-8c9a-4ed5-82ec-bada86d1fe04"],
    signed_in: &["user01", "user01", "akadmin", "user08", "user27", "limited"],
    many: ["many", "users"],
    wrong_passwords: 5,
    left_out: &left_out::DEVELOPMENT,
};

/// The same recordings, asked of the release of 2026.8; [`crate::later`] has what differs.
pub(crate) const DEVELOPMENT_RELEASED: Series = Series { profile: Profile::V2026_8, ..DEVELOPMENT };

impl Series {
    /// All recordings, in their order.
    pub(crate) fn recordings(&self) -> Vec<Recording> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recordings").join(self.folder);
        let files = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path());
        let mut recordings: Vec<Recording> = files
            .map(|file| {
                let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
                Recording::read(&name, &fs::read_to_string(&file).expect("readable"))
            })
            .collect();
        recordings.sort_by(|left, right| left.name.cmp(&right.name));
        recordings
    }

    /// What is left out, with the reason.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = &(&'static str, &'static str)> {
        left_out::BOTH.iter().chain(self.left_out)
    }

    /// Why a recording is not replayed; `None` if it is.
    pub(crate) fn reason(&self, name: &str) -> Option<&'static str> {
        self.left_out().find(|(left_out, _)| *left_out == name).map(|(_, reason)| *reason)
    }
}
