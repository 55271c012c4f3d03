// Which findings a filter lets through, and how many each further choice would.

const FACETS = [
  ["verdict", "Verdict"],
  ["severity", "Severity"],
  ["rule", "Rule"],
  ["account", "Account"],
  ["region", "Region"],
  ["vpc", "VPC"],
  ["kind", "Kind"],
  ["owner", "Owner"],
  ["confidence", "Confidence"],
];
const NONE = "(none)";

class Filter {
  constructor(report) {
    this.report = report;
    const { findings: f, resources: r, strings: s, rules } = report;
    const ofResource = (column) => (i) => s[column[f.resource[i]]] || NONE;
    const read = {
      verdict: (i) => VERDICTS[f.verdict[i]],
      severity: (i) => SEVERITIES[f.severity[i]],
      confidence: (i) => CONFIDENCES[f.confidence[i]],
      rule: (i) => rules[f.rule[i]]?.name ?? NONE,
      kind: ofResource(r.kind),
      account: ofResource(r.account),
      region: ofResource(r.region),
      vpc: ofResource(r.vpc),
      owner: ofResource(r.owner),
    };
    this.facets = FACETS.map(([key, title]) => this.facet(key, title, read[key]));
    this.haystacks = new Array(report.count);
    this.shown = [];
  }

  // Values as numbers, so that filtering compares numbers only.
  facet(key, title, read) {
    const codes = new Uint32Array(this.report.count);
    const numbers = new Map();
    const values = [];
    const totals = [];
    for (let i = 0; i < codes.length; i++) {
      const value = read(i);
      let number = numbers.get(value);
      if (number === undefined) {
        number = values.length;
        numbers.set(value, number);
        values.push(value);
        totals.push(0);
      }
      codes[i] = number;
      totals[number]++;
    }
    return { key, title, codes, numbers, values, totals, counts: totals, wanted: new Set() };
  }

  haystack(i) {
    let text = this.haystacks[i];
    if (text === undefined) {
      const { report: r } = this;
      const it = r.resource(i);
      text = `${r.message(i)} ${it.name} ${it.id} ${it.vpc} ${it.account} ${it.region}`
        + ` ${it.owner} ${it.kind} ${r.rules[r.findings.rule[i]]?.name ?? ""} ${r.ids[i]}`;
      for (let n = r.factStart[i]; n < r.factStart[i + 1]; n++) {
        text += ` ${r.strings[r.facts.subject[n]]} ${r.strings[r.facts.field[n]]}`;
      }
      this.haystacks[i] = text = text.toLowerCase();
    }
    return text;
  }

  // Prepares the search while nobody waits for anything.
  prepare() {
    let next = 0;
    const idle = window.requestIdleCallback ?? ((f) => setTimeout(() => f(), 1));
    const some = (deadline) => {
      const end = Math.min(next + 20000, this.report.count);
      while (next < end && (next % 200 !== 199 || !deadline || deadline.timeRemaining() > 2)) {
        this.haystack(next++);
      }
      if (next < end) this.haystack(next++);
      if (next < this.report.count) idle(some);
    };
    idle(some);
  }

  apply(query) {
    const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
    // Facets with a choice in them, and which of their values it lets through.
    const active = [];
    this.facets.forEach(({ values, codes, wanted }, f) => {
      if (wanted.size === 0) return;
      active.push({ f, codes, lets: Uint8Array.from(values, (value) => (wanted.has(value) ? 1 : 0)) });
    });
    const counts = this.facets.map(({ values }) => new Uint32Array(values.length));
    const codes = this.facets.map((facet) => facet.codes);
    const shown = new Uint32Array(this.report.count);
    let passed = 0;
    for (let i = 0; i < this.report.count; i++) {
      // The one facet that refuses the finding; -1 none, -2 more than one.
      let refused = -1;
      for (const facet of active) {
        if (facet.lets[facet.codes[i]] === 0) {
          refused = refused === -1 ? facet.f : -2;
          if (refused === -2) break;
        }
      }
      if (refused === -2) continue;
      if (terms.length > 0) {
        const text = this.haystack(i);
        if (!terms.every((term) => text.includes(term))) continue;
      }
      if (refused === -1) {
        shown[passed++] = i;
        for (let f = 0; f < codes.length; f++) counts[f][codes[f][i]]++;
      } else {
        // A choice within this facet would let it through.
        counts[refused][codes[refused][i]]++;
      }
    }
    this.facets.forEach((facet, f) => { facet.counts = counts[f]; });
    this.shown = shown.subarray(0, passed);
    return this.shown;
  }
}
