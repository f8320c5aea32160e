//! What was done between the recordings from 801 on.

use cowbell_standins::mailcow::Mailcow;
use cowbell_standins::mailcow::identity_provider::IdentityProvider;
use cowbell_standins::mailcow::state::Mailbox;
use serde_json::{Value, json};

use crate::later::{CREATED, provider};
use crate::{Client, Replay};

/// Fields of templates that were made for the recordings (recording 851).
fn template(name: &str) -> Value {
    json!({
        "template": name, "quota": "1024", "tags": ["oidc"], "sogo_access": "1", "active": "1",
        "protocol_access": ["imap", "pop3", "smtp", "sieve", "eas", "dav"], "acl": ["spam_alias", "tls_policy", "app_passwds"],
    })
}

impl Replay {
    /// Brings the stand-in to where mailcow was before a recording made later.
    pub(crate) fn prepare_later(&mut self, number: u32) {
        match number {
            801 => self.log_in("/admin", "admin", Client::Admin),
            831 => {
                self.mailcow.state_mut().identity_provider = IdentityProvider::default();
                self.get("/admin/system", Client::Admin);
            }
            // The page before showed what the change said.
            833 | 837 => self.get("/admin/system", Client::Admin),
            841 | 843 => self.mailcow.state_mut().force_sso = false,
            842 => {
                self.mailcow.state_mut().force_sso = true;
                self.configure();
            }
            853 => self.post("/api/v1/add/mailbox/template", &template("Sales")),
            861..=871 => self.prepare_sign_in(number),
            872 => self.mailcow.state_mut().force_sso = true,
            873 => {
                self.mailcow.state_mut().force_sso = false;
                self.store(&[("default_template", json!("OIDC Users"))]);
                self.store(&[("redirect_url", json!("https://mailcow.company/index.php"))]);
                self.is_at_authentik("user19@mail.example", &Value::Null);
            }
            874 => self.store(&[("redirect_url", json!("https://mailcow.company/user.php"))]),
            876 => self.store(&[("redirect_url", json!("https://mailcow.company/admin"))]),
            877 => {
                self.store(&[("redirect_url", json!("https://mailcow.company"))]);
                self.store(&[("redirect_url_extra", json!(["https://webmail.company:8443"]))]);
            }
            878 => self.store(&[("redirect_url_extra", json!(["https://webmail.company"]))]),
            879 => {
                self.mailcow.state_mut().force_sso = true;
                self.switch_all("mailcow");
            }
            881..=899 => self.prepare_user(number),
            _ => {}
        }
    }

    /// Sign-ins with odd templates and mailboxes.
    fn prepare_sign_in(&mut self, number: u32) {
        let sales = json!("sales");
        match number {
            861 => {
                self.store(&[("default_template", json!("Inactive"))]);
                self.sign_in(Client::Visitor, "user10@mail.example", &Value::Null);
            }
            863 => {
                let mailbox = Mailbox {
                    authsource: "generic-oidc".to_owned(),
                    active: false,
                    ..Mailbox::new("user11@mail.example", "Test User 11", CREATED)
                };
                self.mailcow.state_mut().mailboxes.push(mailbox);
                self.store(&[("mappers", json!(["sales"])), ("templates", json!(["Sales"]))]);
                self.sign_in(Client::Visitor, "user11@mail.example", &sales);
                self.get("/user", Client::Visitor);
            }
            865 => {
                self.mailcow.state_mut().mailbox_mut("user11@mail.example").unwrap().active = false;
                self.sign_in(Client::Visitor, "user11@mail.example", &sales);
            }
            866 => {
                self.mailcow.state_mut().mailbox_mut("user11@mail.example").unwrap().active = true;
                self.store(&[("templates", json!(["Inactive"]))]);
                self.sign_in(Client::Visitor, "user11@mail.example", &sales);
            }
            867 => {
                self.store(&[("default_template", json!("OIDC Users"))]);
                self.sign_in(Client::Visitor, "user12@inactive.example", &Value::Null);
            }
            869 => self.sign_in(Client::Visitor, "Room1@mail.example", &Value::Null),
            870 => self.sign_in(Client::Visitor, "info@mail.example", &Value::Null),
            871 => {
                self.store(&[("default_template", json!("Inactive"))]);
                self.is_at_authentik("user16@mail.example", &Value::Null);
            }
            _ => {}
        }
    }

    /// A mailbox user's calls, and what is left when somebody has signed in.
    fn prepare_user(&mut self, number: u32) {
        match number {
            881 => {
                self.mailcow.state_mut().force_sso = false;
                self.configure();
                self.switch_all("generic-oidc");
                self.sign_in(Client::MailboxUser, "user19@mail.example", &Value::Null);
            }
            893 => {
                self.store(&[("default_template", json!("No app passwords"))]);
                self.sign_in(Client::MailboxUser, "user20@mail.example", &Value::Null);
            }
            895 => {
                self.store(&[("client_scopes", json!("openid profile email offline_access"))]);
                self.upstream.offline_access = true;
                self.sign_in(Client::MailboxUser, "user03@mail.example", &Value::Null);
                self.get("/user", Client::MailboxUser);
                self.upstream.refuses_refresh = true;
                self.logged_before = self.mailcow.state().ui_log.len();
            }
            897 => {
                let cookie = self.cookies[&Client::MailboxUser].clone();
                self.cookies.insert(Client::Visitor, cookie);
            }
            898 => {
                self.upstream.offline_access = false;
                self.configure();
                self.store(&[("mappers", json!(["sales"])), ("templates", json!(["Sales"]))]);
                self.sign_in(Client::Visitor, "user14@mail.example", &json!(true));
                let edit = json!({"items": ["user14@mail.example"], "attr": {"authsource": "mailcow"}});
                self.post("/api/v1/edit/mailbox", &edit);
            }
            899 => {
                self.get("/admin/system", Client::Admin);
                self.post("/api/v1/delete/mailbox", &json!(["user10@mail.example"]));
                self.sign_in(Client::Visitor, "user10@mail.example", &Value::Null);
                self.get("/SOGo/so/", Client::Visitor);
                self.get("/user", Client::Visitor);
            }
            _ => {}
        }
    }

    /// Saves the identity provider as it was.
    fn configure(&mut self) {
        self.mailcow.state_mut().identity_provider = provider(Mailcow::recorded().state());
    }

    fn switch_all(&mut self, authsource: &str) {
        for mailbox in &mut self.mailcow.state_mut().mailboxes {
            authsource.clone_into(&mut mailbox.authsource);
        }
    }

    /// Somebody with this claim is signed in to authentik.
    fn is_at_authentik(&mut self, email: &str, template: &Value) {
        let digits: String = email.chars().filter(char::is_ascii_digit).collect();
        email.clone_into(&mut self.upstream.email);
        self.upstream.name = format!("Test User {digits}");
        self.upstream.template = template.clone();
    }

    /// A whole sign-in, in a browser that was never here.
    fn sign_in(&mut self, client: Client, email: &str, template: &Value) {
        self.is_at_authentik(email, template);
        self.cookies.remove(&client);
        self.get("/?iam_sso=1", client);
        self.logged_before = self.mailcow.state().ui_log.len();
        self.get(&format!("/?code=valid&state={}", self.state), client);
    }
}
