//! Who has arrived: read, filtered, stopped, and gone with the table that it belongs to.

use cowbell::app::{ArrivalRow, ArrivalsView};
use cowbell::panel::view::{ArrivalsShown, ReadinessStatus, RequestedView};
use cowbell::panel::{Event, Question, Section};
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
        RequestedView::Done(shown) => (shown.view, shown.arrival),
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
    desk.tell(Event::FilterArrivals { arrival: Some(counted.kind) });
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
