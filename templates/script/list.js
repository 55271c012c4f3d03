// The list of findings: rows exist only where somebody looks.

const AROUND = 12;

class List {
  constructor(report, link) {
    this.report = report;
    this.link = link;
    this.box = document.getElementById("list");
    this.table = document.getElementById("table");
    this.body = document.getElementById("rows");
    this.shown = [];
    this.active = 0;
    this.height = 0;
    this.first = -1;
    this.last = -1;
    this.above = element("tr", "spacer");
    this.below = element("tr", "spacer");
    for (const row of [this.above, this.below]) {
      row.setAttribute("aria-hidden", "true");
      const cell = element("td");
      cell.colSpan = 4;
      row.append(cell);
    }
    let waiting = false;
    this.box.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        this.draw(false);
      });
    }, { passive: true });
    new ResizeObserver(() => {
      this.height = 0;
      this.draw(true);
    }).observe(this.box);
    // The whole row opens its finding, unless somebody selects text in it.
    this.body.addEventListener("click", (event) => {
      if (event.target.closest("a") || String(getSelection())) return;
      event.target.closest("tr")?.querySelector("a")?.click();
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("focusin", (event) => {
      const at = event.target.closest("tr")?.dataset.at;
      if (at !== undefined) this.activate(Number(at), false);
    });
  }

  show(shown) {
    this.shown = shown;
    this.active = 0;
    this.box.scrollTop = 0;
    this.table.setAttribute("aria-rowcount", String(shown.length + 1));
    this.table.hidden = shown.length === 0;
    this.draw(true);
  }

  row(at) {
    const { report: r } = this;
    const i = this.shown[at];
    const it = r.resource(i);
    const verdict = VERDICTS[r.findings.verdict[i]];
    const severity = SEVERITIES[r.findings.severity[i]];
    const link = element("a", "message", r.message(i) || r.ids[i]);
    link.href = this.link(i);
    link.tabIndex = at === this.active ? 0 : -1;
    const badges = [element("span", `badge s-${severity}`, severity)];
    if (verdict !== "fail") badges.push(element("span", `badge v-${verdict}`, verdict.replace("-", " ")));
    const names = [element("bdi", "mono", it.id)];
    if (it.name) names.push(element("bdi", "small name", it.name));
    const row = element(
      "tr", at === this.active ? "active" : "",
      element("td", "c-severity", element("div", "badges", ...badges)),
      element("td", "c-message", link, element("span", "small mono rule-name", r.rules[r.findings.rule[i]]?.name ?? "")),
      element("td", "c-resource", ...names),
      element("td", "c-place", element("span", "", [it.account, it.region].filter(Boolean).join(" · ")), element("span", "small mono", it.vpc)),
    );
    row.setAttribute("aria-rowindex", String(at + 2));
    row.dataset.at = String(at);
    return row;
  }

  measure() {
    if (this.height > 0 || this.shown.length === 0) return;
    const row = this.row(0);
    this.body.replaceChildren(row);
    this.height = row.getBoundingClientRect().height;
    this.head = this.table.tHead.getBoundingClientRect().height;
    this.first = -1;
  }

  draw(anew) {
    if (this.box.offsetParent === null) return;
    const focused = this.body.contains(document.activeElement);
    this.measure();
    if (this.height === 0) {
      this.body.replaceChildren();
      return;
    }
    const top = Math.floor(this.box.scrollTop / this.height);
    const first = Math.max(0, top - AROUND);
    const last = Math.min(this.shown.length, top + Math.ceil(this.box.clientHeight / this.height) + AROUND);
    if (!anew && first === this.first && last === this.last) return;
    const before = this.first;
    const after = this.last;
    this.first = first;
    this.last = last;
    // Styles set by script are not inline styles to the security policy.
    this.above.style.height = `${first * this.height}px`;
    this.below.style.height = `${(this.shown.length - last) * this.height}px`;
    const rows = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, n) => this.row(from + n));
    if (anew || first >= after || last <= before) {
      this.body.replaceChildren(this.above, ...rows(first, last), this.below);
    } else {
      // Rows that stay are not touched: one of them may have the focus, or be
      // in the middle of a click.
      for (let at = before; at < first; at++) this.at(at)?.remove();
      for (let at = last; at < after; at++) this.at(at)?.remove();
      this.above.after(...rows(first, before));
      this.below.before(...rows(after, last));
    }
    if (focused) this.at(this.active)?.querySelector("a").focus({ preventScroll: true });
  }

  at(position) {
    return this.body.querySelector(`tr[data-at="${position}"]`);
  }

  activate(position, focus) {
    if (this.shown.length === 0) return;
    const before = this.at(this.active);
    this.active = Math.max(0, Math.min(position, this.shown.length - 1));
    if (focus) this.reveal(this.active);
    if (before) {
      before.classList.remove("active");
      before.querySelector("a").tabIndex = -1;
    }
    const row = this.at(this.active);
    if (!row) return;
    row.classList.add("active");
    const link = row.querySelector("a");
    link.tabIndex = 0;
    if (focus) link.focus({ preventScroll: true });
  }

  reveal(position) {
    const top = position * this.height;
    const room = this.box.clientHeight - this.head;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + this.height > this.box.scrollTop + room) this.box.scrollTop = top + this.height - room;
    this.draw(false);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / (this.height || 1)) - 1);
    const moves = {
      ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + page,
      PageUp: this.active - page, Home: 0, End: this.shown.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.activate(to, true);
  }
}
