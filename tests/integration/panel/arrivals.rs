//! Who has arrived: read, filtered, stopped, and gone with the table that it belongs to.

use cowbell::app::{ArrivalFilter, ArrivalRow, ArrivalsView, PeopleFilter};
use cowbell::panel::view::{ArrivalsShown, ReadinessStatus, RequestedView};
use cowbell::panel::{Event, Question, Section};
use cowbell::transport::Product;
use cowbell::verify::Code;
use cowbell::verify::arrival::ArrivalKind;

use super::desk;
use crate::support::panel::Desk;

fn arrivals(desk: &Desk) -> RequestedView<ArrivalsShown> {
    match desk.view().readiness {
        ReadinessStatus::Done { arrivals, .. } => arrivals,
        other => panic!("{other:?}"),
    }
}

fn done(desk: &Desk) -> (ArrivalsView, Option<ArrivalKind>) {
    match arrivals(desk) {
        RequestedView::Done(shown) => (shown.view, shown.filter.kind),
        other => panic!("{other:?}"),
    }
}

fn opened(desk: &Desk) -> Vec<ArrivalRow> {
    match arrivals(desk) {
        RequestedView::Done(shown) => shown.opened,
        other => panic!("{other:?}"),
    }
}

/// Everybody's mailbox was switched by this panel.
fn switched() -> Desk {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    desk.tell(Event::PickFound { text: String::new() });
    desk.agree(Question::SwitchWave);
    desk
}

#[test]
fn it_is_read_and_filtered_and_goes_with_its_table() {
    let desk = switched();
    assert_eq!((arrivals(&desk), desk.panel.find_arrivals("", 0, 9).total), (RequestedView::None, 0));
    desk.tell(Event::ReadArrivals);
    let (view, kind) = done(&desk);
    assert!(view.switched > 0 && view.rows >= view.switched && kind.is_none(), "{view:?}");
    assert_eq!(desk.panel.find_arrivals("", 0, 99).total, view.rows);
    let counted = view.counts[0];
    desk.tell(Event::FilterArrivals { filter: ArrivalFilter { kind: Some(counted.kind), silent: false } });
    let found = desk.panel.find_arrivals("", 0, 99);
    assert_eq!((found.total, done(&desk).1), (counted.count, Some(counted.kind)));
    assert!(found.rows.iter().all(|row| row.arrival == counted.kind), "{found:?}");
    // All that is known about one of them, whatever is listed; the same press again closes it.
    let one = desk.panel.find_arrivals("", 0, 99).rows.into_iter().find(|row| row.can_switch_back).expect("one");
    let open = || desk.tell(Event::OpenArrival { address: one.address.clone() });
    open();
    assert_eq!(opened(&desk), std::slice::from_ref(&one));
    open();
    assert_eq!(opened(&desk), []);
    open();
    // A mailbox that is switched back is not in the list any more, nor looked at.
    let before = view.switched;
    desk.agree(Question::SwitchBack { address: one.address.clone() });
    assert_eq!(opened(&desk), []);
    assert_eq!(done(&desk).0.switched, before - 1, "one alone");
    desk.agree(Question::SwitchBack { address: String::new() });
    assert_eq!(done(&desk).0.switched, 0);
    desk.tell(Event::Check);
    assert_eq!(arrivals(&desk), RequestedView::None);
}

#[test]
fn reading_is_stopped_and_taken_up_again_and_an_old_answer_is_dropped() {
    let desk = switched();
    desk.sim.hold();
    let mut reading = desk.begin(Event::ReadArrivals);
    assert!(!reading.go_on());
    assert!(matches!(arrivals(&desk), RequestedView::Reading(progress) if !progress.cancelling));
    desk.tell(Event::Cancel);
    assert!(matches!(arrivals(&desk), RequestedView::Reading(progress) if progress.cancelling));
    reading.finish();
    let (view, _) = done(&desk);
    assert!(view.findings.iter().any(|finding| finding.code == Code::SendCancelled), "{view:?}");
    assert!(view.counts.iter().all(|counted| counted.kind != ArrivalKind::NotYet), "{view:?}");
    desk.tell(Event::ReadArrivals);
    let codes: Vec<Code> = done(&desk).0.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::EventsEmpty], "nobody has signed in to this authentik yet");
    // The table is read again meanwhile.
    desk.sim.hold_at(1);
    let mut reading = desk.begin(Event::ReadArrivals);
    assert!(!reading.go_on());
    desk.tell(Event::Check);
    reading.finish();
    assert_eq!(arrivals(&desk), RequestedView::None);
}

/// An answer to the question before is not the answer to this one.
#[test]
fn an_answer_that_comes_late_does_not_end_a_later_reading() {
    let desk = switched();
    desk.sim.hold_at(1);
    let mut late = desk.begin(Event::ReadArrivals);
    assert!(!late.go_on());
    desk.tell(Event::Check);
    desk.sim.hold_at(1);
    let mut reading = desk.begin(Event::ReadArrivals);
    assert!(!reading.go_on());
    late.finish();
    assert!(matches!(arrivals(&desk), RequestedView::Reading(_)), "{:?}", arrivals(&desk));
    reading.finish();
    done(&desk);
}

/// One press reads both products anew, and what the administrator looked at is there again.
#[test]
fn reading_again_shows_the_open_list_again_as_it_was() {
    let desk = switched();
    desk.tell(Event::Go { section: Section::Arrivals });
    desk.tell(Event::ReadArrivals);
    let kind = done(&desk).0.counts[0].kind;
    let filter = ArrivalFilter { kind: Some(kind), silent: false };
    desk.tell(Event::FilterArrivals { filter });
    let one = desk.panel.find_arrivals("", 0, 1).rows[0].address.clone();
    desk.tell(Event::OpenArrival { address: one.clone() });
    desk.sim.forget();
    desk.tell(Event::Check);
    assert_eq!((done(&desk).1, opened(&desk)[0].address.as_str()), (Some(kind), one.as_str()));
    let sent = desk.sim.sent();
    let is_sent = |path: &str| sent.iter().any(|sent| sent.url.contains(path));
    assert!(is_sent("get/mailbox/all") && is_sent("events/events") && is_sent("get/logs/sasl"), "{sent:?}");
    assert!(!is_sent("get/app-passwd"), "the other list is read where it is shown");
    desk.tell(Event::ReadArrivals);
    assert_eq!(done(&desk).1, Some(kind), "nor does the smaller button change it");
    // The other list, which was there as well; reading once more before it is shown does not lose it.
    desk.tell(Event::Go { section: Section::Readiness });
    desk.tell(Event::Check);
    desk.tell(Event::Check);
    desk.tell(Event::Go { section: Section::Arrivals });
    assert_eq!(done(&desk).1, Some(kind));
    desk.tell(Event::Go { section: Section::Switch });
    let people = |desk: &Desk| match desk.view().readiness {
        ReadinessStatus::Done { people: RequestedView::Done(shown), .. } => Some(shown.filter),
        _ => None,
    };
    assert_eq!(people(&desk), Some(PeopleFilter::default()));
    let domain = PeopleFilter { domain: Some("mail.example".into()), ..PeopleFilter::default() };
    desk.tell(Event::FilterPeople { filter: domain.clone() });
    desk.tell(Event::Check);
    assert_eq!(people(&desk), Some(domain));
    let nobodys = PeopleFilter { domain: Some("nowhere.example".into()), ..PeopleFilter::default() };
    desk.tell(Event::FilterPeople { filter: nobodys });
    desk.tell(Event::Check);
    assert_eq!(people(&desk), Some(PeopleFilter::default()), "nobody could be shown, nor the filter be released");
    // A filter that lists nobody any more is gone: nobody is left who could be shown by it.
    desk.tell(Event::Go { section: Section::Arrivals });
    desk.agree(Question::SwitchBack { address: String::new() });
    desk.tell(Event::Check);
    assert_eq!(done(&desk).1, None);
    desk.tell(Event::FilterArrivals { filter: ArrivalFilter { kind: None, silent: true } });
    desk.tell(Event::ReadArrivals);
    assert!(matches!(arrivals(&desk), RequestedView::Done(shown) if shown.view.silent == 0 && !shown.filter.silent));
    // Nothing is read again of another product, or where nobody has asked.
    desk.tell(Event::Policy { allowed: Some(Vec::new()) });
    desk.tell(Event::Policy { allowed: None });
    for product in [Product::Authentik, Product::Mailcow] {
        desk.click(product);
    }
    desk.tell(Event::Go { section: Section::Arrivals });
    assert_eq!(arrivals(&desk), RequestedView::None);
    desk.tell(Event::Go { section: Section::Switch });
    assert_eq!(people(&desk), None);
}

/// Those whose mail program has fallen silent stay listed, as long as there are any.
#[test]
fn reading_again_keeps_the_list_of_those_whose_mail_program_is_silent() {
    let desk = switched();
    {
        let mut world = desk.sim.world();
        world.authentik.state_mut().advance(86_400);
        world.mailcow.state_mut().now += 86_400;
    }
    desk.sim.pass_ms(86_400_000);
    desk.tell(Event::ReadArrivals);
    let silent = done(&desk).0.silent;
    assert!(silent > 0);
    let filter = ArrivalFilter { kind: None, silent: true };
    desk.tell(Event::FilterArrivals { filter });
    desk.tell(Event::ReadArrivals);
    assert!(matches!(arrivals(&desk), RequestedView::Done(shown) if shown.filter == filter));
    assert_eq!(desk.panel.find_arrivals("", 0, 99).total, silent);
}

/// When the second wave goes wrong, it is switched back, and the first one is left alone.
#[test]
fn the_last_wave_is_switched_back_by_itself() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    let switched = |desk: &Desk| {
        let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
        (view.switched, view.last_wave)
    };
    let moved = |desk: &Desk| -> Vec<String> {
        let world = desk.sim.observe();
        let mailboxes = world.mailcow.state().mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc");
        mailboxes.map(|mailbox| mailbox.username.clone()).collect()
    };
    desk.agree(Question::SwitchWave);
    let first = moved(&desk);
    assert_eq!(switched(&desk), (first.len(), first.len()), "there is one wave only");
    desk.sim.pass_ms(60_000);
    desk.tell(Event::PickFound { text: String::new() });
    desk.agree(Question::SwitchWave);
    let all = moved(&desk);
    assert!(!first.is_empty() && all.len() > first.len());
    assert_eq!(switched(&desk), (all.len(), all.len() - first.len()));
    desk.tell(Event::Ask { question: Question::SwitchBackWave });
    assert_eq!(desk.view().question.map(|question| question.switched), Some(all.len() - first.len()));
    desk.tell(desk.yes());
    assert_eq!(moved(&desk), first);
    assert_eq!(switched(&desk), (first.len(), first.len()), "now the first one is the last");
    desk.agree(Question::SwitchBack { address: String::new() });
    assert_eq!((moved(&desk), switched(&desk)), (Vec::new(), (0, 0)));
}
