/**
 * Builds a document from the pages of the stand-ins without handing the browser any text as markup. All of them are written by one
 * library, which closes every element and quotes every attribute, so that reading them needs little.
 */

/** An element, and what is in it; a text is a string. */
export interface Markup {
  name: string;
  attributes: [name: string, value: string][];
  content: (Markup | string)[];
}

const VOID = new Set(["input", "link", "meta", "br", "hr", "img"]);

/** Elements whose content is a text as it is. */
const RAW = new Set(["script", "style"]);

const SVG = "http://www.w3.org/2000/svg";

const TOKEN = /<!--.*?-->|<![^>]*>|<(\/?)([a-zA-Z][\w-]*)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)\s*\/?>|[^<]+|</gsu;
const ATTRIBUTE = /([^\s=>"/]+)(?:="([^"]*)")?/gu;
const ENTITY = /&(amp|lt|gt|quot|#39);/gu;
const CHARACTERS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** Returns the elements of a page. */
export function parse(html: string): Markup["content"] {
  const root: Markup = { name: "", attributes: [], content: [] };
  const open = [root];
  for (const [token, slash, name, attributes] of html.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? root;
    const isRaw = RAW.has(parent.name) && !(slash && name === parent.name);
    if (isRaw || (name === undefined && !token.startsWith("<!"))) {
      parent.content.push(isRaw ? token : decode(token));
    } else if (name !== undefined && slash) {
      // What was never opened closes nothing.
      const at = open.findLastIndex((element) => element.name === name);
      if (at > 0) open.length = at;
    } else if (name !== undefined) {
      const element: Markup = { name, attributes: attributesOf(attributes ?? ""), content: [] };
      parent.content.push(element);
      if (!VOID.has(name)) open.push(element);
    }
  }
  return root.content;
}

/** Returns all elements of this name, in the order of the document. */
export function all(content: Markup["content"], name: string): Markup[] {
  return content.flatMap((part) =>
    typeof part === "string" ? [] : [...(part.name === name ? [part] : []), ...all(part.content, name)],
  );
}

/** Returns an attribute; empty if there is none. */
export function attribute({ attributes }: Markup, name: string): string {
  return attributes.find(([known]) => known === name)?.[1] ?? "";
}

/** Returns the text of an element that has nothing else. */
export function textOf({ content }: Markup): string {
  return content.filter((part) => typeof part === "string").join("");
}

/** What is not part of what is shown. */
const HEAD = new Set(["title", "meta", "link", "style", "script"]);

/**
 * Appends elements to a parent. Style sheets and scripts are left to the caller; `onShadow` is called with each shadow root and what is in
 * it.
 */
export function append(
  parent: Node,
  content: Markup["content"],
  onShadow: (root: ShadowRoot, content: Markup["content"]) => void,
): void {
  const document = parent.ownerDocument;
  if (!document) return;
  for (const part of content) {
    if (typeof part === "string") parent.appendChild(document.createTextNode(part));
    else if (part.name === "template" && attribute(part, "shadowrootmode") === "open" && isElement(parent)) {
      const root = parent.attachShadow({ mode: "open" });
      append(root, part.content, onShadow);
      onShadow(root, part.content);
    } else if (!HEAD.has(part.name)) parent.appendChild(made(document, part, parent, onShadow));
  }
}

function made(
  document: Document,
  { name, attributes, content }: Markup,
  parent: Node,
  onShadow: (root: ShadowRoot, content: Markup["content"]) => void,
): Element {
  const isDrawn = name === "svg" || (isElement(parent) && parent.namespaceURI === SVG);
  const element = isDrawn ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of attributes) if (!isActive(key)) element.setAttribute(key, value);
  append(element, content, onShadow);
  return element;
}

/** Whether an attribute does more than describe: a handler, a style of its own, or the wish for the focus, which is the visitor's. */
function isActive(name: string): boolean {
  return name.startsWith("on") || name === "style" || name === "autofocus";
}

/** Works across documents, whose elements are of other classes. */
function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}

function attributesOf(text: string): Markup["attributes"] {
  return [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, decode(value)]);
}

function decode(text: string): string {
  return text.replaceAll(ENTITY, (whole, name: string) => CHARACTERS[name] ?? whole);
}
