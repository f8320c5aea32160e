/** The pages of the stand-ins, read without handing a browser any text as markup. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { all, attribute, type Markup, parse, textOf } from "../../www/src/try/markup.ts";

function text(content: Markup["content"]): string {
  return content.map((part) => (typeof part === "string" ? part : text(part.content))).join("");
}

test("elements, attributes and texts are what the stand-ins wrote", () => {
  const page = parse(
    '<!DOCTYPE html><html lang="de-de"><head><meta charset="utf-8"><title>a &amp; b</title></head><body class="x"><form method="post" hidden><input name="q" value="&quot;1&lt;2&quot;" required><p>1 &lt; 2</p></form></body></html>',
  );
  const [html] = all(page, "html");
  const [input] = all(page, "input");
  assert.ok(html && input);
  assert.equal(attribute(html, "lang"), "de-de");
  assert.deepEqual(input.attributes, [
    ["name", "q"],
    ["value", '"1<2"'],
    ["required", ""],
  ]);
  assert.equal(all(page, "title").map(textOf).join(""), "a & b");
  assert.equal(text(all(page, "p")), "1 < 2");
  assert.deepEqual(
    all(page, "form")[0]?.content.map((part) => typeof part !== "string" && part.name),
    ["input", "p"],
  );
});

test("a text cannot become an element, and a script is a text", () => {
  const page = parse(
    '<p title="&lt;b&gt;">&lt;img src=x&gt; &amp;lt;</p><script>if (a < b) c("</p>");</script><style>a > b {}</style>',
  );
  assert.equal(all(page, "img").length, 0);
  assert.equal(text(all(page, "p")), "<img src=x> &lt;");
  assert.equal(all(page, "script").map(textOf).join(""), 'if (a < b) c("</p>");');
  assert.equal(all(page, "style").map(textOf).join(""), "a > b {}");
});

test("what is not well-formed ends somewhere", () => {
  for (const page of ["<", "<p", "</p>", "<p><", "<p a=b>", "<!", "<p></q></p>x", "<script>", "a<b"]) {
    assert.ok(Array.isArray(parse(page)), page);
  }
  assert.equal(text(parse("1 < 2")), "1 < 2");
  assert.equal(text(parse("<p></q></p>x")), "x");
});
