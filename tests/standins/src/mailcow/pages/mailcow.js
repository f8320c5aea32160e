// What mailcow's own scripts do to its forms (docs/contract/mailcow.md, section 6), without its libraries.
"use strict";

/** Fields of a form as mailcow collects them: a repeated name becomes a list once its value is not empty. */
function collect(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (!fields[name]) {
      fields[name] = value;
    } else {
      fields[name] = [].concat(fields[name], value);
    }
  }
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string") continue;
    try {
      const parsed = JSON.parse(value);
      if (typeof parsed === "object" && parsed !== null) fields[name] = parsed;
    } catch {
      /* plain text */
    }
  }
  return fields;
}

/** Marks required fields without a value. */
function missing(form) {
  let found = false;
  for (const field of form.querySelectorAll("[required]")) {
    const empty = field.value === "";
    field.classList.toggle("inputMissingAttr", empty);
    found ||= empty;
  }
  return found;
}

/** Sends a form as mailcow does and loads the page again, whatever came back. */
async function send(url, fields) {
  const body = new URLSearchParams({ ...fields, csrf_token: window.csrf_token });
  await fetch(`/api/v1/${url}`, { method: "POST", body });
  window.location = window.location.href.split("#")[0];
}

function alertBox(text, kind) {
  const box = document.createElement("div");
  box.className = `alert alert-${kind}`;
  box.setAttribute("role", "alert");
  box.dataset.notify = "container";
  box.textContent = text;
  document.getElementById("alerts").append(box);
}

async function testConnection(form) {
  const answer = await fetch("/api/v1/edit/identity-provider-test", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ attr: collect(form) }),
  });
  const result = await answer.json().catch(() => null);
  if (result?.type === "success") alertBox(lang_page["Connection successful"], "success");
  else alertBox(lang_page["Connection failed"], "danger");
}

function confirmDelete(button) {
  const dialog = document.getElementById("ConfirmDeleteModal");
  const item = document.createElement("li");
  item.textContent = button.dataset.item;
  document.getElementById("ItemsToDelete").replaceChildren(item);
  dialog.hidden = false;
  dialog.classList.add("show");
  document.getElementById("isCanceled").focus();
  const close = () => {
    dialog.hidden = true;
    dialog.classList.remove("show");
  };
  document.getElementById("isCanceled").onclick = close;
  dialog.querySelector(".btn-close").onclick = close;
  document.getElementById("IsConfirmed").onclick = () => {
    close();
    void send(button.dataset.apiUrl, { items: JSON.stringify([button.dataset.item]) });
  };
}

function showTab(id) {
  const pane = document.getElementById(id);
  if (!pane?.classList.contains("tab-pane")) return;
  for (const other of document.querySelectorAll(".tab-pane")) other.classList.toggle("active", other === pane);
  for (const other of document.querySelectorAll(".tab-pane")) other.classList.toggle("show", other === pane);
  for (const button of document.querySelectorAll('[data-bs-toggle="tab"]')) {
    const chosen = button.dataset.bsTarget === `#${id}`;
    button.classList.toggle("active", chosen);
    button.setAttribute("aria-selected", String(chosen));
  }
  localStorage.setItem("lastTag", id);
}

/** Adds an empty row behind the last one of a list. */
function addRow(list) {
  const row = [...list.querySelectorAll(".input-group.list-row")].at(-1).cloneNode(true);
  clearRow(row);
  list.append(row);
}

function clearRow(row) {
  for (const field of row.querySelectorAll("input, select")) {
    field.value = "";
    field.required = false;
  }
  for (const label of row.querySelectorAll(".filter-option-inner-inner"))
    label.textContent = lang_page["-- Template --"];
}

function deleteRow(row) {
  const rows = row.parentElement.querySelectorAll(".input-group.list-row");
  if (rows.length > 1) row.remove();
  else clearRow(row);
}

/** The menu of a bootstrap-select. Only a choice made here changes the text of its button. */
function fillMenu(widget) {
  const select = widget.querySelector("select");
  const button = widget.querySelector("button.dropdown-toggle");
  const items = [...select.options]
    .filter((option) => !option.classList.contains("bs-title-option"))
    .map((option) => {
      const item = document.createElement("button");
      item.type = "button";
      item.className = "dropdown-item";
      item.textContent = option.textContent;
      item.addEventListener("click", () => {
        select.value = option.value;
        button.title = option.textContent;
        button.classList.toggle("bs-placeholder", option.value === "");
        button.querySelector(".filter-option-inner-inner").textContent = option.textContent;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      });
      return item;
    });
  widget.querySelector(".dropdown-menu").replaceChildren(...items);
}

function toggleMenu(toggle) {
  const menu = toggle.parentElement.querySelector(".dropdown-menu");
  const open = !menu.classList.contains("show");
  closeMenus();
  if (!open) return;
  if (toggle.parentElement.classList.contains("bootstrap-select")) fillMenu(toggle.parentElement);
  menu.classList.add("show");
  toggle.setAttribute("aria-expanded", "true");
}

function closeMenus() {
  for (const menu of document.querySelectorAll(".dropdown-menu.show")) menu.classList.remove("show");
  for (const toggle of document.querySelectorAll('[data-bs-toggle="dropdown"]'))
    toggle.setAttribute("aria-expanded", "false");
}

function showProvider(value) {
  const containers = { keycloak: "keycloak_settings", "generic-oidc": "generic_oidc_settings", ldap: "ldap_settings" };
  for (const [provider, id] of Object.entries(containers)) {
    document.getElementById(id)?.classList.toggle("d-none", provider !== value);
  }
}

/** What a click on a button of mailcow's forms does; the first class or attribute that fits. */
const actions = [
  ['[data-bs-toggle="dropdown"]', toggleMenu],
  [
    '[data-bs-toggle="tab"]',
    (button) => {
      closeMenus();
      showTab(button.dataset.bsTarget.slice(1));
    },
  ],
  [
    ".toggle-password",
    (button) => {
      const field = button.parentElement.querySelector(".password-field");
      field.type = field.type === "password" ? "text" : "password";
    },
  ],
  ['[class*="iam_redirect_add_"]', (button) => addRow(button.form.querySelector('[id$="_redirect_list"]'))],
  ['[class*="iam_rolemap_add_"]', (button) => addRow(button.form.querySelector('[id$="_mapping_list"]'))],
  ['[class*="_redirect_del"], [class*="_rolemap_del"]', (button) => deleteRow(button.closest(".list-row"))],
  [".iam_test_connection", (button) => testConnection(button.form)],
  ['[data-action="delete_selected"]', confirmDelete],
  [
    '[data-action="edit_selected"]',
    (button) => {
      if (missing(button.form)) return undefined;
      return send(button.dataset.apiUrl, {
        items: JSON.stringify([button.dataset.item]),
        attr: JSON.stringify(collect(button.form)),
      });
    },
  ],
];

document.addEventListener("click", (event) => {
  for (const [selector, action] of actions) {
    const target = event.target.closest(selector);
    if (target) {
      event.preventDefault();
      void action(target);
      return;
    }
  }
  closeMenus();
});

document.getElementById("iam_provider")?.addEventListener("change", (event) => showProvider(event.target.value));

const lastTag = localStorage.getItem("lastTag");
if (lastTag) showTab(lastTag);
