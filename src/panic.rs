//! What is reported about a panic, for a bug report that may be public.
//!
//! A panic of the standard library may quote the data that it was processing: slicing a `str` inside a character shows the whole
//! text, which may be a secret. So a message is included only if it cannot contain any data.

use std::any::Any;
use std::panic::Location;

/// Messages created at run time that contain nothing but numbers; each number is written as `#`.
const FORMS: [&str; 6] = [
    "index out of bounds: the len is # but the index is #",
    "range start index # out of range for slice of length #",
    "range end index # out of range for slice of length #",
    "slice index starts at # but ends at #",
    "RefCell already borrowed",
    "RefCell already mutably borrowed",
];

/// Replaces a message that may quote data.
const LEFT_OUT: &str = "(the message is left out, because it may quote data)";

/// The location of a panic, and its message if that contains no data.
///
/// `location` and `payload` are those of a `PanicHookInfo`.
#[must_use]
pub fn report(location: Option<&Location<'_>>, payload: &(dyn Any + Send)) -> String {
    let place = location.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!("panicked at {place}: {}", message(payload))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    // A message that is constant at compile time arrives as `&'static str`, one that is formatted at run time as `String`.
    if let Some(constant) = payload.downcast_ref::<&'static str>() {
        return constant;
    }
    payload
        .downcast_ref::<String>()
        .filter(|made| FORMS.contains(&without_numbers(made).as_str()))
        .map_or(LEFT_OUT, String::as_str)
}

fn without_numbers(message: &str) -> String {
    let mut form = String::new();
    for letter in message.chars() {
        if !letter.is_ascii_digit() {
            form.push(letter);
        } else if !form.ends_with('#') {
            form.push('#');
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::{LEFT_OUT, message, report};
    use std::cell::RefCell;
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, Location, catch_unwind};

    fn said(panics: impl FnOnce()) -> String {
        let payload = catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics");
        message(payload.as_ref()).to_owned()
    }

    #[test]
    fn a_message_without_data_is_passed_on() {
        let list = black_box(vec![1, 2, 3]);
        let (one, five) = (black_box(1), black_box(5));
        let cell = RefCell::new(0);
        assert_eq!(said(|| _ = black_box(list[five])), "index out of bounds: the len is 3 but the index is 5");
        assert_eq!(said(|| drop(list[five..].to_vec())), "range start index 5 out of range for slice of length 3");
        assert_eq!(said(|| drop(list[..five].to_vec())), "range end index 5 out of range for slice of length 3");
        assert_eq!(said(|| drop(list[2 * one..one].to_vec())), "slice index starts at 2 but ends at 1");
        assert_eq!(said(|| _ = black_box(one / (five - 5))), "attempt to divide by zero");
        assert_eq!(said(|| drop(black_box(None::<String>).unwrap())), "called `Option::unwrap()` on a `None` value");
        assert_eq!(said(|| panic!("the list has no end")), "the list has no end");
        let _writes = cell.borrow_mut();
        assert_eq!(said(|| drop(cell.borrow_mut())), "RefCell already borrowed");
        assert_eq!(said(|| drop(cell.borrow())), "RefCell already mutably borrowed");
    }

    #[test]
    fn a_message_that_may_quote_data_is_not() {
        let secret = black_box("ß-hunter2".to_owned());
        let failed: Result<(), String> = black_box(Err(secret.clone()));
        assert_eq!(said(|| _ = secret.split_at(1)), LEFT_OUT);
        assert_eq!(said(|| drop(secret[black_box(99)..].to_owned())), LEFT_OUT);
        assert_eq!(said(|| failed.clone().expect("a secret")), LEFT_OUT);
        assert_eq!(said(|| assert_eq!(secret, "another")), LEFT_OUT);
        assert_eq!(said(|| panic!("{secret}")), LEFT_OUT);
        assert_eq!(said(|| panic!("RefCell already borrowed by {secret}")), LEFT_OUT);
        assert_eq!(said(|| std::panic::panic_any(secret.clone().into_bytes())), LEFT_OUT);
    }

    #[test]
    fn the_place_is_named() {
        let here = Location::caller();
        assert_eq!(
            report(Some(here), &"a constant"),
            format!("panicked at src/panic.rs:{}:{}: a constant", here.line(), here.column())
        );
        assert_eq!(report(None, &LEFT_OUT.to_owned()), format!("panicked at an unknown place: {LEFT_OUT}"));
    }
}
