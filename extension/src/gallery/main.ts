/** The panel in every state, with made-up data and nothing behind it. `?screen=` picks one. */

import "./words";
import { html, render } from "lit";
import type { Panel } from "../panel/act/panel";
import type { Core } from "../panel/core";
import { Store } from "../panel/state/store";
import { START } from "../panel/state/state";
import "../panel/app";
import * as data from "./data";
import { pieces } from "./pieces";
import { screens } from "./screens";

const name = new URLSearchParams(location.search).get("screen") ?? "setup";
const store = new Store(screens[name] ?? START);
const never = (): Promise<never> => new Promise(() => undefined);

const core: Core = {
  observeAuthentik: never,
  checkDraft: () => store.state.checked ?? data.checked,
  readUsers: never,
  countUsers: () => ({ total: 231, counts: data.counts }),
  findUsers: data.findUsers,
  plan: never,
  apply: never,
  undo: never,
  restoreJournal: () => false,
  canUndo: () => true,
  readRegistration: never,
  registration: () => data.registration,
  observeMailcow: never,
  mailcowView: () => data.mailcow,
  checkForm: () => data.form,
  fillScript: () => data.script,
  fixScript: () => data.script,
  proveCredentials: never,
  testReach: never,
  saveForMe: never,
  restoreMailcow: never,
  check: never,
  handOver: () => "",
  rotateSecret: never,
  removal: () => ({ objects: [], inMailcow: true }),
  removeIntegration: never,
  putBack: never,
  canPutBack: () => false,
  readReadiness: never,
  findReadiness: data.findReadiness,
  readinessOf: never,
  switchMailboxes: never,
  restoreSwitched: () => undefined,
  explainSignIns: never,
  revealSecret: () => "s".repeat(128),
  forgetSecret: () => undefined,
};

const panel: Panel = {
  core,
  store,
  outside: { cancel: () => undefined, resume: () => undefined },
  tabs: { pageOf: () => undefined, tabOf: () => undefined, live: () => [], leave: () => undefined },
  reading: undefined,
  form: undefined,
};

render(
  name === "pieces" ? pieces() : html`<cb-app .panel=${panel}></cb-app>`,
  document.body,
);
