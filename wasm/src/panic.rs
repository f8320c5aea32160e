//! JavaScript hears of a panic before it becomes a trap of WebAssembly, which has no words.

use std::cell::RefCell;
use std::panic;

use js_sys::Function;
use wasm_bindgen::prelude::*;

thread_local! {
    /// Not part of the hook, which would have to be `Send`.
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `listener` with where and why the core panics, and nothing that may be a secret. Nothing can be expected of the core
/// afterwards.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(#[wasm_bindgen(unchecked_param_type = "(words: string) => void")] listener: Function) {
    LISTENER.set(Some(listener));
    panic::set_hook(Box::new(|info| {
        let words = cowbell::panic::report(info.location(), info.payload());
        // A panic within the panic would say nothing at all.
        if let Some(listener) = LISTENER.with(|known| known.try_borrow().ok().and_then(|known| known.clone())) {
            let _ = listener.call1(&JsValue::UNDEFINED, &words.into());
        }
    }));
}

/// Panics, and quotes `text` in its message: shows in a browser what becomes of that, as `about:crash` does for Firefox itself.
#[wasm_bindgen(js_name = panicOnPurpose)]
pub fn panic_on_purpose(text: &str) {
    // Out of bounds whatever the text is.
    let _ = text.split_at(usize::MAX);
}
