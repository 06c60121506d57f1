"use strict";
// Verifies an evidence bundle in the browser, in the order of docs/evidence-bundle.md. Nothing is sent
// anywhere: the page's policy forbids every connection. Works from a saved copy too.

const LIMITS = {files: 65000, bytes: 512 << 20, path: 255, leaf: 65535, digests: 16, salt: 16, hashes: 63};
const MANIFEST = "manifest.sha256", NOTE = "manifest.sha256.note", TIMELINE = "timeline.csv", POLICY = "trust/policy.txt";
const PATH = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;
const CHINESE_PATHS = ["00-说明.html", "00-说明.pdf"];
const NUMBER = "(0|[1-9][0-9]{0,17})";
const PROVEN = /^(entries|duplicates|transcript|attachments|listing|time|trust)\//;
const KNOWN = new RegExp(String.raw`^((entries|duplicates)/#\.(tlog-proof|disclosures|item-#\.(json|disclosures|path))`
  .replaceAll("#", NUMBER) + String.raw`|transcript/#\.#\.(req|rep)|attachments/#\.[A-Za-z0-9]+`.replaceAll("#", NUMBER)
  + String.raw`|listing/policy-[0-9a-f]{64}\.json|trust/(policy\.txt|log\.vkey|witnesses\.vkey|keys-history\.jsonl|succession-#\.tlog-proof|tsa-ca\.pem)`.replaceAll("#", NUMBER)
  + String.raw`|time/#\.(checkpoint|consistency|[A-Za-z0-9_-]+\.(tsr|stamped|place|chain\.pem|crl\.pem)))$`.replaceAll("#", NUMBER));

/** What does not hold, said in both languages. */
class Wrong extends Error {
  constructor(zh, en) {
    super(en);
    Object.assign(this, {zh, en});
  }
}

function need(condition, zh, en) {
  if (!condition) throw new Wrong(zh, en);
}

// Bytes and texts.

const utf8 = text => new TextEncoder().encode(text);
const wordsOf = bytes => new TextDecoder("utf-8", {ignoreBOM: true}).decode(bytes);
const textOf = bytes => new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
const isSame = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);
const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64(bytes, url = false) {
  const text = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
  return url ? text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") : text;
}

/** Strict: every value has one spelling. The URL-safe form has no padding. */
function base64Of(text, url = false) {
  const plain = url ? text.replaceAll("-", "+").replaceAll("_", "/") : text;
  let bytes = null;
  try {
    bytes = Uint8Array.from(atob(plain), character => character.charCodeAt(0));
  } catch { /* refused below */ }
  need(bytes && base64(bytes, url) === text, "含有不是 base64 的内容", "holds what is not base64");
  return bytes;
}

function linesOf(bytes, decoded = textOf) {
  const text = decoded(bytes);
  need(text === "" || text.endsWith("\n"), "最后一行没有换行", "its last line does not end in a newline");
  return text.split("\n").slice(0, -1);
}

function hashesOf(texts) {
  const hashes = texts.map(text => base64Of(text));
  need(hashes.length <= LIMITS.hashes && hashes.every(hash => hash.length === 32),
       "不是至多 63 个哈希", "does not hold up to 63 hashes");
  return hashes;
}

/** RFC 8785, of ASCII names and integers below 2^53 alone. What JSON.parse forgives is lost in it. */
function canonical(value) {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    need(names.every(name => /^[\x00-\x7f]*$/.test(name)), "JSON 的名称不是 ASCII", "has a name that is not ASCII");
    return "{" + names.map(name => JSON.stringify(name) + ":" + canonical(value[name])).join(",") + "}";
  }
  need(typeof value !== "number" || Number.isSafeInteger(value), "含有不允许的数字", "has a number that is not allowed");
  need(typeof value !== "string" || value.isWellFormed(), "含有不完整的字符", "has half a character");
  return JSON.stringify(value);
}

function jsonOf(bytes) {
  let value;
  try {
    value = JSON.parse(textOf(bytes));
  } catch {
    throw new Wrong("不是 JSON", "is not JSON");
  }
  need(canonical(value) === textOf(bytes), "JSON 不是规范形式（RFC 8785）", "has JSON that is not in its canonical form");
  return value;
}

// The container.

const CRC_TABLE = Uint32Array.from({length: 256}, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >>> 1 ^ 0xedb88320 : byte >>> 1;
  return byte;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ crc >>> 8;
  return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian numbers: pairs of width and value. */
function packed(...pairs) {
  return Uint8Array.from(pairs.flatMap(([width, value]) =>
    Array.from({length: width}, (_, place) => value >>> 8 * place & 255)));
}

/** The files by path. Every byte is compared with what would be written for these paths and contents. */
function filesOf(zip) {
  need(zip.length <= LIMITS.bytes, "超过 512 MiB", "is longer than 512 MiB");
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const files = new Map(), directory = [];
  let at = 0, last = "";
  while (at + 30 <= zip.length && view.getUint32(at, true) === 0x04034b50) {
    const length = view.getUint16(at + 26, true), start = at + 30 + length;
    const name = zip.subarray(at + 30, start), content = zip.subarray(start, start + view.getUint32(at + 22, true));
    const path = textOf(name);
    need(length <= LIMITS.path && (PATH.test(path) || CHINESE_PATHS.includes(path)) && last < path,
         `路径 ${path} 不合规或位置不对`, `has the path ${path}, or has it in a wrong place`);
    const fields = packed([2, 10], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc32(content)],
                          [4, content.length], [4, content.length], [2, length], [2, 0]);
    need(isSame(joined(packed([4, 0x04034b50]), fields, name), zip.subarray(at, start)),
         `${path} 与写入时不同`, `does not hold ${path} as it was written`);
    directory.push(packed([4, 0x02014b50], [2, 0x314]), fields,
                   packed([2, 0], [2, 0], [2, 0], [4, 0x81a40000], [4, at]), name);
    files.set(path, content);
    last = path;
    at = start + content.length;
  }
  need(files.size > 0 && files.size <= LIMITS.files, "不是证据包", "is no bundle");
  const entries = joined(...directory);
  const end = packed([4, 0x06054b50], [2, 0], [2, 0], [2, files.size], [2, files.size], [4, entries.length], [4, at], [2, 0]);
  need(isSame(joined(entries, end), zip.subarray(at)), "目录与写入时不同", "has a directory that is not as it was written");
  return files;
}

// The tree (RFC 6962). Sizes are BigInt: a log may outgrow 32 bits.

const leafHash = bytes => sha256(joined(Uint8Array.of(0), bytes));
const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

/** The largest power of two below `size`: where a tree is split. */
const halfOf = size => 1n << BigInt((size - 1n).toString(2).length - 1);

/** The root that an inclusion path leads to (2.1.1), the leaf's sibling first. */
async function rootAbove(leaf, index, size, path) {
  need(index >= 0n && index < size, "位置不在树中", "has no such place in its tree");
  need((path.length > 0) === (size > 1n), "路径长度不对", "has an inclusion path of a wrong length");
  if (size === 1n) return leaf;
  const below = path.slice(0, -1), sibling = path.at(-1), half = halfOf(size);
  if (index < half) return nodeHash(await rootAbove(leaf, index, half, below), sibling);
  return nodeHash(sibling, await rootAbove(leaf, index - half, size - half, below));
}

/** Both roots by a consistency path (2.1.2). `isWhole` while the older part is the whole older tree. */
async function rootsAbove(oldRoot, oldSize, size, path, isWhole) {
  need(oldSize > 0n && oldSize <= size, "比链首更大", "is of more entries than the head");
  if (oldSize === size) {
    need(path.length === (isWhole ? 0 : 1), "路径长度不对", "has a consistency path of a wrong length");
    return isWhole ? [oldRoot, oldRoot] : [path[0], path[0]];
  }
  need(path.length > 0, "路径太短", "has a consistency path that is too short");
  const below = path.slice(0, -1), sibling = path.at(-1), half = halfOf(size);
  if (oldSize <= half) {
    const [older, newer] = await rootsAbove(oldRoot, oldSize, half, below, isWhole);
    return [older, await nodeHash(newer, sibling)];
  }
  const [older, newer] = await rootsAbove(oldRoot, oldSize - half, size - half, below, false);
  return [await nodeHash(sibling, older), await nodeHash(sibling, newer)];
}

// Notes (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy).

/** A verifier key `name+id+base64(type || key)`. Type 1 signs, type 4 cosigns with a time. */
async function keyOf(vkey) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? [];
  need(name, "不是 vkey", "is no verifier key");
  const typed = base64Of(encoded);
  const own = hex((await sha256(joined(utf8(name + "\n"), typed))).subarray(0, 4));
  need(![1, 4, 6].includes(typed[0]) || id === own, "vkey 的编号不符", "has a verifier key with a wrong id");
  need(![1, 4].includes(typed[0]) || typed.length === 33, "vkey 的长度不对", "has a verifier key of a wrong length");
  return {vkey, name, id, type: typed[0], bytes: typed.subarray(1)};
}

/** The signed text, who of `keys` signed it, and how many signature lines there are. */
async function signersOf(note, keys) {
  const all = textOf(note), blank = all.lastIndexOf("\n\n");
  need(blank >= 0 && !/[\0-\x09\x0b-\x1f]/.test(all), "不是签名文件", "is no signed note");
  const text = all.slice(0, blank + 1), lines = linesOf(utf8(all.slice(blank + 2))), signed = new Set();
  need(lines.length > 0 && lines.length <= 100, "不是签名文件", "is no signed note");
  for (const line of lines) {
    const [, name, encoded] = /^— ([^\s+]+) (\S+)$/.exec(line) ?? [];
    need(name, "有一行不是签名", "has a line that is no signature");
    const payload = base64Of(encoded);
    need(payload.length > 4, "有一行不是签名", "has a line that is no signature");
    for (const key of keys) {
      if (key.name !== name || key.id !== hex(payload.subarray(0, 4)) || ![1, 4].includes(key.type)) continue;
      need(await isSigned(key, text, payload.subarray(4)), `${name} 的签名不对`, `has a signature of ${name} that is wrong`);
      signed.add(key);
    }
  }
  return {text, signed, count: lines.length};
}

async function isSigned(key, text, signature) {
  let message = text;
  if (key.type === 4) {
    need(signature.length === 72, "联署长度不对", "has a cosignature of a wrong length");
    const seconds = signature.subarray(0, 8).reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
    [message, signature] = [`cosignature/v1\ntime ${seconds}\n${text}`, signature.subarray(8)];
  }
  const imported = await crypto.subtle.importKey("raw", key.bytes, {name: "Ed25519"}, false, ["verify"]);
  return crypto.subtle.verify({name: "Ed25519"}, imported, signature, utf8(message));
}

/** Whether this browser verifies Ed25519, by RFC 8032's first test. Those that do have all else that is used here. */
async function isAble() {
  const bytes = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
  const key = {type: 1, bytes: bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")};
  const signature = bytes("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
    + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  try {
    return await isSigned(key, "", signature) && !await isSigned(key, "x", signature);
  } catch {
    return false;
  }
}

function checkpointOf(text) {
  const [origin, size, root, ...extensions] = linesOf(utf8(text));
  need(origin && !extensions.includes("") && /^(0|[1-9][0-9]{0,17})$/.test(size), "检查点格式不对", "is malformed");
  return {origin, size: BigInt(size), root: hashesOf([root])[0]};
}

/** Whose log to believe, and which witnesses must have cosigned. */
async function policyOf(bytes) {
  const policy = {logs: [], witnesses: new Map(), groups: new Map(), quorum: null};
  const bad = line => new Wrong(`策略中有一行不对：${line}`, `has the line ${line}`);
  need(!/[\0-\x08\x0b-\x1f\x7f]/.test(textOf(bytes)), "策略含有控制字符", "holds a control character");
  for (const line of linesOf(bytes)) {
    const [word, name, ...rest] = line.split(/[ \t]+/).filter(part => part);
    const isNew = name && name !== "none" && !policy.witnesses.has(name) && !policy.groups.has(name);
    const isDefined = other => policy.witnesses.has(other) || policy.groups.has(other);
    if (!word || word.startsWith("#")) continue;
    if (word === "log" && name && rest.length <= 1) policy.logs.push(await keyOf(name));
    else if (word === "witness" && isNew && [1, 2].includes(rest.length)) {
      const key = await keyOf(rest[0]);
      if (![4, 6].includes(key.type)) throw bad(line);
      policy.witnesses.set(name, key);
    } else if (word === "group" && isNew && rest.length > 1 && rest.slice(1).every(isDefined)) {
      const of = rest.slice(1), words = {any: "1", all: `${of.length}`}, count = Number(words[rest[0]] ?? rest[0]);
      if (!/^[1-9][0-9]*$/.test(words[rest[0]] ?? rest[0]) || count > of.length) throw bad(line);
      policy.groups.set(name, {count, of});
    } else if (word === "quorum" && policy.quorum === null && (name === "none" || isDefined(name)) && !rest.length) {
      policy.quorum = name;
    } else throw bad(line);
  }
  const members = [...policy.groups.values()].flatMap(group => group.of);
  for (const names of [members, policy.logs.map(key => hex(key.bytes)), [...policy.witnesses.values()].map(key => hex(key.bytes))]) {
    need(new Set(names).size === names.length, "策略重复列出同一项", "names something twice");
  }
  need(policy.quorum !== null, "策略没有 quorum", "does not name one quorum");
  return policy;
}

function isSatisfied(policy, signed) {
  const done = new Set(["none", ...[...policy.witnesses].filter(([, key]) => signed.has(key)).map(([name]) => name)]);
  for (const [name, group] of policy.groups) {
    if (group.of.filter(member => done.has(member)).length >= group.count) done.add(name);
  }
  return done.has(policy.quorum);
}

// Entries.

/** The list `_sd` of a leaf or of an item's record (RFC 9901). */
function digestsOf(record) {
  const digests = record._sd;
  need(record._sd_alg === "sha-256" && Array.isArray(digests) && new Set(digests).size === digests.length
       && isSame(digests, [...digests].sort()) && digests.every(digest => base64Of(digest, true).length === 32),
       "没有规范的摘要列表", "has no list of digests");
  return digests;
}

function leafOf(bytes) {
  const leaf = jsonOf(bytes), isSealed = "_sd" in leaf, names = Object.keys(leaf).sort().join();
  const digests = isSealed ? digestsOf(leaf) : [];
  need(bytes.length <= LIMITS.leaf && leaf.v === 1 && (isSealed
    ? names === "_sd,_sd_alg,t,v" && digests.length === LIMITS.digests
    : ["anchor", "health", "erasure", "incident", "key_change"].includes(leaf.typ)), "不是已知的条目", "has no leaf that is known");
  need(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(leaf.t) && !Number.isNaN(Date.parse(leaf.t)), "时间不对", "has a leaf with a malformed time");
  return {leaf, digests};
}

/** The fields of disclosures, one a line: base64url of `["salt","name",value]`. */
async function openedBy(bytes, digests) {
  const fields = new Map();
  for (const line of linesOf(bytes)) {
    const parts = jsonOf(base64Of(line, true));
    need(Array.isArray(parts) && parts.length === 3 && typeof parts[0] === "string" && typeof parts[1] === "string",
         "不是披露行", "has a line that is no disclosure");
    const [salt, name, value] = parts;
    need(digests.includes(base64(await sha256(utf8(line)), true)), `字段 ${name} 不在日志承诺之内`, `opens ${name}, which the log does not commit to`);
    need(/^[a-z][a-z0-9_]{0,63}$/.test(name) && !fields.has(name) && base64Of(salt, true).length >= LIMITS.salt,
         `字段 ${name} 重复或不规范`, `opens ${name} twice, or malformed`);
    fields.set(name, value);
  }
  need(fields.size > 0, "没有打开任何字段", "opens nothing");
  return fields;
}

/** The steps. What does not hold is kept in `findings` with the name of its file. */
class Verification {
  constructor(pinnedKey) {
    Object.assign(this, {pinnedKey, files: new Map(), entries: new Map(), findings: [], checked: [], key: null, head: null, witnessed: null});
  }

  async run(zip) {
    await this.checking("container", async () => { this.files = filesOf(zip); });
    if (this.files.size) {
      await this.checkManifest();
      await this.checkPolicy();
      await this.checkSignatures();
    }
    if (this.key) {
      await this.checkEntries();
      await this.checkContents();
      await this.checkOlder();
      await this.checkTimeline();
    }
    return this;
  }

  async checking(path, step) {
    try {
      await step();
    } catch (error) {
      // Hostile bytes may upset any reader: then they do not hold.
      const {zh, en} = error instanceof Wrong ? error : {zh: "格式损坏", en: `is malformed (${error.message})`};
      this.findings.push({path, zh, en});
    }
  }

  /** The groups of each path that matches. */
  matching(pattern) {
    const whole = new RegExp("^" + pattern.replaceAll("#", NUMBER) + "$");
    return [...this.files.keys()].map(path => whole.exec(path)).filter(match => match);
  }

  /** The same by the first group. */
  grouped(pattern) {
    const groups = new Map();
    for (const match of this.matching(pattern)) {
      if (!groups.has(match[1])) groups.set(match[1], []);
      groups.get(match[1]).push(match);
    }
    return groups;
  }

  /** A file that has to be there. */
  file(path) {
    need(this.files.has(path), "不在包中", "is not in the bundle");
    return this.files.get(path);
  }

  async checkManifest() {
    const expected = [];
    for (const [path, content] of this.files) {
      if (path === MANIFEST || path === NOTE) continue;
      expected.push(`${hex(await sha256(content))}  ${path}`);
      await this.checking(path, async () =>
        need(!PROVEN.test(path) || KNOWN.test(path), "不应在此目录", "is no file that belongs there"));
    }
    await this.checking(MANIFEST, async () => {
      const lines = linesOf(this.file(MANIFEST)), listed = new Set(lines);
      for (const line of expected.filter(line => !listed.has(line))) {
        this.findings.push({path: line.slice(66), zh: "与清单不符", en: "is not what the manifest lists"});
      }
      need(isSame(lines, expected), "列出的文件或顺序不同", "lists other files, or in another order");
    });
    this.checked.push([`容器与清单：${this.files.size} 个文件，无多余字节`, `container and manifest: ${this.files.size} files, and not a byte beside`]);
  }

  /** The policy, and that the files which hold its keys hold those alone. */
  async checkPolicy() {
    await this.checking(POLICY, async () => {
      const {logs, witnesses} = await policyOf(this.file(POLICY));
      for (const [name, keys] of [["log", logs], ["witnesses", [...witnesses.values()]]]) {
        const path = `trust/${name}.vkey`, text = keys.map(key => key.vkey + "\n").join("");
        await this.checking(path, async () => need(!this.files.has(path) || textOf(this.file(path)) === text,
          "不是策略里的公钥", "does not hold the keys of the policy"));
      }
    });
  }

  async checkSignatures() {
    await this.checking("checkpoint", async () => {
      const note = this.file("checkpoint"), policy = await policyOf(this.file(POLICY));
      const head = checkpointOf((await signersOf(note, [])).text);
      const key = this.pinnedKey ?? policy.logs.find(log => log.name === head.origin);
      need(key?.name === head.origin && key.type === 1, `是 ${head.origin} 的，没有该日志的公钥`, `is of ${head.origin}, and no key of that log is known`);
      need(policy.logs.some(log => log.vkey === key.vkey), "策略没有列出这个日志", "is of a log that the policy does not name");
      const {signed} = await signersOf(note, [key, ...policy.witnesses.values()]);
      need(signed.has(key), "没有日志公钥的签名", "is not signed by the log's key");
      need(isSatisfied(policy, signed), `联署不足（quorum ${policy.quorum}）`, `lacks cosignatures for quorum ${policy.quorum}`);
      Object.assign(this, {key, head});
      this.checked.push([`链首：${head.origin}，${head.size} 条，由日志公钥签名`, `head: ${head.origin}, ${head.size} entries, signed by the log's key`]);
      this.witnessed = policy.quorum === "none" ? null : signed.size - 1;
    });
    await this.checking(NOTE, async () => {
      const signer = await this.signingKey();
      const {text, signed, count} = await signersOf(this.file(NOTE), signer ? [signer] : []);
      const digest = hex(await sha256(this.file(MANIFEST)));
      need(text === `cardproof.bundle/v1\n${this.head?.origin}\n${digest}\n`, "签的是另一份清单", "is over another list of files");
      need(signed.size === 1 && count === 1, "没有日志的唯一签名", "does not have the log's one signature");
    });
  }

  /** The log's key; of a log that has ended, the one that its last leaf leads to: its private key is destroyed. */
  async signingKey() {
    const numbers = this.matching("trust/succession-#\\.tlog-proof").map(match => Number(match[1])).sort((a, b) => a - b);
    let key = this.key;
    for (const [place, number] of key ? numbers.entries() : []) {
      const path = `trust/succession-${number}.tlog-proof`, found = [];
      await this.checking(path, async () => {
        need(number === place + 1, "缺少前一份", "lacks the one before it");
        const text = textOf(this.file(path)), note = text.slice(text.indexOf("\n\n") + 2);
        need(number > 1 || note === textOf(this.file("checkpoint")), "不以包中的检查点结尾", "does not end in the bundle's checkpoint");
        const {text: signedText, signed} = await signersOf(utf8(note), [key]), ended = checkpointOf(signedText);
        need(ended.origin === key.name && signed.has(key), "没有上一把公钥的签名", "is not signed by the key before");
        const {leaf} = leafOf((await this.proven(path, ended.size - 1n, ended)).bytes), next = await keyOf(leaf.next_vkey);
        need(leaf.typ === "key_change" && next.name === leaf.next_origin && next.type === 1, "没有指明下一把公钥", "does not name the next key");
        found.push(next);
      });
      if (!found.length) return null;
      key = found[0];
    }
    return key;
  }

  /** The leaf of a `.tlog-proof` and its hash, which lead to the root of `head`. */
  async proven(path, index, head) {
    const text = textOf(this.file(path));
    const [version, extra, line, ...hashes] = text.slice(0, text.indexOf("\n\n")).split("\n");
    need(version === "c2sp.org/tlog-proof@v1" && extra?.startsWith("extra ") && line === `index ${index}`,
         "不是该条目的证明", "is no proof of this entry with its leaf");
    const bytes = base64Of(extra.slice(6)), hash = await leafHash(bytes);
    need(isSame(await rootAbove(hash, index, head.size, hashesOf(hashes)), head.root), "推不出树根", "does not lead to the root");
    return {bytes, hash};
  }

  async checkEntries() {
    this.records = this.grouped("((?:entries|duplicates)/#)\\.item-#\\.json");
    for (const [path, folder, index] of this.matching("(entries|duplicates)/#\\.tlog-proof")) {
      await this.checking(path, () => this.checkEntry(path, `${folder}/${index}`, BigInt(index)));
    }
    for (const [path, stem, item, kind] of this.matching("((?:entries|duplicates)/[0-9]+)\\.(?:item-#\\.)?([^-]+)")) {
      const owner = item === undefined || kind === "json" ? `${stem}.tlog-proof` : `${stem}.item-${item}.json`;
      await this.checking(path, async () => need(this.files.has(owner), `缺少 ${owner}`, `belongs to ${owner}, which is not here`));
    }
    await this.checking("entries", async () => need(this.entries.size > 0, "没有任何条目", "proves no entry"));
    this.checked.push([`条目：${this.entries.size} 条，都在链首的树中`, `entries: ${this.entries.size}, each in the tree of the head`]);
  }

  async checkEntry(path, stem, index) {
    need(!this.entries.has(index), "条目重复", "is of an entry that is here already");
    const text = textOf(this.file(path)), blank = text.indexOf("\n\n");
    need(blank >= 0 && text.slice(blank + 2) === textOf(this.file("checkpoint")), "不以包中的检查点结尾", "does not end in the bundle's checkpoint");
    const {bytes, hash} = await this.proven(path, index, this.head), {leaf, digests} = leafOf(bytes), entry = {hash, leaf, fields: new Map(), items: []};
    this.entries.set(index, entry);
    await this.open(`${stem}.disclosures`, digests, fields => { entry.fields = fields; });
    for (const [record, , , item] of this.records.get(stem) ?? []) {
      await this.checking(record, () => this.checkItem(record, `${stem}.item-${item}`, BigInt(item), entry));
    }
  }

  async checkItem(record, stem, item, entry) {
    const bytes = this.file(record), data = jsonOf(bytes), tree = entry.fields.get("items_root");
    need(tree && Number.isSafeInteger(tree.count) && Object.keys(tree).length === 2, "没有打开 items_root", "has no opened items_root");
    const path = hashesOf(linesOf(this.files.get(`${stem}.path`) ?? new Uint8Array()));
    const top = await rootAbove(await leafHash(bytes), item, BigInt(tree.count), path);
    need(isSame(top, base64Of(tree.root)), "推不出 items_root", "does not lead to the items' root");
    need(Object.keys(data).sort().join() === "_sd,_sd_alg" && data._sd.length <= LIMITS.digests, "不是记录", "is no record of digests");
    await this.open(`${stem}.disclosures`, digestsOf(data), fields => entry.items.push(fields));
  }

  async open(path, digests, keep) {
    if (this.files.has(path)) await this.checking(path, async () => keep(await openedBy(this.files.get(path), digests)));
  }

  /** Files whose SHA-256 an opened field names. */
  async checkContents() {
    const named = new Map(), attached = this.grouped("attachments/#\\.[A-Za-z0-9]+");
    for (const [index, {fields, items}] of this.entries) {
      await this.checking(`entry ${index}`, async () => {
        for (const [number, exchange] of (fields.get("transcripts") ?? []).entries()) {
          named.set(`transcript/${index}.${number}.req`, exchange.request_sha256);
          named.set(`transcript/${index}.${number}.rep`, exchange.reply_sha256);
        }
        for (const policy of [fields, ...items].map(opened => opened.get("policy")).filter(policy => policy)) {
          named.set(`listing/policy-${policy.hash}.json`, policy.hash);
        }
        for (const [path] of attached.get(`${index}`) ?? []) named.set(path, fields.get("attachment")?.sha256);
      });
    }
    const contents = this.matching("(?:transcript|attachments|listing)/.+").map(([path]) => path);
    for (const path of contents) {
      await this.checking(path, async () =>
        need(named.get(path) === hex(await sha256(this.files.get(path))), "与打开的字段不符", "is not as an opened field names it"));
    }
    this.checked.push([`内容：${contents.length} 份记录、附件和政策`, `contents: ${contents.length} transcripts, attachments and policies`]);
  }

  /** Stamped checkpoints are earlier states of the same log. The stamps on them are not read here. */
  async checkOlder() {
    const found = this.matching("time/#\\..+");
    for (const [path, size] of found) {
      await this.checking(path, async () => {
        need(this.files.has(`time/${size}.checkpoint`), "没有对应的检查点", "belongs to a checkpoint that is not here");
        if (path !== `time/${size}.checkpoint`) return;
        const {text, signed} = await signersOf(this.files.get(path), [this.key]), older = checkpointOf(text);
        need(signed.size === 1 && older.origin === this.head.origin && older.size === BigInt(size), "不是这个日志的检查点", "is no checkpoint of this log and size");
        const way = hashesOf(linesOf(this.files.get(`time/${size}.consistency`) ?? new Uint8Array()));
        const roots = await rootsAbove(older.root, older.size, this.head.size, way, true);
        need(isSame(roots[0], older.root) && isSame(roots[1], this.head.root), "不是链首的较早状态", "is not an earlier state of this log");
      });
    }
    const count = found.filter(([path]) => path.endsWith(".checkpoint")).length;
    this.checked.push([`盖过时间戳的检查点：${count} 个，都是链首的较早状态`, `stamped checkpoints: ${count}, each an earlier state of the head`]);
  }

  async checkTimeline() {
    await this.checking(TIMELINE, async () => {
      // Its words are for people and may hold anything but a zero byte, which a shell cannot read.
      const data = this.file(TIMELINE);
      const [header, ...rows] = linesOf(data, wordsOf).map(line => line.split(",").slice(0, 3).join());
      const expected = [...this.entries].map(([index, {hash, leaf}]) => `${index},${base64(hash)},${leaf.t}`);
      need(!data.includes(0) && header === "index,leaf_hash,time" && isSame(rows.sort(), expected.sort()), "与条目不符", "does not have a row for each entry, with its hash and time");
      this.checked.push([`时间线：${rows.length} 行`, `timeline: ${rows.length} rows`]);
    });
  }
}
