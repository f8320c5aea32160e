//! What mailcow says in German (docs/contract/ui-words.md). Keys of messages, names of fields and the label of the tab "Identity
//! Provider" are the same in every language (docs/contract/mailcow.md, sections 4 and 6).

use serde_json::{Map, Value};

use crate::language::{Language, Words};

pub(super) const WORDS: &Words = &[
    ("Access", "Zugang"),
    ("Configuration", "Konfiguration"),
    ("Options", "Einstellungen"),
    ("Administrators", "Administratoren"),
    ("Edit administrator details", "Administrator bearbeiten"),
    ("Two-factor authentication", "Zwei-Faktor-Authentifizierung"),
    ("Disable mailcow Login and show only Single Sign-On", "mailcow-Login deaktivieren und nur Single Sign-On anzeigen"),
    ("Authorization endpoint", "Authorization Endpunkt"),
    ("Token endpoint", "Token Endpunkt"),
    ("User info endpoint", "User info Endpunkt"),
    ("Default Template", "Standardvorlage"),
    ("Attribute Mapping", "Attribut Mapping"),
    ("Attribute Field", "Attribut Feld"),
    ("Attribute → Template", "Attribut → Vorlage"),
    ("Attribute", "Attribut"),
    ("Template", "Vorlage"),
    ("-- Template --", "-- Vorlage --"),
    ("Templates", "Vorlagen"),
    ("Auto-create users on login", "Benutzer beim Login erstellen"),
    ("Test Connection", "Verbindung Testen"),
    ("Ignore SSL Errors", "Ignoriere SSL Fehler"),
    ("Save changes", "Änderungen speichern"),
    ("Remove", "Entfernen"),
    ("Confirm deletion", "Löschen bestätigen"),
    ("Delete now", "Jetzt löschen"),
    ("Cancel", "Abbrechen"),
    ("Close", "Schließen"),
    ("Mailboxes", "Mailboxen"),
    ("Aliases", "Aliasse"),
    ("Active", "Aktiv"),
    ("Edit", "Bearbeiten"),
    ("Edit mailbox", "Mailbox bearbeiten"),
    ("Full name", "Vor- und Nachname"),
    ("App passwords", "App-Passwörter"),
    ("User Settings", "Benutzereinstellungen"),
    ("System information", "Systeminformationen"),
    ("System mails", "System-E-Mails"),
    ("Global filter maps", "Globale Filter-Maps"),
    (
        "An Identity Provider allows users to sign in with an account that is managed elsewhere. Only one can be configured at a time.",
        "Mit einem Identity Provider melden sich Benutzer mit einem Konto an, das anderswo verwaltet wird. Es lässt sich nur einer einrichten.",
    ),
    ("Logout", "Abmelden"),
    ("Login", "Anmelden"),
    ("User Login", "Benutzer-Anmeldung"),
    ("Administrator Login", "Administrator-Anmeldung"),
    ("Username", "Benutzername"),
    ("Password", "Passwort"),
    ("or login with", "oder einloggen mit"),
    ("> Forgot Password?", "> Passwort vergessen?"),
    ("Reset Password", "Passwort zurücksetzen"),
    // Alerts.
    ("Login failed", "Anmeldung fehlgeschlagen"),
    ("Access denied or invalid form data", "Zugriff verweigert oder unvollständige/ungültige Daten"),
    ("Form token invalid: Token mismatch", "Formular-Token ungültig: Token stimmt nicht überein"),
    ("Form token invalid: User-Agent validation error", "Formular-Token ungültig: User-Agent-Validierungsfehler"),
    ("Changes to object {} have been saved", "Änderungen an Objekt {} wurden gespeichert"),
    ("Logged in as {}", "Eingeloggt als {}"),
    ("Item {} successfully deleted", "Objekt {} wurde gelöscht"),
    ("Changes to mailbox {} have been saved", "Änderungen an Mailbox {} wurden gespeichert"),
    ("Mailbox {} has been added", "Mailbox {} wurde angelegt"),
    ("Mailbox {} has been removed", "Mailbox {} wurde entfernt"),
    (
        "The identity provider cannot be changed or deleted as it is currently in use by one or more users.",
        "Der Identity Provider kann nicht geändert oder gelöscht werden, da er von Benutzern verwendet wird.",
    ),
    ("The authentication source is invalid", "Die Authentifizierungsquelle ist ungültig"),
    ("Connection successful", "Verbindung erfolgreich"),
    ("Connection failed", "Verbindung fehlgeschlagen"),
];

/// What scripts in the page say, as JSON: mailcow hands it to them in the page, too.
pub(super) fn in_page(language: Language) -> Value {
    let said = ["Connection successful", "Connection failed", "-- Template --"];
    Value::Object(said.into_iter().map(|text| (text.to_owned(), language.say(WORDS, text).into())).collect::<Map<_, _>>())
}
