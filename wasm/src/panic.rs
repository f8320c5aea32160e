//! Reports a panic to JavaScript before it becomes a trap of WebAssembly, which has no message.

use std::cell::RefCell;
use std::panic;

use js_sys::Function;
use wasm_bindgen::prelude::*;

thread_local! {
    /// Not captured by the hook, which would have to be `Send`.
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `listener` with location and message of a panic, without anything that may be a secret. The core is unusable afterwards.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(#[wasm_bindgen(unchecked_param_type = "(words: string) => void")] listener: Function) {
    LISTENER.set(Some(listener));
    panic::set_hook(Box::new(|info| {
        let words = cowbell::panic::report(info.location(), info.payload());
        // A second panic within the hook would report nothing at all.
        if let Some(listener) = LISTENER.with(|known| known.try_borrow().ok().and_then(|known| known.clone())) {
            let _ = listener.call1(&JsValue::UNDEFINED, &words.into());
        }
    }));
}

/// Panics with `text` in the message: for testing the report in a browser, as `about:crash` does in Firefox.
#[wasm_bindgen(js_name = panicOnPurpose)]
pub fn panic_on_purpose(text: &str) {
    // Out of bounds whatever the text is.
    let _ = text.split_at(usize::MAX);
}
