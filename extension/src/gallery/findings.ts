import { html } from "lit";
import { authentik, mailcow, type Screen } from "./screen";

export const findings: readonly Screen[] = [
  {
    name: "check",
    place: "check",
    chips: html`${authentik}${mailcow}`,
    badges: { check: { badge: { text: "2", heard: "2 faults", tone: "bad" } } },
    main: () => html`<h2 class="title">198 of 214 can sign in</h2>
      <p class="lead">Checked just now, without a login and without a trace.</p>
      <cb-card>
        <cb-finding severity="good" label="Client ID and secret belong together" why="authentik accepted the pair."></cb-finding>
        <cb-finding severity="good" label="Redirect URL is the same on both sides"></cb-finding>
        <cb-finding severity="good" label="mailcow’s server reaches authentik"></cb-finding>
      </cb-card>
      <cb-card>
        <cb-finding severity="fault" label="11 mailboxes still sign in with mailcow passwords" why="They are refused. Switching ends IMAP with the old password: app passwords are needed." fix="Fix…"></cb-finding>
        <cb-finding severity="fault" label="The token endpoint lacks the slash at its end" why="mailcow gets no answer it understands, and every sign-in is refused." .facts=${[{ label: "In the form", value: "https://authentik.company/application/o/token" }, { label: "Right", value: "https://authentik.company/application/o/token/" }]} fix="Put it in"></cb-finding>
        <cb-finding severity="warning" label="2 users have capitals in their address" why="Sign-in works; SOGo will show the other spelling." fix="Fix…" busy></cb-finding>
        <cb-finding severity="unknown" label="Whether mailcow trusts the certificate" why="Its server did not answer in time." remedy="Try again in a minute."></cb-finding>
        <cb-finding severity="info" label="Signing out of mailcow leaves authentik signed in"></cb-finding>
      </cb-card>
      <cb-card><cb-disclosure label="Explain the last failed sign-ins" summary="1 in the last hour"></cb-disclosure></cb-card>`,
    bar: () => html`<cb-button label="Report"></cb-button><cb-button class="grow" kind="main" label="Check again"></cb-button>`,
  },
];
