//! mailcow's address as it is typed. The table of spellings is in `tests/wasm.rs`, so that the browser's own parser and the native one
//! agree; here is what only a draft knows.

use cowbell::plan::{DraftError, DraftField};
use cowbell::setup::{AddressError, AddressNote};

use crate::support::Succeeds as _;
use crate::support::stage::{Stage, draft, draft_for};

fn faults(stage: &Stage, typed: &str) -> Vec<(DraftField, DraftError)> {
    let view = stage.app.check_draft(&draft_for(typed)).succeeds();
    view.errors.into_iter().map(|error| (error.field, error.error)).collect()
}

#[test]
fn the_authentik_address_itself_is_refused() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    for typed in ["https://authentik.company", "AUTHENTIK.company", "https://authentik.company:443/if/admin/"] {
        let fault = DraftError::Address { error: AddressError::IsAuthentik };
        assert_eq!(faults(&stage, typed), [(DraftField::Mailcow, fault)], "{typed}");
    }
    assert_eq!(faults(&stage, "https://authentik.company:8443"), [], "another port is another product");
}

#[test]
fn rubbish_makes_no_plan() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    for typed in ["", "   ", "http://mailcow.company", "ftp://mailcow.company", "mail cow.company", "mailcow", "https://"] {
        let view = stage.app.check_draft(&draft_for(typed)).succeeds();
        assert_eq!((view.errors.len(), view.redirect_uri), (1, None), "{typed:?}");
        assert!(stage.plan(&draft_for(typed)).is_err(), "{typed:?}");
    }
}

#[test]
fn what_was_changed_is_shown() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    let view = stage.app.check_draft(&draft_for(" MAILCOW.company/admin/ ")).succeeds();
    assert_eq!(view.redirect_uri.as_deref(), Some("https://mailcow.company"));
    let expected = [AddressNote::Trimmed, AddressNote::SchemeAdded, AddressNote::PathRemoved, AddressNote::HostNormalised];
    assert_eq!(view.notes, expected);
}

#[test]
fn further_hosts_are_checked_one_by_one() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    let mut desired = draft();
    desired.additional_hosts =
        ["mail.company", "", "mailcow.company", "http://x.company", "MAIL.company"].map(str::to_owned).to_vec();
    let view = stage.app.check_draft(&desired).succeeds();
    let faults: Vec<(usize, DraftError)> = view.errors.into_iter().map(|error| (error.index, error.error)).collect();
    let address = |error| DraftError::Address { error };
    let expected =
        [(2, address(AddressError::Duplicate)), (3, address(AddressError::NotSecure)), (4, address(AddressError::Duplicate))];
    assert_eq!(faults, expected);
}
