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
function put(name, variable) { if (ENVIRON[variable] != "") add(name, quoted(ENVIRON[variable])) }
function put_number(name, variable) { if (ENVIRON[variable] ~ /^[0-9]+$/) add(name, ENVIRON[variable]) }
BEGIN {
  put("account", "L_ACCOUNT"); put("region", "L_REGION"); put("service", "L_SERVICE"); put("operation", "L_OPERATION")
  long = 1; put("parent", "L_PARENT")
  n = split(ENVIRON["L_PARENTS"], one, "\n"); for (i = 1; i <= n; i++) list = list (i > 1 ? "," : "") quoted(one[i])
  if (n) add("parents", "[" list "]")
  n = split(ENVIRON["L_PARAMS"], one, "\n"); list = ""
  for (i = 1; i <= n; i++) {
    at = index(one[i], "=")
    list = list (i > 1 ? "," : "") quoted(substr(one[i], 1, at - 1)) ":" quoted(substr(one[i], at + 1))
  }
  if (n) add("params", "{" list "}")
  long = 0
  put_number("page", "L_PAGE"); if (ENVIRON["L_OUTCOME"] == "complete") put_number("pages", "L_PAGE")
  put_number("items", "L_ITEMS"); put("principal_arn", "L_PRINCIPAL"); put("started", "L_STARTED")
  if (ENVIRON["L_CODE"] == "") add("error_code", "null"); else put("error_code", "L_CODE")
  put("error_message", "L_MESSAGE"); put("because", "L_BECAUSE"); put("file", "L_FILE")
  add("has_more", ENVIRON["L_OUTCOME"] == "more" ? "true" : "false"); put("outcome", "L_OUTCOME")
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
