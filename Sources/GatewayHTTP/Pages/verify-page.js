"use strict";
// What the page does with a file: reads it here, verifies it, and says what was and was not checked.

const NOT_CHECKED = [
  ["时间戳（RFC 3161）及其证书链，因此条目的时间只是网关自己写的：请用 verify.sh 或 cardproof verify",
   "the time stamps (RFC 3161) and their certificates, so the times below are the gateway's own word: use verify.sh or cardproof verify"],
  ["发行方是否说了实话，以及谁用了卡", "that the issuer told the truth, or who used the card"],
  ["日志给所有人看的是否相同", "that the log shows everybody the same"],
  ["没有打开的字段，没有放进包里的条目", "fields that are not opened, entries that were left out of the bundle"],
];
const NOT_PINNED = ["公钥是谁的：它随包而来，只说明没有损坏，不说明是谁签的。请在上面填入平台公布的日志公钥",
  "whose key it is: it came with the bundle, which shows no damage, but not who signed. Enter the key that the platform publishes above"];

/** Who the witnesses are is the bundle's own word, and the page takes no other policy. */
const witnessed = count => count === null
  ? ["见证：包内的策略不要求见证人，没有核对任何联署", "witnesses: the policy in the bundle itself asks for none, so no cosignature was looked at"]
  : [`见证人是谁：${count} 个联署有效，达到包内的策略，而见证人由出具证据包的一方选定。请用 cardproof verify --policy`,
    `who the witnesses are: ${count} cosignatures are good, as many as the policy in the bundle itself asks for, whose maker chose them; use cardproof verify --policy`];

const element = id => document.getElementById(id);

/** An element with the text in both languages; the page's language shows one. */
function bilingual(tag, [zh, en]) {
  const whole = document.createElement(tag);
  for (const [language, text] of [["zh-CN", zh], ["en", en]]) {
    const part = document.createElement("span");
    part.lang = language;
    part.textContent = text;
    whole.append(part);
  }
  return whole;
}

function list(target, texts) {
  element(target).replaceChildren(...texts.map(text => bilingual("li", text)));
  element(target).parentElement.hidden = texts.length === 0;
}

/** "holds", "fails", or "undecided" when this browser cannot check signatures. */
function show(state, verdict) {
  element("result").dataset.state = state;
  element("verdict").replaceChildren(bilingual("strong", verdict));
  element("result").hidden = false;
  element("result").focus();
}

function showEntries(entries) {
  const rows = [...entries].sort(([a], [b]) => a < b ? -1 : 1).map(([index, {hash, leaf, fields}]) => {
    const row = document.createElement("tr");
    const opened = [...fields].map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    for (const text of [String(index), leaf.t, leaf.typ ?? "", opened.join("\n"), base64(hash)]) {
      row.append(Object.assign(document.createElement("td"), {textContent: text}));
    }
    return row;
  });
  element("entries").replaceChildren(...rows);
  element("entries").closest("section").hidden = rows.length === 0;
}

let latest = 0;

async function verify(file) {
  const run = ++latest;
  element("name").textContent = file.name;
  for (const target of ["findings", "checked", "unchecked"]) list(target, []);
  showEntries(new Map());
  show("working", ["正在验证…", "Verifying…"]);
  if (!await isAble()) {
    return show("undecided", ["这个浏览器（或没有 HTTPS 的页面）不能检查 Ed25519 签名，什么也没有确定。请换用较新的浏览器，或用 verify.sh。",
      "This browser, or a page without HTTPS, cannot check Ed25519 signatures, so nothing was decided. Use a newer browser, or verify.sh."]);
  }
  let pinned = null;
  try {
    const vkey = element("vkey").value.trim();
    if (vkey) pinned = await keyOf(vkey);
  } catch {
    return show("undecided", ["填入的不是 vkey，什么也没有确定。", "What was entered is no vkey, so nothing was decided."]);
  }
  const zip = file.size <= LIMITS.bytes ? await file.arrayBuffer() : new ArrayBuffer(0);
  const verification = await new Verification(pinned).run(new Uint8Array(zip));
  // Another file was chosen meanwhile: the page speaks of that one.
  if (run !== latest) return;
  list("findings", verification.findings.map(({path, zh, en}) => [`${path}：${zh}`, `${path}: ${en}`]));
  list("checked", verification.checked);
  list("unchecked", [...pinned ? [] : [NOT_PINNED], witnessed(verification.witnessed), ...NOT_CHECKED]);
  showEntries(verification.findings.length ? new Map() : verification.entries);
  if (verification.findings.length) show("fails", ["不成立：有内容不相符。", "DOES NOT HOLD: something does not match."]);
  else show("holds", ["所检查的内容全部相符。", "HOLDS: everything that was checked matches."]);
}

element("file").addEventListener("change", event => {
  const [file] = event.target.files;
  // Or the same name, chosen again after the file changed, would be no change.
  event.target.value = "";
  if (file) verify(file);
});
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, event => {
    event.preventDefault();
    if (kind === "drop" && event.dataTransfer.files.length) verify(event.dataTransfer.files[0]);
  });
}
for (const link of document.querySelectorAll("nav a")) {
  link.addEventListener("click", event => {
    event.preventDefault();
    document.documentElement.lang = link.hreflang;
  });
}
