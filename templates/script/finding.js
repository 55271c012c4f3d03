// One finding: the sentence, the evidence, what to do, and how to check it.

function copyButton(text, what) {
  const button = element("button", "quiet copy", "Copy");
  button.type = "button";
  button.setAttribute("aria-label", `Copy ${what}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the clipboard's permission the old way still works.
      const area = element("textarea", "unseen");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    document.getElementById("status").textContent = `Copied ${what}`;
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}

function code(text, what) {
  const pre = element("pre", "", element("code", "", text));
  pre.tabIndex = 0;
  return element("div", "code", pre, copyButton(text, what));
}

function terms(...pairs) {
  const list = element("dl");
  for (const [name, value] of pairs) {
    if (value) list.append(element("dt", "", name), element("dd", "", value));
  }
  return list;
}

const mono = (text) => text && element("bdi", "mono wrap", text);
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function factTable(facts, more) {
  const head = ["Subject", "Field", "Wanted", "Seen", "Source"];
  const table = element("table", "facts", element("thead", "", element(
    "tr", "", ...head.map((text) => {
      const cell = element("th", "", text);
      cell.scope = "col";
      return cell;
    }),
  )));
  const body = element("tbody");
  for (const fact of facts) {
    const { source } = fact;
    const wanted = fact.expected === null ? "–" : `${fact.op} ${fact.expected}`.trim();
    // The whole path stands above the lines of the file, further down.
    const where = source ? `${source.file.split("/").pop()}:${source.line}` : "computed from other values";
    const cells = [mono(fact.subject || "–"), mono(fact.field || "–"), mono(wanted), mono(fact.actual || "(empty)"),
      source ? mono(where) : element("span", "small", where)];
    const row = element("tr", "", ...cells.map((cell, n) => {
      // Ids and names of fields break at their hyphens otherwise.
      if (n < 2 && cell.textContent.length <= 40) cell.classList.add("whole");
      const td = element("td", n === 3 ? "seen" : "", cell);
      td.dataset.label = head[n];
      return td;
    }));
    body.append(row);
  }
  table.append(body);
  const box = element("div", "scroller", table);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Facts");
  if (more > 0) box.append(element("p", "small", `${number(more)} more facts are in the JSON report.`));
  return box;
}

function excerptBox(fact, excerpt) {
  const { source } = fact;
  const box = element("figure", "excerpt");
  box.append(element("figcaption", "", mono(`${source.file}:${source.line}`),
    element("span", "small mono wrap", source.pointer)));
  if (excerpt) {
    const [first, text] = excerpt;
    const lines = text.split("\n").map((line, n) => {
      const hit = first + n === source.line;
      const row = element("span", hit ? "line hit" : "line",
        element("span", "line-number", String(first + n)), element("span", "line-text", `${line}\n`));
      if (hit) row.setAttribute("aria-label", `Line ${source.line}, the value: ${line.trim()}`);
      return row;
    });
    const pre = element("pre", "", ...lines);
    pre.tabIndex = 0;
    pre.setAttribute("role", "group");
    pre.setAttribute("aria-label", `Lines around ${source.pointer}`);
    box.append(pre);
  } else {
    box.append(element("p", "small", "The lines are not in this page; see the file itself or the JSON report."));
  }
  const check = [`sed -n '${source.line}p' ${quoted(source.file)}`];
  if (source.sha256) check.unshift(`echo ${quoted(`${source.sha256}  ${source.file}`)} | sha256sum -c -`);
  const details = element("details", "check", element("summary", "", "Check it yourself"),
    code(check.join("\n"), "the commands"));
  if (source.sha256) {
    details.append(element("p", "small", "sha256 of the file ", element("code", "hash", source.sha256)));
  }
  box.append(details);
  return box;
}

function reasonBox(reasons) {
  const box = element("div", "reasons");
  for (const reason of reasons) {
    const item = element("div", "reason", element("p", "", element("strong", "", `${reason.code[0]}: `),
      mono(reason.what)), element("p", "small", reason.code[1]));
    if (reason.call) item.append(element("p", "small label", "This call would settle it:"), code(reason.call, "the call"));
    if (reason.action) item.append(terms(["IAM action", mono(reason.action)]));
    box.append(item);
  }
  return box;
}

function adviceBox(rule, verdict) {
  const box = element("div", "advice");
  if (rule.why) box.append(element("h2", "", "Why it matters"), element("p", "text", rule.why));
  if (rule.fix || rule.cli || rule.terraform) box.append(element("h2", "", verdict === "fail" ? "Fix" : "Fix, where it fails"));
  if (rule.fix) box.append(element("p", "text", rule.fix));
  if (rule.cli) box.append(element("h3", "", "AWS CLI"), code(rule.cli, "the command"));
  if (rule.terraform) box.append(element("h3", "", "Terraform"), code(rule.terraform, "the Terraform code"));
  return box;
}

function ruleBox(rule) {
  const sources = element("ul", "plain");
  for (const [title, url, date] of rule.references) {
    const item = element("li");
    if (/^https?:\/\//.test(url)) {
      const link = element("a", "", title);
      link.href = url;
      link.rel = "noreferrer noopener";
      item.append(link);
    } else {
      item.append(`${title} ${url}`);
    }
    item.append(element("span", "small", ` read ${date}`));
    sources.append(item);
  }
  const controls = element("ul", "plain");
  for (const [framework, ids] of rule.controls) {
    controls.append(element("li", "", `${framework}: ${ids.join(", ")}`));
  }
  return element("div", "", element("h2", "", "Rule"), terms(
    ["Name", mono(rule.name)],
    ["Code", mono(rule.code)],
    ["Parameters", mono(rule.params.map(([name, value]) => `${name} = ${value}`).join(", "))],
    ["Controls", rule.controls.length > 0 && controls],
    ["Sources", rule.references.length > 0 && sources],
    ["Packs", rule.packs.join(", ")],
    ["Digest", element("code", "hash", rule.digest)],
  ));
}

// `around` has the links to the list and to the findings before and after.
async function drawFinding(place, report, i, around) {
  const { findings: f } = report;
  const rule = report.rules[f.rule[i]];
  const it = report.resource(i);
  const verdict = VERDICTS[f.verdict[i]];
  const severity = SEVERITIES[f.severity[i]];
  const confidence = CONFIDENCES[f.confidence[i]];
  const facts = report.facts_of(i);
  const reasons = report.reasons_of(i);
  const excerpts = await report.excerpts(i);
  const title = element("h1", "sentence", report.message(i) || report.ids[i]);
  title.id = "finding-title";
  title.tabIndex = -1;
  const id = element("code", "hash", report.ids[i] + (report.short_ids ? "…" : ""));
  const badges = element("p", "badges", element("span", `badge s-${severity}`, severity),
    element("span", `badge v-${verdict}`, verdict.replace("-", " ")));
  // How far a finding is proven is said of findings only, not of what is unknown.
  if (verdict === "fail") badges.append(element("span", "badge", confidence));
  const main = element("div", "main");
  if (reasons.length > 0) main.append(element("h2", "", "What is missing"), reasonBox(reasons));
  if (facts.length > 0) {
    main.append(element("h2", "", "Evidence"), factTable(facts, f.more_facts[i]));
    facts.forEach((fact, n) => {
      if (fact.source) main.append(excerptBox(fact, excerpts?.[n]));
    });
  } else if (reasons.length === 0) {
    main.append(element("h2", "", "Evidence"), element("p", "empty", "The verdict rests on no single value."));
  }
  if (rule) main.append(adviceBox(rule, verdict));
  const side = element("div", "side", element("h2", "", "Resource"), terms(
    ["Id", mono(it.id)], ["Name", it.name && element("bdi", "wrap", it.name)], ["Kind", mono(it.kind)], ["Type", mono(it.type)],
    ["Account", mono(it.account)], ["Region", it.region], ["VPC", mono(it.vpc)],
    ["Owner", it.owner && element("bdi", "wrap", it.owner)], ["Partition", it.partition],
  ));
  if (rule) side.append(ruleBox(rule));
  side.append(element("h2", "", "Finding"), element("p", "", id, " ", copyButton(report.ids[i], "the finding's id")));
  if (report.short_ids) side.append(element("p", "small", "The id is cut here; the JSON report has all of it."));
  place.setAttribute("aria-labelledby", "finding-title");
  place.replaceChildren(
    around,
    badges,
    title,
    element("p", "lead", rule?.title ?? ""),
    element("div", "columns", main, side),
  );
  return title;
}
