# ---- Small things -----------------------------------------------------------

# What is wrong, and the end. Nothing was collected, or nothing can be written.
die() {
  printf 'collect: %s\n' "$*" >&2
  exit 2
}

# What is going on, for people who watch.
say() {
  if [ -t 2 ]; then printf '%s\n' "$*" >&2; fi
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# The beginning of the SHA-256 of what comes in.
digest() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -c 1-16
}

# Text is taken byte by byte, whatever the language of whoever runs this.
bytes_awk() { LC_ALL=C awk "$@"; }

# ---- JSON as the AWS CLI prints it ------------------------------------------

# Everything below rests on one property of `--output json`: it is indented by
# four blanks a level, with one field a line, and line ends inside a text are
# written \n. So a line is a field, its indentation is its depth, and no text
# can look like another field. Answers that are not of this form are refused.
#
# look() takes a line apart: depth, key, value (raw, without the comma), and
# place, the path of the field: VpnConnections[].Options.PreSharedKey
json_awk='
function look(line,    rest) {
  match(line, /^ */); depth = RLENGTH / 4; rest = substr(line, RLENGTH + 1); key = ""
  if (match(rest, /^"([^"\\]|\\.)*": /)) { key = substr(rest, 2, RLENGTH - 4); rest = substr(rest, RLENGTH + 1) }
  comma = sub(/,$/, "", rest); value = rest; place = ""
  if (depth > 0) { place = path[depth - 1]; if (key != "") place = place (place == "" ? "" : ".") key }
  if (value == "{") path[depth] = place
  if (value == "[") path[depth] = place "[]"
}
function text(raw) { return substr(raw, 2, length(raw) - 2) }
function is_text(raw) { return raw ~ /^".*"$/ }
'

# An answer on its way to the disk: joins its pages (documents one after the
# other), takes secrets out, drops page tokens, adds the lists that the service
# left out because they are empty. Secrets never reach the disk. What it found
# goes to the file "facts": items, the token of the next page, secrets.
tidy() {
  TIDY_LISTS=$lists TIDY_FACTS=$work/facts SECRET_NAMES=$secret_names SECRET_ENDS=$secret_ends \
    bytes_awk "$json_awk"'
BEGIN {
  facts = ENVIRON["TIDY_FACTS"]; count = split(ENVIRON["TIDY_LISTS"], wanted, ",")
  split(ENVIRON["SECRET_NAMES"], some, " "); for (i in some) secret_name[some[i]] = 1
  ends = split(ENVIRON["SECRET_ENDS"], end_of, " ")
  split("NextToken nextToken NextMarker Marker", some, " "); for (i in some) is_token[some[i]] = 1
  split("IsTruncated MaxItems MaxResults NextRecordIdentifier NextRecordName NextRecordType", some, " ")
  for (i in some) is_page[some[i]] = 1
}
function is_secret(name,    i, from) {
  name = tolower(name); gsub(/[-_ .:\/]/, "", name)
  if (name in secret_name) return 1
  for (i = 1; i <= ends; i++) {
    from = length(name) - length(end_of[i]) + 1
    if (from > 0 && substr(name, from) == end_of[i]) return 1
  }
  return 0
}
{ line[NR] = $0; look($0); if (value == "{") open[depth] = NR
  # {"Key": "db-password", "Value": "..."}: the key names the secret.
  if (key ~ /^([Kk]ey|Name|ParameterName)$/ && is_text(value) && is_secret(text(value))) tagged[open[depth - 1]] = 1
  if (depth == 0 && $0 != "{" && $0 != "}" && $0 != "{}") bad = 1
}
function hide(why) { taken[place "\t" why]++; value = "\"(redacted)\"" }
function clean(at,    why, plain) {
  look(line[at]); if (value == "{") open[depth] = at
  if (hidden && depth <= hidden - 1) hidden = 0
  why = ""; plain = value !~ /^[][{}]/
  if (hidden) why = "its name is that of a secret"
  else if (key != "" && is_secret(key)) why = "its name is that of a secret"
  else if ((key == "Value" || key == "value" || key == "ParameterValue") && (open[depth - 1] in tagged)) why = "its name is that of a secret"
  else if (is_text(value) && (index(value, "PRIVATE KEY-----") || index(value, "<pre_shared_key>"))) why = "its text holds a key"
  if (why == "") return
  if (!plain) { if (!hidden && (value == "{" || value == "[")) hidden = depth + 1; return }
  if (value == "\"\"" || value == "\"(redacted)\"" || value ~ /^(true|false|null)$/) return
  hide(why); match(line[at], /^ */)
  line[at] = substr(line[at], 1, RLENGTH) (key == "" ? "" : "\"" key "\": ") value (comma ? "," : "")
}
# The members of the document: where each begins and ends, lists of all pages.
function member(at,    name) {
  name = key; here = ""
  if (name in is_token) { if (is_text(value) && value != "\"\"") { token = text(value); token_of = name }; return }
  if (name == "AdditionalRoutesAvailable" || name == "IsTruncated") more = (value == "true")
  if (name in is_page) return
  if (!(name in kind)) { order[++members] = name; kind[name] = (value ~ /^\[/) ? "list" : "other" }
  else if (kind[name] != "list" || value !~ /^\[/) return
  here = name; first[name, ++runs[name]] = at; last[name, runs[name]] = at
}
function put(at, with_comma,    out) { out = line[at]; sub(/,$/, "", out); print out (with_comma ? "," : "") }
function put_list(name, with_comma,    run, at, filled, total) {
  for (run = 1; run <= runs[name]; run++) if (last[name, run] > first[name, run] + 1) total = run
  if (!total) { print "    \"" name "\": []" (with_comma ? "," : ""); return }
  print "    \"" name "\": ["
  for (run = 1; run <= total; run++)
    for (at = first[name, run] + 1; at < last[name, run]; at++) {
      if (line[at] ~ /^        [^] }]/) size[name]++
      if (at == last[name, run] - 1) put(at, run < total); else print line[at]
    }
  print "    ]" (with_comma ? "," : "")
}
END {
  if (NR && line[NR] != "}" && line[NR] != "{}") bad = 1
  for (at = 1; at <= NR; at++) {
    clean(at)
    if (depth == 0) { here = ""; if (value == "{") { token = ""; token_of = ""; more = 0 } }
    else if (depth == 1 && key != "") member(at)
    else if (here != "") last[here, runs[here]] = at
  }
  for (i = 1; i <= count; i++) if (wanted[i] != "-" && !(wanted[i] in kind)) { order[++members] = wanted[i]; kind[wanted[i]] = "list" }
  if (!members) print "{}"; else print "{"
  for (i = 1; i <= members; i++)
    if (kind[order[i]] == "list") put_list(order[i], i < members)
    else for (at = first[order[i], 1]; at <= last[order[i], 1]; at++) if (at == last[order[i], 1]) put(at, i < members); else print line[at]
  if (members) print "}"
  for (i = 1; i <= count; i++) items += wanted[i] == "-" ? 1 : size[wanted[i]]
  if (bad) print "bad" > facts
  print "items\t" items + 0 > facts
  if (token != "") print "token\t" token_of "\t" token > facts
  else if (more) print "lost" > facts
  for (one in taken) print "secret\t" one "\t" taken[one] > facts
  print "end" > facts
}'
}

# A fact of the last answer.
fact() { bytes_awk -F '\t' -v name="$1" -v field="$2" '$1 == name { print $field; exit }' "$work/facts"; }
