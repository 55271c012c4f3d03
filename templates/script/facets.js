// Shows the filter: a box for each facet, and a chip for each choice made.

const OPEN = new Set(["verdict", "severity", "rule", "account"]);
const FEW = 8;
const MANY = 200;
const RANKS = { verdict: VERDICTS, severity: [...SEVERITIES].reverse(), confidence: CONFIDENCES };

function element(name, className, ...children) {
  const it = document.createElement(name);
  if (className) it.className = className;
  it.append(...children);
  return it;
}

const number = (n) => n.toLocaleString("en-US");

class FacetBox {
  constructor(facet, changed) {
    this.facet = facet;
    this.changed = changed;
    this.rows = new Map();
    this.most = FEW;
    const rank = RANKS[facet.key];
    // Most frequent first, unless the values have an order of their own.
    this.order = [...facet.values.keys()].sort((a, b) => (rank
      ? rank.indexOf(facet.values[a]) - rank.indexOf(facet.values[b])
      : facet.totals[b] - facet.totals[a]));
    this.list = element("div", "choices");
    this.more = element("button", "quiet");
    this.more.type = "button";
    this.more.addEventListener("click", () => {
      this.most = this.most === FEW ? MANY : FEW;
      this.update();
    });
    const fieldset = element("fieldset", "", element("legend", "unseen", facet.title), this.list, this.more);
    this.box = element("details", "facet", element("summary", "", facet.title), fieldset);
    this.box.open = OPEN.has(facet.key);
  }

  row(value) {
    let row = this.rows.get(value);
    if (row === undefined) {
      const input = element("input");
      input.type = "checkbox";
      input.addEventListener("change", () => {
        if (input.checked) this.facet.wanted.add(value);
        else this.facet.wanted.delete(value);
        this.changed();
      });
      const count = element("span", "num");
      const name = element("bdi", "name", value);
      name.title = value;
      row = { input, count, label: element("label", "choice", input, name, count) };
      this.rows.set(value, row);
    }
    return row;
  }

  update() {
    const { facet } = this;
    const first = this.order.slice(0, this.most).map((n) => facet.values[n]);
    // What was chosen is shown, even if nothing has it.
    const values = [...new Set([...first, ...facet.wanted])];
    const labels = values.map((value) => {
      const row = this.row(value);
      const count = facet.counts[facet.numbers.get(value)] ?? 0;
      row.input.checked = facet.wanted.has(value);
      row.count.textContent = number(count);
      row.label.classList.toggle("zero", count === 0);
      return row.label;
    });
    // Moving a box that has the focus would take the focus away.
    const same = labels.length === this.list.children.length
      && labels.every((label, n) => this.list.children[n] === label);
    if (!same) this.list.replaceChildren(...labels);
    const left = this.order.length - FEW;
    this.more.hidden = left <= 0;
    if (this.most === FEW) this.more.textContent = `${number(left)} more`;
    else this.more.textContent = "Fewer";
    this.more.setAttribute("aria-label", `${this.more.textContent}: ${facet.title}`);
    if (facet.wanted.size > 0) this.box.open = true;
  }
}

class Chips {
  constructor(place, filter, changed) {
    Object.assign(this, { place, filter, changed });
  }

  update() {
    const chips = [];
    for (const { title, wanted } of this.filter.facets) {
      for (const value of wanted) {
        const button = element("button", "chip", `${title}: `, element("bdi", "", value), " ✕");
        button.type = "button";
        button.setAttribute("aria-label", `Remove filter ${title}: ${value}`);
        button.addEventListener("click", () => {
          wanted.delete(value);
          this.changed();
          document.getElementById("search").focus();
        });
        chips.push(button);
      }
    }
    if (chips.length > 0) {
      const all = element("button", "quiet", "Clear all");
      all.type = "button";
      all.addEventListener("click", () => {
        for (const { wanted } of this.filter.facets) wanted.clear();
        this.changed();
        document.getElementById("search").focus();
      });
      chips.push(all);
    }
    this.place.replaceChildren(...chips);
  }
}
