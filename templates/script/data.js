// Reads the findings. The writing side is src/report/html/island.rs: columns of
// numbers into a table of texts, sentences as templates with arguments.

const VERDICTS = ["fail", "unknown", "pass", "not-applicable"];
const SEVERITIES = ["info", "low", "medium", "high", "critical"];
const CONFIDENCES = ["unproven", "suspected", "proven"];
const REASONS = [
  ["not collected", "Nobody asked for it."],
  ["denied", "It was asked for and refused."],
  ["owned by another account", "Another account owns it, and that account's data is not here."],
  ["not in this source", "The source was read and does not hold the field or the object."],
  ["unknown value", "The value is not known yet, or not understood."],
  ["undetermined", "AWS itself leaves it open."],
];

async function inflate(base64) {
  const text = atob(base64.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// Numbers that were written as differences.
function undelta(differences) {
  const numbers = new Uint32Array(differences.length);
  let last = 0;
  for (let i = 0; i < differences.length; i++) numbers[i] = last += differences[i];
  return numbers;
}

// Where the part of each owner starts, from how much each has.
function starts(counts) {
  const at = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) at[i + 1] = at[i] + counts[i];
  return at;
}

class Report {
  constructor(rules, data) {
    Object.assign(this, data);
    this.rules = rules;
    this.ids = data.findings.id.split("\n");
    this.ids.pop();
    this.count = this.ids.length;
    const { findings: f, resources: r, facts: t, reasons: q } = this;
    for (const [columns, names] of [
      [f, ["resource", "message", "message_arguments"]],
      [r, ["id", "name"]],
      [t, ["subject"]],
      [q, ["what_arguments", "call_arguments"]],
    ]) {
      for (const name of names) columns[name] = undelta(columns[name]);
    }
    this.factStart = starts(f.facts);
    this.reasonStart = starts(f.reasons);
    // Arguments that a template takes; most sentences share a few templates.
    const taken = new Map();
    const takes = (template) => {
      let n = taken.get(template);
      if (n === undefined) {
        n = this.strings[template].split("\u0002").length - 1;
        taken.set(template, n);
      }
      return n;
    };
    this.messageStart = starts(Array.from(f.message, takes));
    this.pointerStart = starts(t.pointer.map(takes));
    this.whatStart = starts(q.what.map(takes));
    this.callStart = starts(q.call.map(takes));
  }

  resource(i) {
    const { resources: r, strings: s } = this;
    const n = this.findings.resource[i];
    return {
      kind: s[r.kind[n]], type: s[r.type[n]], id: s[r.id[n]], name: s[r.name[n]],
      partition: s[r.partition[n]], account: s[r.account[n]], region: s[r.region[n]],
      vpc: s[r.vpc[n]], owner: s[r.owner[n]],
    };
  }

  // A sentence of finding i: its template, with the finding's own texts and
  // the arguments in their places.
  expand(i, template, args, next) {
    const text = this.strings[template];
    if (!text.includes("\u0001") && !text.includes("\u0002")) return text;
    let out = "";
    for (let at = 0; at < text.length; at++) {
      const c = text[at];
      if (c === "\u0001") out += this.own(i, text[++at]);
      else if (c === "\u0002") out += this.strings[args[next++]];
      else out += c;
    }
    return out;
  }

  own(i, mark) {
    const { resources: r, facts: t, strings: s } = this;
    const n = this.findings.resource[i];
    const fact = this.factStart[i];
    switch (mark) {
      case "i": return s[r.id[n]];
      case "n": return s[r.name[n]];
      case "v": return s[r.vpc[n]];
      case "c": return s[r.account[n]];
      case "r": return s[r.region[n]];
      case "A": return s[t.subject[fact]];
      case "B": return s[t.actual[fact]];
      case "C": return s[t.expected[fact] - 1];
      case "D": return s[t.subject[fact + 1]];
      case "E": return s[t.actual[fact + 1]];
      case "F": return s[t.expected[fact + 1] - 1];
      default: return "";
    }
  }

  message(i) {
    const f = this.findings;
    return this.expand(i, f.message[i], f.message_arguments, this.messageStart[i]);
  }

  facts_of(i) {
    const { facts: t, strings: s } = this;
    const list = [];
    for (let n = this.factStart[i]; n < this.factStart[i + 1]; n++) {
      const file = this.files[t.file[n] - 1];
      const pointer = this.expand(i, t.pointer[n], t.pointer_arguments, this.pointerStart[n]);
      list.push({
        subject: s[t.subject[n]], field: s[t.field[n]], op: s[t.op[n]],
        expected: t.expected[n] ? s[t.expected[n] - 1] : null, actual: s[t.actual[n]],
        source: file && {
          file: file[0], sha256: file[1], line: t.line[n], pointer,
        },
      });
    }
    return list;
  }

  reasons_of(i) {
    const { reasons: q, strings: s } = this;
    const list = [];
    for (let n = this.reasonStart[i]; n < this.reasonStart[i + 1]; n++) {
      list.push({
        code: REASONS[q.code[n]],
        what: this.expand(i, q.what[n], q.what_arguments, this.whatStart[n]),
        call: this.expand(i, q.call[n], q.call_arguments, this.callStart[n]),
        action: s[q.action[n]],
      });
    }
    return list;
  }

  // Position of a finding by its id; an id that was cut here is found by its
  // beginning.
  find(id) {
    return this.ids.findIndex((known) => known === id || (this.short_ids && id.startsWith(known)));
  }

  // [first line, lines] of each fact of a finding; null if they did not fit the
  // page. Pieces are inflated when they are first looked at.
  async excerpts(i) {
    const piece = Math.floor(i / this.piece);
    this.pieces ??= document.getElementById("data-excerpts").textContent.split("\n");
    const text = this.pieces[piece];
    if (!text) return null;
    if (typeof text === "string") this.pieces[piece] = inflate(text);
    return (await this.pieces[piece])[i % this.piece];
  }
}

async function load() {
  const text = (id) => document.getElementById(id).textContent;
  const [rules, data] = await Promise.all([
    inflate(text("data-rules")),
    inflate(text("data-findings")),
  ]);
  return new Report(rules, data);
}
