//! Addresses: the core normalises them as the browser does that will send them (docs/decisions/005-one-url-standard.md). In Chromium
//! each case is compared with its own `URL`.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use cowbell::setup::{AddressError, AddressNote, CheckedAddress, Origin};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

use AddressError::{Empty, Invalid, NotQualified, NotSecure, Scheme, Spaces};
use AddressNote::{HostNormalised, IpAddress, Loopback, PathRemoved, PortRemoved, SchemeAdded, Trimmed, UserInfoRemoved};

#[test]
fn addresses_are_normalised_visibly() {
    let cases: [(&str, &str, &[AddressNote]); 22] = [
        ("https://mailcow.company", "https://mailcow.company", &[]),
        ("mailcow.company", "https://mailcow.company", &[SchemeAdded]),
        ("//mailcow.company", "https://mailcow.company", &[SchemeAdded]),
        ("mailcow.company:8443", "https://mailcow.company:8443", &[SchemeAdded]),
        ("https://mail.company:8443", "https://mail.company:8443", &[]),
        ("https://mailcow.company:443", "https://mailcow.company", &[PortRemoved]),
        ("https://mailcow.company/", "https://mailcow.company", &[PathRemoved]),
        ("https://mailcow.company/admin/system?x=1#y", "https://mailcow.company", &[PathRemoved]),
        ("https://mailcow.company?iam_sso=1", "https://mailcow.company", &[PathRemoved]),
        ("\u{feff} https://mailcow.company\n", "https://mailcow.company", &[Trimmed]),
        ("https://MailCow.Company", "https://mailcow.company", &[HostNormalised]),
        ("https://mailcow.company.", "https://mailcow.company", &[HostNormalised]),
        ("HTTPS://Mail.Company:443/admin", "https://mail.company", &[PathRemoved, PortRemoved, HostNormalised]),
        ("https://bücher.example", "https://xn--bcher-kva.example", &[HostNormalised]),
        ("https://faß.example", "https://xn--fa-hia.example", &[HostNormalised]),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example", &[]),
        ("https://admin:pass@mailcow.company", "https://mailcow.company", &[UserInfoRemoved]),
        ("https://192.0.2.7", "https://192.0.2.7", &[IpAddress]),
        ("https://[2001:DB8::1]/", "https://[2001:db8::1]", &[PathRemoved, HostNormalised, IpAddress]),
        ("https://0x7f.1", "https://127.0.0.1", &[HostNormalised, IpAddress, Loopback]),
        ("http://localhost:8080", "http://localhost:8080", &[Loopback]),
        ("http://mailcow.localhost", "http://mailcow.localhost", &[Loopback]),
    ];
    for (typed, expected, notes) in cases {
        let checked = CheckedAddress::parse(typed, None);
        let checked = checked.as_ref().map(|address| (address.origin.to_string(), address.notes.as_slice()));
        assert_eq!(checked, Ok((expected.to_owned(), notes)), "{typed}");
        #[cfg(target_arch = "wasm32")]
        assert_eq!(browsers_origin(expected), expected, "{typed}");
    }
}

/// The origin that the browser itself makes of an address.
#[cfg(target_arch = "wasm32")]
fn browsers_origin(address: &str) -> String {
    web_sys::Url::new(address).expect("an address").origin()
}

/// With a scheme in front, the browser understands the same address.
#[cfg(target_arch = "wasm32")]
#[test]
fn the_browser_reads_the_same_address() {
    for typed in [
        "https://MailCow.Company:443/a?b#c",
        "https://b\u{fc}cher.example",
        "https://fa\u{df}.example",
        "https://[2001:DB8::1]/",
        "https://0x7f.1",
    ] {
        let ours = Origin::of(typed).map(|origin| origin.to_string());
        assert_eq!(ours, Some(browsers_origin(typed)), "{typed}");
    }
    for typed in ["https://", "https://a^b.example", "https://mail.company:99999", "https://[::1", "https://256.256.256.256"] {
        assert_eq!(Origin::of(typed), None, "{typed}");
        assert!(web_sys::Url::new(typed).is_err(), "{typed}");
    }
}

#[test]
fn what_is_no_usable_address_says_why() {
    let cases = [
        ("", Empty),
        (" \t\u{200b}", Empty),
        ("mail cow.company", Spaces),
        ("https://mailcow.company/a b", Spaces),
        ("mail\ncow.company", Spaces),
        ("http://mailcow.company", NotSecure),
        ("HTTP://mailcow.company:443", NotSecure),
        ("http://192.0.2.7", NotSecure),
        // Names that only begin like this machine (docs/contract/cases.md, S9).
        ("http://127.evil.example", NotSecure),
        ("http://127.0.0.1.evil.example", NotSecure),
        ("http://localhost.evil.example", NotSecure),
        ("ftp://mailcow.company", Scheme),
        ("mailto:admin@mailcow.company", Scheme),
        ("javascript:alert(1)", Scheme),
        ("file:///etc/passwd", Invalid),
        ("mailcow", NotQualified),
        ("mailcow:8443", NotQualified),
        ("https://mailcow/", NotQualified),
        ("https://", Invalid),
        ("https://a^b.example", Invalid),
        ("https://mail.company:99999", Invalid),
        ("https://mail.company:port", Invalid),
        ("https://[::1", Invalid),
        ("https://mail..company", Invalid),
        ("https://256.256.256.256", Invalid),
    ];
    for (typed, fault) in cases {
        assert_eq!(CheckedAddress::parse(typed, None).err(), Some(fault), "{typed}");
    }
}

#[test]
fn origins_leave_out_what_is_usual() {
    let origin = Origin::of("https://Mail.Company:443/a?b");
    assert_eq!(origin.map(|origin| origin.to_string()).as_deref(), Some("https://mail.company"));
}
