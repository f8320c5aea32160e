//! What the core takes from the browser instead of bringing it along. The same tests run natively, so that both ways agree.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use cowbell::setup::{AddressFault, CheckedAddress, Origin};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// The origin that an address is taken for.
fn origin(text: &str) -> Result<String, AddressFault> {
    CheckedAddress::parse(text, None).map(|address| address.origin.to_string())
}

#[test]
fn addresses_are_normalised() {
    let cases = [
        ("mailcow.company", "https://mailcow.company"),
        ("HTTPS://Mail.Company:443/admin", "https://mail.company"),
        ("https://mail.company:8443", "https://mail.company:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://[2001:DB8::1]/", "https://[2001:db8::1]"),
        ("https://0x7f.1", "https://127.0.0.1"),
    ];
    for (typed, expected) in cases {
        assert_eq!(origin(typed).as_deref(), Ok(expected), "{typed}");
    }
}

#[test]
fn rubbish_is_refused() {
    for typed in ["https://", "https://a^b.example", "https://mail.company:99999", "https://[::1"] {
        assert_eq!(origin(typed), Err(AddressFault::Invalid), "{typed}");
    }
}

#[test]
fn origins_leave_out_what_is_usual() {
    let origin = Origin::of("https://Mail.Company:443/a?b");
    assert_eq!(origin.map(|origin| origin.to_string()).as_deref(), Some("https://mail.company"));
}
