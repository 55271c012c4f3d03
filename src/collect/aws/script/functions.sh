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

# ---- The ledger -------------------------------------------------------------

# One line about a call: how it ended, the error's code and message, and
# `because`. Nothing that came from outside is used but as a text in quotes.
line() {
  L_OUTCOME=$1 L_CODE=$2 L_MESSAGE=$3 L_BECAUSE=$4 L_ACCOUNT=$account L_REGION=$where L_SERVICE=$service \
    L_OPERATION=$operation L_PRINCIPAL=$principal L_PARENT=$parent L_PARENTS=$parents L_PARAMS=$params \
    L_STARTED=$started L_PAGE=$page L_ITEMS=$items L_FILE=$written bytes_awk '
function quoted(text,    out, i, c) {
  if (length(text) > 1000 && !long) text = substr(text, 1, 1000)
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\"" || c == "\\") out = out "\\" c
    else if (c == "\n") out = out "\\n"
    else if (c == "\t") out = out "\\t"
    else if (c < " " || c > "~") out = out "?"
    else out = out c
  }
  return "\"" out "\""
}
function add(name, raw) { out = out (out == "" ? "" : ",") "\"" name "\":" raw }
function text(name, variable) { if (ENVIRON[variable] != "") add(name, quoted(ENVIRON[variable])) }
function number(name, variable) { if (ENVIRON[variable] ~ /^[0-9]+$/) add(name, ENVIRON[variable]) }
BEGIN {
  text("account", "L_ACCOUNT"); text("region", "L_REGION"); text("service", "L_SERVICE"); text("operation", "L_OPERATION")
  long = 1; text("parent", "L_PARENT")
  n = split(ENVIRON["L_PARENTS"], one, "\n"); for (i = 1; i <= n; i++) list = list (i > 1 ? "," : "") quoted(one[i])
  if (n) add("parents", "[" list "]")
  n = split(ENVIRON["L_PARAMS"], one, "\n"); list = ""
  for (i = 1; i <= n; i++) {
    at = index(one[i], "=")
    list = list (i > 1 ? "," : "") quoted(substr(one[i], 1, at - 1)) ":" quoted(substr(one[i], at + 1))
  }
  if (n) add("params", "{" list "}")
  long = 0
  number("page", "L_PAGE"); if (ENVIRON["L_OUTCOME"] == "complete") number("pages", "L_PAGE")
  number("items", "L_ITEMS"); text("principal_arn", "L_PRINCIPAL"); text("started", "L_STARTED")
  if (ENVIRON["L_CODE"] == "") add("error_code", "null"); else text("error_code", "L_CODE")
  text("error_message", "L_MESSAGE"); text("because", "L_BECAUSE"); text("file", "L_FILE")
  add("has_more", ENVIRON["L_OUTCOME"] == "more" ? "true" : "false"); text("outcome", "L_OUTCOME")
  print "{" out "}"
}' >>ledger.jsonl || die "cannot write to ledger.jsonl"
  case $1 in complete | more) ;; *) complete=false ;; esac
}

# The lines of the call that follows are about this operation.
about() {
  service=$1 operation=$2 lists=$3
  parent='' parents='' params='' started='' page='' items='' written=''
  home "$1"
}

# Where a service is asked, and how the snapshot calls that place.
home() {
  case $1 in
    route53 | sts | organizations) where=global asked_in=$first_region ;;
    *) where=$region asked_in=$region ;;
  esac
}

# A call has no answer: the line, and a note for the calls that rest on it.
no_answer() {
  items=0 written=''
  line "$1" "$2" "$3" ''
  if [ "$1" = not-asked ]; then lost 'not asked'; else lost "$1 $2"; fi
}

lost() { printf '%s\n' "$service.$operation is $1" >"$work/lost.$where.$service.$operation"; }

# ---- One question -----------------------------------------------------------

# The only place that runs the AWS CLI. It gets no input and is asked for JSON.
ask() {
  [ -z "$profile" ] || set -- "$@" --profile "$profile"
  "$@" --region "$asked_in" --output json </dev/null
}

# Nothing is run that is not a command of the AWS CLI that reads.
only_reads() {
  case "$1 $3" in
    'aws describe-'* | 'aws list-'* | 'aws get-'* | 'aws search-transit-gateway-routes') ;;
    *) die "refused, since it does more than read: $*" ;;
  esac
}

# Code and message of what the AWS CLI said, on two lines.
complaint() {
  bytes_awk '
{ gsub(/[\r\t]/, " "); if ($0 !~ /^ *$/) said = said (said == "" ? "" : " ") $0 }
END {
  code = "Failed"; message = said
  if (match(said, /An error occurred \([^)]*\)/)) {
    code = substr(said, RSTART + 19, RLENGTH - 20); gsub(/[^A-Za-z0-9._:-]/, "?", code)
    message = substr(said, RSTART + RLENGTH)
    sub(/ \(reached max retries: [0-9]*\)/, "", message); sub(/^[^:]*: */, "", message)
    # A status instead of a code: whoever answered is not AWS, or stands before it.
    if (code ~ /^40[13]$/) code = "HTTP " code
    else if (code ~ /^[0-9]+$/) code = "NotFromAws"
  } else if (said ~ /[Uu]nable to parse response/) code = "UnreadableAnswer"
  else if (said ~ /[Tt]imeout/) code = "Timeout"
  else if (said ~ /(endpoint URL|[Cc]onnection)/) code = "ConnectionFailed"
  else if (said ~ /[Cc]redentials/) code = "NoCredentials"
  # An AWS CLI that is too old knows neither the call nor its options.
  else if (said ~ /(Invalid choice|Unknown options|usage: aws)/) code = "NotInThisAwsCli"
  print code; print substr(message, 1, 1000)
}' "$work/error"
}

# A call that failed: is it not allowed, not offered here, or broken?
failure() {
  code=$(complaint | sed -n 1p) message=$(complaint | sed -n 2p)
  case ${code#Client.} in
    AccessDenied* | UnauthorizedOperation | AuthFailure | Unauthorized | NotAuthorized | UnauthorizedAccess | OptInRequired | 'HTTP 401' | 'HTTP 403')
      no_answer denied "$code" "$message" ;;
    InvalidAction | UnknownOperationException | UnsupportedOperation)
      no_answer unsupported "$code" "$message" ;;
    *) no_answer failed "$code" "$message" ;;
  esac
}

# question FILE aws SERVICE COMMAND ...: asks until the last page is there, then
# moves the answer to its place. A call that fails on the way leaves no file.
# The AWS CLI turns pages by itself; where it does not, its answer has a token,
# and the call is made again with it.
question() {
  file=$1 page=1 token=''
  shift
  only_reads "$@"
  : >"$work/secrets"
  say "$where $service.$operation ${parent##*/}"
  while :; do
    if [ -n "$stopped" ]; then
      if [ "$page" = 1 ]; then page='' outcome=not-asked; else outcome=interrupted; fi
      no_answer "$outcome" Interrupted 'the run was stopped before the answer was complete'
      return 0
    fi
    started=$(now)
    rm -f "$work/status" "$work/facts"
    {
      if [ -z "$token" ]; then ask "$@"; else ask "$@" "$token"; fi 2>"$work/error"
      printf '%s\n' "$?" >"$work/status"
    } | tidy >"$work/page.$page"
    if [ "$(cat "$work/status" 2>/dev/null)" != 0 ]; then
      if [ -n "$stopped" ]; then no_answer interrupted Interrupted 'the run was stopped before the answer was complete'; else failure; fi
      return 0
    fi
    if [ -n "$(fact bad 1)" ] || [ -z "$(fact end 1)" ]; then
      no_answer failed UnreadableAnswer 'the AWS CLI did not print indented JSON'
      return 0
    fi
    sed -n "s|^secret	|$file	|p" "$work/facts" >>"$work/secrets"
    items=$(fact items 2)
    before=$token
    if [ -n "$(fact lost 1)" ] || ! next_page || { [ -n "$before" ] && [ "$before" = "$token" ]; } || [ "$page" -ge 10000 ]; then
      no_answer failed NextPageLost 'the answer says that there is more and not where'
      return 0
    fi
    [ -n "$token" ] || break
    line more '' '' ''
    page=$((page + 1))
  done
  keep
}

# The option that asks for the next page; empty after the last one. A token is
# text from outside: what the AWS CLI could take for the name of a file, or
# what had to be escaped, is no token.
next_page() {
  token=$(fact token 3)
  case $token in
    '') return 0 ;;
    *[!A-Za-z0-9+/=_.:,@~%-]* | *://*) return 1 ;;
  esac
  case $(fact token 2) in
    *Marker) token=--marker=$token ;;
    *) token=--next-token=$token ;;
  esac
}

# Moves the pages to their place, as one answer, and writes the last line.
keep() {
  last_items=$items
  if [ "$page" -gt 1 ]; then
    at=1
    while [ "$at" -le "$page" ]; do
      cat "$work/page.$at"
      at=$((at + 1))
    done | tidy >"$work/whole"
  else
    mv -f "$work/page.1" "$work/whole"
  fi
  rm -f "$work"/page.*
  mkdir -p "${file%/*}" && mv -f "$work/whole" "$file" || die "cannot write $file"
  cat "$work/secrets" >>"$work/removed"
  items=$last_items written=$file
  line complete '' '' ''
}

# ---- Questions about what was listed ----------------------------------------

# once SERVICE OPERATION LISTS VARIANT aws ...: asked once.
once() {
  about "$1" "$2" "$3"
  variant=$4
  shift 4
  file=aws/$account/$where/$service.$operation
  if [ "$variant" != - ]; then params=$variant file=$file/${variant#*=}; fi
  question "$file.json" "$@"
}

# from SERVICE OPERATION LIST ID [only=FIELD:VALUES] [own] [tail|tail-of-own]:
# the calls that follow are made for each ID in the LIST of that answer. An id
# is used if it consists of letters, digits and : / _ - as all ids and ARNs of
# these services do. Others are counted, never used.
from() {
  home "$1"
  from_call=$1.$2 from_operation=$2 from_list=$3 from_id=$4 only='' own='' part=whole lost_reason=''
  shift 4
  for word in "$@"; do
    case $word in
      only=*) only=${word#only=} ;;
      own) own=yes ;;
      *) part=$word ;;
    esac
  done
  answers=aws/$account/$where/$from_call
  [ ! -f "$work/lost.$where.$from_call" ] || lost_reason=$(cat "$work/lost.$where.$from_call")
  rm -f "$work/odd"
  : >"$work/answers"
  for one in "$answers.json" "$answers"/*.json; do
    if [ -f "$one" ]; then cat "$one" >>"$work/answers"; fi
  done
  F_LIST=$from_list F_ID=$from_id F_ONLY=$only F_OWN=$own F_ACCOUNT=$account F_PART=$part F_ODD=$work/odd bytes_awk "$json_awk"'
BEGIN {
  list = ENVIRON["F_LIST"] "[]"; id = list "." ENVIRON["F_ID"]; own = ENVIRON["F_OWN"]; account = ENVIRON["F_ACCOUNT"]; part = ENVIRON["F_PART"]
  if (at = index(ENVIRON["F_ONLY"], ":")) {
    field = list "." substr(ENVIRON["F_ONLY"], 1, at - 1)
    n = split(tolower(substr(ENVIRON["F_ONLY"], at + 1)), one, ","); for (i = 1; i <= n; i++) allowed[one[i]] = 1
  }
}
# Prints the ids of an object, and the name of the file about each.
function done(    i, name, owner) {
  for (i = 1; taken && i <= found; i++) {
    split(ids[i], owner, ":"); if (own != "" && owner[5] != account) continue
    # What belongs to others is known by its whole ARN only.
    if (part == "tail" || (part == "tail-of-own" && owner[5] == account)) sub(/^.*\//, "", ids[i])
    name = ids[i]; if (part != "whole") sub(/^.*\//, "", name)
    if (ids[i] !~ /^[A-Za-z0-9][A-Za-z0-9_:\/-]*$/ || ids[i] ~ /\/\// || length(ids[i]) > 2048 || name == "") { print "odd" > ENVIRON["F_ODD"]; continue }
    gsub(/:/, "%3A", name); gsub(/\//, "%2F", name)
    # Names of files have an end: a long one is cut, and its digest added.
    if (length(name) > 200) { name = substr(name, 1, 183); while (substr(name, length(name) - 1) ~ /%/) name = substr(name, 1, length(name) - 1); name = name "~" }
    print ids[i] "\t" name
  }
  found = 0; taken = (field == "")
}
{ look($0); if (place == list && value == "{") done() }
(place == id || place == id "[]") && is_text(value) && value != "\"\"" { ids[++found] = text(value) }
field != "" && place == field { name = tolower(is_text(value) ? text(value) : value); if (name in allowed) taken = 1 }
END { done() }' "$work/answers" | LC_ALL=C sort -u >"$work/ids"
}

# Before the calls of an operation that is asked about what `from` found: says
# what of it is not asked, and whether there is anything to ask.
begin() {
  about "$1" "$2" "$3"
  if [ -f "$work/odd" ]; then
    no_answer not-asked OddId "$(wc -l <"$work/odd" | tr -d ' ') ids of $from_call do not look like ids of AWS"
  fi
  if [ -n "$lost_reason" ]; then no_answer not-asked NotAsked "$lost_reason"; fi
  if [ ! -s "$work/ids" ]; then
    if [ -z "$lost_reason" ] && [ ! -f "$work/odd" ]; then
      items=0
      line complete '' '' "$from_operation lists nothing to ask about"
    fi
    return 1
  fi
}

# each SERVICE OPERATION LISTS PARAMETER VARIANT aws ...: one call an id, which
# is added at the end.
each() {
  begin "$1" "$2" "$3" || return 0
  parameter=$4 variant=$5
  shift 5
  tab=$(printf '\t')
  while IFS=$tab read -r id name; do
    about "$service" "$operation" "$lists"
    parent=$id params=$parameter=$id
    if [ "$part" != whole ]; then parent=${id##*/}; fi
    case $name in *'~') name=$name$(printf %s "$parent" | digest) ;; esac
    if [ "$variant" != - ]; then params="$params$newline$variant" name=$name.${variant#*=}; fi
    if [ "$operation" = ListHostedZonesByVPC ]; then params="$params${newline}VPCRegion=$region"; fi
    question "aws/$account/$where/$service.$operation/$name.json" "$@" "$id"
  done <"$work/ids"
}

# many SIZE SERVICE OPERATION LISTS aws ...: one call for SIZE ids, which are
# added at the end.
many() {
  size=$1
  shift
  begin "$1" "$2" "$3" || return 0
  shift 3
  batch=0
  while next_batch; do
    # shellcheck disable=SC2046 # ids have neither blanks nor * ? [ in them
    question "$(batch_file)" "$@" $(cat "$work/batch")
  done
}

next_batch() {
  batch=$((batch + 1))
  bytes_awk -F '\t' -v n="$size" -v b="$batch" 'NR > (b - 1) * n && NR <= b * n { print $1 }' "$work/ids" >"$work/batch"
  about "$service" "$operation" "$lists"
  parents=$(cat "$work/batch")
  [ -n "$parents" ]
}

batch_file() { printf 'aws/%s/%s/%s.%s/%s-%04d.json' "$account" "$where" "$service" "$operation" "$from_list" "$batch"; }

# metrics SIZE DAYS METRICS: one value a day of each metric of SIZE endpoints.
# CloudWatch finds them by four dimensions, all of which are needed.
metrics() {
  size=$1 days=$2 names=$3
  begin cloudwatch GetMetricData MetricDataResults || return 0
  end=$(date -u +%s)
  case $end in '' | *[!0-9]*) end=0 ;; esac
  end=$((end / 86400 * 86400))
  window="$(day $((end - days * 86400))) $(day "$end")"
  case $window in
    20??-??-??T*\ 20??-??-??T*) ;;
    *)
      no_answer not-asked NoClock 'the command date tells no days'
      return 0 ;;
  esac
  batch=0
  while next_batch; do
    params="StartTime=${window% *}${newline}EndTime=${window#* }"
    queries >"$work/queries.json"
    question "$(batch_file)" aws cloudwatch get-metric-data --metric-data-queries "file://$work/queries.json" \
      --start-time "${window% *}" --end-time "${window#* }" --scan-by TimestampAscending
  done
}

# A day from seconds since 1970: as GNU and busybox want it, or as BSD and macOS do.
day() { date -u -d "@$1" +%Y-%m-%dT00:00:00Z 2>/dev/null || date -u -r "$1" +%Y-%m-%dT00:00:00Z 2>/dev/null; }

# The questions to CloudWatch about the endpoints of a batch. The values of the
# dimensions are copied as they stand, in quotes and escaped.
queries() {
  Q_NAMES=$names bytes_awk "$json_awk"'
BEGIN { count = split(ENVIRON["Q_NAMES"], metric, " "); print "[" }
NR == FNR { wanted["\"" $0 "\""] = 1; next }
function done(    i, id) {
  if ((of["VpcEndpointId"] in wanted) && is_text(of["VpcId"]) && is_text(of["VpcEndpointType"]) && is_text(of["ServiceName"]))
    for (i = 1; i <= count; i++) {
      id = text(of["VpcEndpointId"]); gsub(/-/, "_", id)
      printf "%s{\"Id\":\"%s\",\"Label\":%s,\"ReturnData\":true,\"MetricStat\":{\"Period\":86400,\"Stat\":\"Sum\",", (some++ ? ",\n" : ""), tolower(substr(metric[i], 1, 1)) substr(metric[i], 2) "_" id, of["VpcEndpointId"]
      printf "\"Metric\":{\"Namespace\":\"AWS/PrivateLinkEndpoints\",\"MetricName\":\"%s\",\"Dimensions\":[", metric[i]
      printf "{\"Name\":\"Endpoint Type\",\"Value\":%s},{\"Name\":\"Service Name\",\"Value\":%s},", of["VpcEndpointType"], of["ServiceName"]
      printf "{\"Name\":\"VPC Endpoint Id\",\"Value\":%s},{\"Name\":\"VPC Id\",\"Value\":%s}]}}}", of["VpcEndpointId"], of["VpcId"]
    }
  split("", of)
}
{ look($0); if (place == "VpcEndpoints[]" && value == "{") done() }
place ~ /^VpcEndpoints\[\]\.[A-Za-z]*$/ { of[key] = value }
END { done(); print "\n]" }' "$work/batch" "$answers.json"
}

# ---- The run ----------------------------------------------------------------

# Sizes and digests of all files, who asked, what was taken out: manifest.json.
manifest() {
  LC_ALL=C sort -u ledger.jsonl >"$work/ledger" && mv -f "$work/ledger" ledger.jsonl || die 'cannot write ledger.jsonl'
  {
    find aws ledger.jsonl -type f -exec wc -c {} + | bytes_awk '$2 != "total" { print $2 "\t1\t" $1 }'
    if command -v sha256sum >/dev/null 2>&1; then find aws ledger.jsonl -type f -exec sha256sum {} +
    else find aws ledger.jsonl -type f -exec shasum -a 256 {} +; fi | bytes_awk '{ print $2 "\t2\t" $1 }'
  } | LC_ALL=C sort >"$work/files"
  LC_ALL=C sort "$work/removed" >"$work/secrets"
  M_ARN=$principal M_REGIONS=$(printf '%s\n' global $asked | LC_ALL=C sort -u | tr '\n' ' ') M_SECRETS=$work/secrets bytes_awk -F '\t' \
    -v version="$tool_version" -v created="$created" -v complete="$complete" -v account="$account" '
BEGIN {
  print "{\n  \"format\": \"plaudit-snapshot/1\",\n  \"tool\": {\"name\": \"plaudit-script\", \"version\": \"" version "\"},"
  arn = ENVIRON["M_ARN"]; gsub(/[\\"]/, "\\\\&", arn); gsub(/[^ -~]/, "?", arn)
  print "  \"created\": \"" created "\",\n  \"complete\": " complete ","
  print "  \"principals\": [{\"account\": \"" account "\", \"arn\": \"" arn "\"}],\n  \"accounts\": [\"" account "\"],"
  n = split(ENVIRON["M_REGIONS"], region, " "); printf "  \"regions\": ["
  for (i = 1; i <= n; i++) printf "%s\"%s\"", (i > 1 ? ", " : ""), region[i]
  printf "],\n  \"redactions\": ["
  while ((getline < ENVIRON["M_SECRETS"]) > 0)
    printf "%s\n    {\"file\": \"%s\", \"field\": \"%s\", \"count\": %s, \"reason\": \"%s\"}", (some++ ? "," : ""), $1, $2, $4, $3
  printf "%s],\n  \"files\": [", (some ? "\n  " : "")
}
$2 == 1 { bytes = $3 }
$2 == 2 { printf "%s\n    {\"path\": \"%s\", \"bytes\": %s, \"sha256\": \"%s\"}", (files++ ? "," : ""), $1, bytes, $3 }
END { print "\n  ]\n}" }' "$work/files" >"$work/manifest" && mv -f "$work/manifest" manifest.json || die 'cannot write manifest.json'
}

# Who asks; without an answer there is nothing to collect.
introduce() {
  account='' principal='' where=global region=$first_region asked_in=$first_region
  if ! ask aws sts get-caller-identity >"$work/identity" 2>"$work/error"; then
    die "the AWS CLI cannot say who asks: $(complaint | sed -n 2p | LC_ALL=C tr -cd ' -~')"
  fi
  account=$(sed -n 's/^    "Account": "\([0-9]\{12\}\)",\{0,1\}$/\1/p' "$work/identity")
  principal=$(sed -n 's/^    "Arn": "\([^"]*\)",\{0,1\}$/\1/p' "$work/identity")
  [ -n "$account" ] && [ -n "$principal" ] || die 'the AWS CLI did not print an account and an ARN as indented JSON'
  about sts GetCallerIdentity -
  page=1 items=1 started=$created file=aws/$account/global/sts.GetCallerIdentity.json
  : >"$work/secrets"
  tidy <"$work/identity" >"$work/page.1"
  keep
}

# The folder, the region, the tools.
prepare() {
  [ "$#" -eq 1 ] && [ -n "$1" ] || { printf 'usage: sh %s FOLDER    (a new folder for the snapshot)\n' "$0" >&2; exit 2; }
  trap 'exit 2' INT TERM HUP
  for tool in aws awk sed sort find mktemp; do
    command -v "$tool" >/dev/null 2>&1 || die "the command $tool is needed and not there"
  done
  command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || die 'the command sha256sum or shasum is needed'
  case $1 in -*) folder=./$1 ;; *) folder=$1 ;; esac
  if [ -e "$folder" ] && [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then die "$folder is not empty; name a new folder"; fi
  configured=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
  if [ -z "$configured" ]; then
    if [ -n "$profile" ]; then configured=$(aws configure get region --profile "$profile"); else configured=$(aws configure get region); fi
  fi </dev/null 2>/dev/null
  case $regions in '' | all) first_region=$configured ;; *) first_region=${regions%% *} ;; esac
  is_region "$first_region" || die 'no region is configured: set AWS_REGION, or name regions at the top of this script'
  mkdir -p "$folder" && cd "$folder" && work=$(mktemp -d .collect.XXXXXX) || die "cannot write to $folder"
  trap 'rm -rf "$work"' EXIT
  : >"$work/removed"
}

is_region() { case $1 in '' | *[!a-z0-9-]* | -*) return 1 ;; esac; }

# All accounts have the same order: who asks, what is global, each region.
run() {
  created=$(now) complete=true stopped='' asked=''
  newline='
'
  introduce
  trap 'stopped=1; complete=false' INT TERM HUP
  ask_global
  if [ "$regions" = all ]; then all_regions; elif [ -z "$regions" ]; then regions=$first_region; fi
  for region in $regions; do
    is_region "$region" || die "$region is no region"
    asked="$asked $region"
    ask_region
  done
  manifest
  say "$(grep -c . ledger.jsonl) lines in ledger.jsonl, complete: $complete"
  [ "$complete" = true ] || exit 3
}

# The regions that are enabled in the account.
all_regions() {
  once ec2 DescribeRegions Regions - aws ec2 describe-regions
  from ec2 DescribeRegions Regions RegionName
  regions=$(cut -f 1 "$work/ids" | tr '\n' ' ')
}

AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_CLI_ERROR_FORMAT=legacy PYTHONIOENCODING=UTF-8
AWS_RETRY_MODE=${AWS_RETRY_MODE:-adaptive} AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-8}
export AWS_PAGER AWS_CLI_AUTO_PROMPT AWS_CLI_ERROR_FORMAT PYTHONIOENCODING AWS_RETRY_MODE AWS_MAX_ATTEMPTS
set -u
umask 077
