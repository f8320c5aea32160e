//! What mailcow's login pages show. No API route has it: it is in the configuration page (docs/contract/rollout.md, "Hiding the
//! password form").

use super::{
    Endpoint, Error, api,
    login_switches::{CustomLogin, parse},
    save::send,
};
use crate::{
    setup::Origin,
    transport::{Answer, Host, WriteGuard},
};

impl CustomLogin {
    /// Parses the response to [`api::system_page`].
    ///
    /// # Errors
    /// [`Error::Unexpected`] for a page in which the form or one of its switches is missing or ambiguous, or any other [`Error`].
    pub fn read(answer: &Answer) -> Result<Self, Error> {
        api::judge_page(answer)?;
        let unexpected = Error::Unexpected { endpoint: Endpoint::SystemPage, status: 200 };
        answer.as_ref().ok().and_then(|response| parse(&response.body)).ok_or(unexpected)
    }
}

/// Reads what the login pages show.
///
/// # Errors
/// As [`CustomLogin::read`].
pub async fn read(host: &impl Host, origin: &Origin) -> Result<CustomLogin, Error> {
    CustomLogin::read(&send(host, api::system_page(origin)).await)
}

/// How a change of the login pages ended.
#[derive(Debug)]
pub struct Changed {
    /// What they show, as it was read last; `None` if that is not known.
    pub now: Option<CustomLogin>,
    /// Whether a change was sent that mailcow may have stored.
    pub is_sent: bool,
    /// Why they are not as desired, or not known to be.
    pub error: Option<Error>,
}

/// Hides the password form or shows it, if the login pages still are as they were `seen`, and leaves the links as they are. mailcow
/// has no conditional write, so they are read right before it, which also clears the messages of earlier requests; and they are read
/// back, because its answer says nothing about what it has stored.
pub async fn set_force_sso(host: &impl Host, guard: &WriteGuard, origin: &Origin, seen: CustomLogin, force_sso: bool) -> Changed {
    let now = match read(host, origin).await {
        Ok(now) => now,
        Err(error) => return Changed { now: None, is_sent: false, error: Some(error) },
    };
    let fields = now.changed_since(seen);
    if !fields.is_empty() {
        return Changed { now: Some(now), is_sent: false, error: Some(Error::LoginPageChanged { fields }) };
    }
    let desired = now.with_force_sso(force_sso);
    let request = api::edit_custom_login(guard, origin, desired);
    let written = api::judge_change(Endpoint::EditCustomLogin, &send(host, request).await);
    let is_sent = !written.as_ref().is_err_and(Error::was_refused);
    match read(host, origin).await {
        Ok(now) if now == desired => Changed { now: Some(now), is_sent, error: None },
        Ok(now) => {
            let not_kept = Error::LoginPageNotKept { fields: now.changed_since(desired) };
            Changed { now: Some(now), is_sent, error: Some(written.err().unwrap_or(not_kept)) }
        }
        Err(error) => Changed { now: None, is_sent, error: Some(written.err().unwrap_or(error)) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{
        Method, Request, SendError,
        scripted::{Scripted, guard, json, page, run},
    };

    const SWITCHES: &str = r#"<input type="checkbox" value="1" name="hide_user_quicklink">
        <input name='hide_domainadmin_quicklink' checked="" type=checkbox value=1>
        <INPUT CHECKED TYPE="CheckBox" NAME="hide_admin_quicklink" VALUE="1">
        <input class="form-check-input" type="checkbox" value="1" name="force_sso" id="force_sso" >"#;

    fn form(content: &str) -> String {
        format!(r#"<form class="form" data-id="custom_login" role="form" method="post">{content}</form>"#)
    }

    fn read(page: &str) -> Option<[bool; 4]> {
        parse(page).map(|login| login.members().map(|(_, on)| on))
    }

    #[test]
    fn the_switches_are_read_however_they_are_written() {
        let (right, form) = (Some([false, true, true, false]), form(SWITCHES));
        for page in [
            form.clone(),
            format!("<form data-id=ip_check><input type=checkbox name=ip_check_opt_in value=1 checked></form>{form}"),
            format!("<form data-id=custom_login_2><input type=checkbox name=another value=1 checked></form>{form}"),
            format!("<!-- <form data-id=custom_login> -->{form}<script>'</form> force_sso'</script><textarea><form></textarea>"),
            format!("<label for=force_sso id='force_sso'></label>{form}<template><form data-id=custom_login></template>"),
            // Another form that begins in it is ignored.
            form.replace("</form>", "<form data-id=another></form>"),
            form.replace("</form>", "<input type=checkbox name=force_sso_2 value=1 checked></form>"),
        ] {
            assert_eq!(read(&page), right, "{page}");
        }
    }

    /// Whatever it stands in: it may hide the form from whoever reads the page, or be hidden itself.
    #[test]
    fn a_page_with_another_switch_of_that_name_is_not_understood() {
        let form = form(SWITCHES);
        let another = "<input type=checkbox name=force_sso value=1 checked>";
        let fake = form.replace(" checked", "").replace("name=", "checked name=");
        for page in [
            format!("{another}{form}"),
            format!("{form}<form data-id=ip_check>{another}</form>"),
            format!("<form data-id=custom_login_2><INPUT checked type=checkbox value=1 NAME = 'force_sso'/></form>{form}"),
            form.replace("</form>", "<input form=another type=checkbox name=force_sso value=1 checked></form>"),
            format!("{form}<!-- {another} -->"),
            format!("{form}<script>{another}</script>"),
            format!("<textarea>{another}</textarea>{form}"),
            format!("<template>{another}</template>{form}"),
            // Only this one is seen.
            format!("{fake}<!-- {form} -->"),
            format!("{fake}<!-- {form}"),
            format!("{fake}<template>{form}"),
            format!("{fake}<b title='{form}"),
        ] {
            assert_eq!(read(&page), None, "{page}");
        }
    }

    #[test]
    fn a_page_that_leaves_it_open_is_not_understood() {
        let whole = form(SWITCHES);
        let mut pages = vec![
            String::new(),
            "<html>".to_owned(),
            SWITCHES.to_owned(),
            format!("{whole}{whole}"),
            format!("<!-- {whole} -->"),
            format!("<textarea>{whole}"),
            // Browsers ignore a form that begins in another one.
            format!("<form data-id=another>{whole}</form>"),
            whole.replace("custom_login", "custom_login_2"),
            whole.replace("</form>", "<input type=checkbox name=force_sso value=1 checked></form>"),
            // In mailcow's own form a hidden field sends a value, too.
            whole.replace(r#"<input class="form-check-input" type="checkbox""#, r#"<input type="hidden""#),
            whole.replace(r#"value="1" name="force_sso""#, r#"value="on" name="force_sso""#),
            whole.replace("</form>", "<form></form><input></form>").replace(r#"name="force_sso""#, ""),
            // Where the form is, the switch is of another one; and the other way round.
            whole.replace(r#"name="force_sso""#, r#"form="another" name="force_sso""#),
            whole.replace(r#"name="force_sso""#, "") + "<input type=checkbox name=force_sso value=1>",
        ];
        pages.extend(CustomLogin::default().members().map(|(name, _)| whole.replace(name, "another")));
        for page in pages {
            assert_eq!(read(&page), None, "{page}");
        }
        let unexpected = Err(Error::Unexpected { endpoint: Endpoint::SystemPage, status: 200 });
        assert_eq!(CustomLogin::read(&json(200, "<html>")), unexpected);
        assert_eq!(CustomLogin::read(&Err(SendError::Redirected)), Err(Error::NotSignedIn));
        assert!(CustomLogin::read(&page(503)).is_err());
    }

    #[test]
    fn all_four_are_sent_and_one_is_changed() {
        let host = Scripted::new(|request: &Request| {
            if request.method() == Method::Post {
                json(200, r#"[{"type":"success","msg":"custom_login_modified"}]"#)
            } else {
                json(200, &form(SWITCHES))
            }
        });
        let origin = Origin::of("https://mailcow.company").expect("an origin");
        let seen = parse(&form(SWITCHES)).expect("switches");
        let changed = run(set_force_sso(&host, &guard(), &origin, seen, true));
        let body = host.asked().get(1).and_then(|request| Some(request.body()?.text.clone())).expect("a body");
        let sent = r#"{"items":["admin"],"attr":{"hide_user_quicklink":"0","hide_domainadmin_quicklink":"1","hide_admin_quicklink":"1","force_sso":"1"}}"#;
        assert_eq!(body, sent);
        // It says success and stores nothing.
        assert_eq!(changed.error, Some(Error::LoginPageNotKept { fields: vec!["force_sso".to_owned()] }));
        assert!(changed.is_sent && changed.now == Some(seen));
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let login = CustomLogin { hide_admin_quicklink: true, force_sso: true, ..CustomLogin::default() };
        assert_eq!(CustomLogin::from_text(&login.to_text()), Some(login));
        for text in ["", "001", "00111", "001x", "000\u{661}"] {
            assert_eq!(CustomLogin::from_text(text), None, "{text}");
        }
    }
}
