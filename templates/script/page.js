// The page as a whole: views, the address, the keyboard, the theme.

const root = document.documentElement;
const VIEWS = ["summary", "findings", "rules", "resources", "coverage", "inputs", "verify"];

// `#rules`, `#findings&q=…&severity=high`, `#finding=<id>&q=…`.
function parse(hash) {
  const parts = hash.replace(/^#/, "").split("&");
  const named = parts[0] && !parts[0].includes("=") ? parts.shift() : "";
  const params = new URLSearchParams(parts.join("&"));
  const finding = params.get("finding");
  params.delete("finding");
  let view = VIEWS.includes(named) ? named : "summary";
  if (!named && [...params.keys()].length > 0) view = "findings";
  return { view: finding === null ? view : "finding", finding, params };
}

function theme() {
  const button = document.getElementById("theme");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem("plaudit-theme");
    } catch {
      return null;
    }
  };
  let chosen = stored();
  const update = () => {
    if (chosen) root.dataset.theme = chosen;
    const now = chosen ?? (dark.matches ? "dark" : "light");
    button.textContent = now === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", now === "dark" ? "Use light colours" : "Use dark colours");
  };
  button.addEventListener("click", () => {
    chosen = (chosen ?? (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("plaudit-theme", chosen);
    } catch {
      // It holds until the page is closed.
    }
    update();
  });
  dark.addEventListener("change", update);
  button.hidden = false;
  update();
}

class App {
  constructor(report) {
    this.report = report;
    this.filter = new Filter(report);
    this.search = document.getElementById("search");
    this.list = new List(report, (i) => this.address({ finding: report.ids[i] }));
    this.boxes = this.filter.facets
      .filter((facet) => facet.values.length > 0)
      .map((facet) => new FacetBox(facet, () => this.changed()));
    document.getElementById("facets").append(...this.boxes.map((box) => box.box));
    this.chips = new Chips(document.getElementById("chips"), this.filter, () => this.changed());
    this.finding = document.getElementById("finding");
    this.search.addEventListener("input", () => this.changed());
    window.addEventListener("hashchange", () => this.route());
    document.addEventListener("keydown", (event) => this.key(event));
    const wide = window.matchMedia("(min-width: 60rem)");
    const facetsBox = document.getElementById("facets-box");
    const fold = () => { facetsBox.open = wide.matches; };
    wide.addEventListener("change", fold);
    fold();
    document.getElementById("browser").hidden = false;
  }

  // The filter as the address has it.
  chosen() {
    const params = new URLSearchParams();
    if (this.search.value) params.append("q", this.search.value);
    for (const { key, wanted } of this.filter.facets) {
      for (const value of [...wanted].sort()) params.append(key, value);
    }
    return params.toString();
  }

  address({ finding = null }) {
    const start = finding === null ? "#findings" : `#finding=${encodeURIComponent(finding)}`;
    const chosen = this.chosen();
    return chosen ? `${start}&${chosen}` : start;
  }

  // The filter was changed by hand: the address follows.
  changed() {
    history.replaceState(null, "", this.address({}));
    this.params = this.chosen();
    this.update();
  }

  update() {
    const shown = this.filter.apply(this.search.value);
    const { count, total } = this.report;
    let text = shown.length === count ? `${number(count)} findings` : `${number(shown.length)} of ${number(count)} findings`;
    if (total > count) text += ` (${number(total)} in all: the first ${number(count)} fit this page, the JSON report has the rest)`;
    document.getElementById("result-count").textContent = text;
    const nothing = document.getElementById("nothing");
    nothing.hidden = shown.length > 0;
    nothing.textContent = count === 0
      ? "There are no findings: nothing failed and nothing is unknown, of what was seen."
      : "No finding matches. Remove a filter or change the search.";
    for (const box of this.boxes) box.update();
    this.chips.update();
    this.list.show(shown);
  }

  // The address was changed: the filter follows.
  route() {
    const { view, finding, params } = parse(location.hash);
    const fresh = params.toString() !== this.params;
    if ((view === "findings" || view === "finding") && (fresh || this.params === undefined)) {
      this.params = params.toString();
      this.search.value = params.get("q") ?? "";
      for (const { key, wanted } of this.filter.facets) {
        wanted.clear();
        params.getAll(key).forEach((value) => wanted.add(value));
      }
      this.stale = true;
    }
    const before = document.body.dataset.view;
    this.view(view);
    if (this.stale && (view === "findings" || view === "finding")) {
      this.stale = false;
      this.update();
    }
    if (view === "finding") {
      this.open(finding);
    } else if (view === "findings") {
      if (before !== "findings") window.scrollTo(0, 0);
      this.list.draw(true);
      // Coming back, the finding that was open is where the list stands.
      if (before === "finding") this.list.activate(this.list.active, true);
    } else {
      window.scrollTo(0, 0);
    }
    if (view !== "finding") document.title = this.title;
  }

  view(view) {
    this.title ??= document.title;
    document.body.dataset.view = view;
    for (const section of document.querySelectorAll("main > .view")) section.hidden = section.id !== view;
    for (const link of document.querySelectorAll("nav a")) {
      const current = link.dataset.view === (view === "finding" ? "findings" : view);
      if (current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  async open(id) {
    const i = this.report.find(id);
    const back = element("a", "", "← All findings");
    back.href = this.address({});
    const around = element("p", "around", back);
    if (i < 0) {
      const text = "No finding of this page has this id. It may be in the JSON report, or of another run.";
      this.finding.removeAttribute("aria-labelledby");
      this.finding.replaceChildren(around, element("p", "empty", text));
      return;
    }
    const at = this.filter.shown.indexOf(i);
    if (at >= 0) {
      this.list.active = at;
      const step = (text, to) => {
        const other = this.filter.shown[to];
        if (other === undefined) return;
        const link = element("a", "", text);
        link.href = this.address({ finding: this.report.ids[other] });
        around.append(link);
      };
      step("Previous", at - 1);
      step("Next", at + 1);
      around.append(element("span", "small", `${number(at + 1)} of ${number(this.filter.shown.length)}`));
    }
    const title = await drawFinding(this.finding, this.report, i, around);
    document.title = `${title.textContent.slice(0, 80)} · finding`;
    window.scrollTo(0, 0);
    title.focus({ preventScroll: true });
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = document.body.dataset;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "/" && !typing) {
      event.preventDefault();
      if (view !== "findings") location.hash = this.address({});
      requestAnimationFrame(() => requestAnimationFrame(() => this.search.focus()));
    } else if (event.key === "Escape" && view === "finding") {
      event.preventDefault();
      location.hash = this.address({});
    } else if (event.key === "Escape" && event.target === this.search) {
      if (this.search.value) {
        this.search.value = "";
        this.changed();
      } else {
        this.search.blur();
      }
    } else if (view === "findings" && event.key === "ArrowDown"
      && (event.target === this.search || event.target === document.body)) {
      event.preventDefault();
      this.list.activate(this.list.active, true);
    }
  }
}

async function start() {
  theme();
  try {
    const report = await load();
    const app = new App(report);
    root.classList.add("ready");
    app.route();
    app.filter.prepare();
    performance.mark("ready");
  } catch (error) {
    // The static findings stay, and somebody can tell us why.
    root.classList.add("broken");
    const text = "This browser cannot read the list of findings in this page. The summary, the tables and the first failing findings are below; all findings are in the JSON report.";
    document.getElementById("main").prepend(element("p", "banner warn", text));
    console.error(error);
  }
}

start();
