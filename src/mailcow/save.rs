//! "Save for me": stores the desired settings through the API, and restores the previous ones.

use super::{Endpoint, Error, IdentityProvider, Writable, api};
use crate::{
    setup::Origin,
    transport::{Answer, Batch, Host, Product, Request, SendError, WriteGuard, send_all},
};

/// Stores the settings in the mailcow that they are for, if those that it has are still those that were `seen`.
///
/// # Errors
/// [`Error::Changed`], [`Error::Refused`] with mailcow's reason, or any other [`Error`]; unless [`Error::was_refused`], the change may
/// have happened.
pub async fn store(host: &impl Host, guard: &WriteGuard, settings: &Writable, seen: &IdentityProvider) -> Result<(), Error> {
    let request = api::edit_identity_provider(guard, settings);
    change(host, settings.mailcow(), Endpoint::EditIdentityProvider, request, &[seen]).await
}

/// Restores earlier settings: stores them again, or removes the provider when none was configured. `left` are the settings that
/// Cowbell has left; others are somebody's newer ones, and stay.
///
/// # Errors
/// As [`store`] and [`remove`].
pub async fn restore(host: &impl Host, guard: &WriteGuard, earlier: &Writable, left: &IdentityProvider) -> Result<(), Error> {
    // Where a response got lost, they may be what Cowbell wanted to replace.
    let expected: [&IdentityProvider; 2] = [left, earlier];
    let origin = earlier.mailcow();
    if earlier.is_configured() {
        let request = api::edit_identity_provider(guard, earlier);
        change(host, origin, Endpoint::EditIdentityProvider, request, &expected).await
    } else {
        let request = api::delete_identity_provider(guard, origin);
        change(host, origin, Endpoint::DeleteIdentityProvider, request, &expected).await
    }
}

/// Removes the provider, if its settings are still those that were `seen`.
///
/// # Errors
/// As [`store`]; [`Error::Changed`]. mailcow refuses while a mailbox signs in with the provider (`authsource_in_use`).
pub async fn remove(host: &impl Host, guard: &WriteGuard, origin: &Origin, seen: &IdentityProvider) -> Result<(), Error> {
    let request = api::delete_identity_provider(guard, origin);
    change(host, origin, Endpoint::DeleteIdentityProvider, request, &[seen]).await
}

/// Reads the settings back, so that the caller can compare what mailcow has actually stored.
///
/// # Errors
/// Any [`Error`] except [`Error::Refused`].
pub async fn read_back(host: &impl Host, origin: &Origin) -> Result<IdentityProvider, Error> {
    let answer = send(host, api::identity_provider(origin)).await;
    api::read(Endpoint::IdentityProvider, &answer)
}

/// Sends a change. The settings are read right before, and have to be one of those that are `expected`: mailcow has no `If-Match`, so
/// that only a change of somebody else's between that answer and the write is overwritten.
async fn change(
    host: &impl Host,
    origin: &Origin,
    endpoint: Endpoint,
    request: Request,
    expected: &[&IdentityProvider],
) -> Result<(), Error> {
    api::judge_page(&send(host, api::system_page(origin)).await)?;
    let now = read_back(host, origin).await?;
    if !expected.iter().any(|known| now.changed_since(known).is_empty()) {
        return Err(Error::Changed { fields: expected.first().map_or_else(Vec::new, |left| now.changed_since(left)) });
    }
    api::judge_change(endpoint, &send(host, request).await)
}

/// Sends one request.
pub(crate) async fn send(host: &impl Host, request: Request) -> Answer {
    send_all(host, Batch::new(Product::Mailcow, vec![request])).await.pop().unwrap_or(Err(SendError::NotSent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{
        Method,
        scripted::{Scripted, guard, json, page, run},
    };

    fn origin() -> Origin {
        Origin::of("https://mailcow.company").expect("an origin")
    }

    fn nothing() -> Writable {
        IdentityProvider::default().unchanged(&origin()).expect("nothing is unknown where nothing is configured")
    }

    fn answers(request: &Request) -> Answer {
        if request.url().ends_with("/admin/system") {
            page(200)
        } else if request.method() == Method::Post {
            json(200, r#"[{"type":"success","msg":["object_modified",""]}]"#)
        } else {
            json(200, r#"{"authsource":"generic-oidc","client_id":"id"}"#)
        }
    }

    #[test]
    fn a_change_clears_the_queue_first_and_is_read_back() {
        let host = Scripted::new(answers);
        let seen = run(read_back(&host, &origin())).expect("settings");
        run(store(&host, &guard(), &nothing(), &seen)).expect("stored");
        let stored = run(read_back(&host, &origin()));
        assert_eq!(stored.map(|stored| stored.client_id), Ok("id".into()));
        let paths: Vec<String> =
            host.asked().iter().map(|request| request.url().replace("https://mailcow.company", "")).collect();
        let [get, edit] = ["get", "edit"].map(|action| format!("/api/v1/{action}/identity-provider"));
        assert_eq!(paths, [&get, "/admin/system", &get, &edit, &get]);
    }

    #[test]
    fn nothing_before_means_removal_afterwards() {
        let host = Scripted::new(answers);
        let left = run(read_back(&host, &origin())).expect("settings");
        run(restore(&host, &guard(), &nothing(), &left)).expect("restored");
        let body = host.asked().get(3).and_then(|request| {
            assert!(request.url().ends_with("/delete/identity-provider"));
            request.body().map(|body| body.text.clone())
        });
        assert_eq!(body.as_deref(), Some(r#"["identity-provider"]"#));
    }

    #[test]
    fn nothing_is_written_after_a_lost_session() {
        let host = Scripted::new(|_: &Request| Err(SendError::Redirected));
        let stored = run(store(&host, &guard(), &nothing(), &IdentityProvider::default()));
        assert_eq!(stored, Err(Error::NotSignedIn));
        assert_eq!(host.asked().len(), 1);
    }

    /// Messages of earlier requests would be taken for its answer.
    #[test]
    fn nothing_is_written_after_a_page_that_mailcow_could_not_render() {
        let is_page = |request: &Request| request.url().ends_with("/admin/system");
        let host = Scripted::new(|request: &Request| if is_page(request) { page(503) } else { answers(request) });
        let seen = run(read_back(&host, &origin())).expect("settings");
        let stored = run(store(&host, &guard(), &nothing(), &seen));
        assert_eq!(stored, Err(Error::Unavailable { endpoint: Endpoint::SystemPage, status: 503 }));
        assert!(host.asked().last().is_some_and(is_page), "nothing is sent after it");
    }
}
