//! What authentik says in German: words of Django, of its REST framework, and its own (docs/contract/ui-words.md, "What is
//! translated").
//!
//! Not here, because nobody has ever translated it: "CSRF Failed: …", "No … matches the given query.", the errors of OAuth 2.0, and
//! every name of a flow, mapping or group.

use serde_json::Value;

use crate::language::{Language, Words};

pub(super) const WORDS: &Words = &[
    // The REST framework.
    ("Authentication credentials were not provided.", "Anmeldedaten fehlen."),
    ("You do not have permission to perform this action.", "Sie sind nicht berechtigt, diese Aktion durchzuführen."),
    ("Not found.", "Nicht gefunden."),
    ("Invalid page.", "Ungültige Seite."),
    ("Method \"{}\" not allowed.", "Methode \"{}\" nicht erlaubt."),
    ("Unsupported media type \"{}\" in request.", "Nicht unterstützter Medientyp \"{}\" in der Anfrage."),
    ("This field is required.", "Dieses Feld ist zwingend erforderlich."),
    ("This field may not be null.", "Dieses Feld darf nicht null sein."),
    ("This field may not be blank.", "Dieses Feld darf nicht leer sein."),
    ("This field must be unique.", "Dieses Feld muss eindeutig sein."),
    ("This list may not be empty.", "Diese Liste darf nicht leer sein."),
    ("Must be a valid boolean.", "Muss ein gültiger Wahrheitswert sein."),
    ("Not a valid string.", "Kein gültiger String."),
    ("A valid integer is required.", "Eine gültige Ganzzahl ist erforderlich."),
    ("Ensure this field has no more than {} characters.", "Stelle sicher, dass dieses Feld nicht mehr als {} Zeichen lang ist."),
    ("\"{}\" is not a valid choice.", "\"{}\" ist keine gültige Option."),
    ("Invalid pk \"{}\" - object does not exist.", "Ungültiger pk \"{}\" - Object existiert nicht."),
    ("Invalid data. Expected a dictionary, but got {}.", "Ungültige Daten. Dictionary erwartet, aber {} erhalten."),
    ("Enter a valid email address.", "Gib eine gültige E-Mail Adresse an."),
    ("Enter a valid URL.", "Gib eine gültige URL ein."),
    // Django.
    ("“{}” is not a valid UUID.", "„{}“ ist keine gültige UUID."),
    (
        "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        "Bitte ein gültiges Kürzel, bestehend aus Buchstaben, Ziffern, Unterstrichen und Bindestrichen, eingeben.",
    ),
    (
        "Select a valid choice. {} is not one of the available choices.",
        "Bitte eine gültige Auswahl treffen. {} ist keine gültige Auswahl.",
    ),
    ("Property Mapping with this name already exists.", "Eigenschaft mit diesem Name existiert bereits."),
    ("provider with this name already exists.", "provider mit diesem Name existiert bereits."),
    (
        "OAuth2/OpenID Provider with this Client ID already exists.",
        "OAuth2/OpenID Anbieter mit diesem Client ID existiert bereits.",
    ),
    ("Application with this provider already exists.", "Anwendung mit diesem provider existiert bereits."),
    ("Application with this slug already exists.", "Anwendung mit diesem slug existiert bereits."),
    // authentik.
    ("Value is not unique.", "Der Wert ist nicht eindeutig."),
    ("Value has the wrong type.", "Der Wert hat den falschen Typ."),
    ("Value must be an array.", "Der Wert muss eine Liste sein."),
    ("Value does not match configured pattern.", "Der Wert passt nicht zum Muster."),
    ("User lacks permission to create {}", "Benutzer fehlt die Berechtigung, {} zu erstellen"),
    ("Scope Mapping", "Umfang Zuordnung"),
    ("Scope Mappings", "Umfang Zuordnungen"),
    ("OAuth2/OpenID Provider", "OAuth2/OpenID Anbieter"),
    ("OAuth2/OpenID Providers", "OAuth2/OpenID Anbietern"),
    ("Flow does not apply to current user.", "Der Flow gilt nicht für den aktuellen Nutzer."),
    // Pages.
    ("Permission denied", "Erlaubnis verweigert"),
    ("Permission denied - authentik", "Erlaubnis verweigert - authentik"),
    ("Request has been denied.", "Anfrage wurde verweigert"),
    ("Not you?", "Nicht Sie?"),
    ("Go home", "Zur Startseite"),
    ("Not Found", "Nicht gefunden"),
    ("Server Error", "Serverfehler"),
    ("Email or Username", "E-Mail oder Benutzername"),
    ("Password", "Passwort"),
    ("Invalid password", "Ungültiges Passwort"),
    ("Log in", "Anmelden"),
    ("Log out", "Abmelden"),
    ("Continue", "Weiter"),
    ("Application requires following permissions:", "Anwendung benötigt folgende Berechtigungen:"),
    ("My applications", "Meine Anwendungen"),
    ("My applications - authentik", "Meine Anwendungen - authentik"),
    ("Admin interface", "Admin-Oberfläche"),
    ("No applications available.", "Keine Anwendungen verfügbar."),
    ("Applications", "Anwendungen"),
    ("Applications - Admin - authentik", "Anwendungen - Admin - authentik"),
    ("Providers", "Provider"),
    ("Property mappings", "Eigenschaften"),
    ("Users", "Benutzer"),
    ("Groups", "Gruppen"),
    ("Group", "Gruppe"),
    ("Launch URL", "Start URL"),
    ("Access", "Zugriff"),
    ("everybody", "alle"),
    ("Events", "Ereignisse"),
    ("Client Secret", "Client Geheimnis"),
    ("Client secret", "Client Geheimnis"),
    ("Attributes", "Attribute"),
];

/// Translates every text of an answer; names of members stay.
pub(super) fn speak(language: Language, value: &mut Value) {
    match value {
        Value::String(text) => *text = language.say(WORDS, text),
        Value::Array(values) => values.iter_mut().for_each(|value| speak(language, value)),
        Value::Object(members) => members.values_mut().for_each(|value| speak(language, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
