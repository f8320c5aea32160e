//! What the administrator does while the answers are made up: the same at the recording and at the attack.

use cowbell::panel::view::View;
use cowbell::panel::{Event, Question, Section, TabId};
use cowbell::transport::Product;

/// A mailbox with its own password, in the recordings.
pub(crate) const SOMEBODY: &str = "anton.acker@mail.example";

/// A panel.
pub(crate) trait Desk {
    /// Tells it something, and whatever the browser notices because of it.
    fn tell(&self, event: Event);

    /// What it shows.
    fn view(&self) -> View;

    /// The plan file that is loaded.
    fn plan_file(&self) -> String;

    /// Some people sign in, or fail to.
    fn somebody_signs_in(&self);
}

/// What is attacked: everything that is read in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// authentik's API: read, planned, applied, undone.
    Authentik,
    /// The end of the integration: a new secret, removed, put back.
    Removal,
    /// mailcow: settings, form, lists; filled in, saved, restored.
    Mailcow,
    /// Who can sign in, what a switch costs, who has arrived, why sign-ins failed.
    People,
    /// What an earlier panel has stored: taken over, compared, undone. The answers are always the recorded ones.
    Kept,
    /// A plan file: loaded, planned, applied. The answers are always the recorded ones.
    Plan,
}

impl Job {
    pub(crate) const ALL: [Self; 6] = [Self::Authentik, Self::Removal, Self::Mailcow, Self::People, Self::Kept, Self::Plan];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authentik => "authentik",
            Self::Removal => "removal",
            Self::Mailcow => "mailcow",
            Self::People => "people",
            Self::Kept => "kept",
            Self::Plan => "plan",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|job| job.name() == name)
    }

    /// What is done before it, with answers that are as they should be.
    pub(crate) fn earlier(self) -> &'static [Before] {
        match self {
            Self::Authentik => &[],
            Self::Mailcow | Self::Kept => &[Before::SetUp],
            Self::Plan => &[Before::Click],
            Self::Removal | Self::People => &[Before::SetUp, Before::Save],
        }
    }

    pub(crate) fn run(self, desk: &impl Desk) {
        match self {
            Self::Authentik => {
                Before::SetUp.run(desk);
                desk.tell(Event::Go { section: Section::Check });
                agree(desk, Question::Undo);
            }
            Self::Removal => {
                desk.tell(Event::Go { section: Section::Check });
                agree(desk, Question::Rotate);
                agree(desk, Question::Remove);
                desk.tell(Event::RestoreRemoved);
            }
            Self::Mailcow => {
                click(desk, Product::Mailcow);
                desk.tell(Event::Fill);
                agree(desk, Question::Save);
                desk.tell(Event::Go { section: Section::Check });
                desk.tell(Event::Check);
                desk.tell(Event::TestConnection);
                agree(desk, Question::Restore);
            }
            Self::People => {
                desk.tell(Event::Go { section: Section::Readiness });
                desk.tell(Event::Check);
                desk.somebody_signs_in();
                desk.tell(Event::Go { section: Section::Switch });
                desk.tell(Event::ReadPeople);
                desk.tell(Event::Pick { address: SOMEBODY.into() });
                desk.tell(Event::LoadWave {
                    text: format!("address,needs\r\n{SOMEBODY},yes\r\nnobody@company.example,\r\n"),
                    addresses: vec!["address".into()],
                    needs: vec!["needs".into()],
                    told: vec!["yes".into()],
                });
                desk.tell(Event::PickFound { text: String::new() });
                agree(desk, Question::SwitchWave);
                desk.somebody_signs_in();
                desk.tell(Event::Go { section: Section::Arrivals });
                desk.tell(Event::ReadArrivals);
                desk.tell(Event::Go { section: Section::Check });
                desk.tell(Event::Explain);
                agree(desk, Question::HidePasswordForm);
                agree(desk, Question::ShowPasswordForm);
                agree(desk, Question::SwitchBack { address: String::new() });
            }
            Self::Kept => {
                agree(desk, Question::Undo);
                click(desk, Product::Mailcow);
                desk.tell(Event::Go { section: Section::Readiness });
                desk.tell(Event::Check);
                desk.tell(Event::Go { section: Section::Arrivals });
                desk.tell(Event::ReadArrivals);
                agree(desk, Question::ShowPasswordForm);
                agree(desk, Question::SwitchBack { address: String::new() });
            }
            Self::Plan => {
                desk.tell(Event::LoadPlan { text: desk.plan_file() });
                desk.tell(Event::Apply);
            }
        }
    }
}

/// What is done before a job.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Before {
    Click,
    SetUp,
    Save,
}

impl Before {
    pub(crate) fn run(self, desk: &impl Desk) {
        match self {
            Self::Click => click(desk, Product::Authentik),
            Self::SetUp => {
                Self::Click.run(desk);
                let mut draft = desk.view().draft;
                draft.mailcow = "https://mailcow.company".into();
                desk.tell(Event::Edit { draft: Box::new(draft) });
                desk.tell(Event::Plan);
                desk.tell(Event::Apply);
            }
            Self::Save => {
                click(desk, Product::Mailcow);
                agree(desk, Question::Save);
            }
        }
    }
}

/// The page of a product in which the icon is clicked.
pub(crate) fn page_of(product: Product) -> &'static str {
    match product {
        Product::Authentik => "https://authentik.company/if/admin/",
        Product::Mailcow => "https://mailcow.company/admin/system",
    }
}

/// The product in a tab.
pub(crate) fn product_of(tab: TabId) -> Product {
    if tab == TabId(1) { Product::Authentik } else { Product::Mailcow }
}

fn click(desk: &impl Desk, product: Product) {
    let tab = TabId(if product == Product::Authentik { 1 } else { 2 });
    desk.tell(Event::Click { tab, url: page_of(product).into() });
}

fn agree(desk: &impl Desk, question: Question) {
    desk.tell(Event::Ask { question });
    if let Some(shown) = desk.view().question {
        desk.tell(Event::Confirm { shown: Box::new(shown) });
    }
}
