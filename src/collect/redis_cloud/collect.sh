MISSING=0 STATUS='' TRIES=5 TASK_SECONDS=120

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 2; }

# Keys go to curl over its standard input, so that no list of processes shows them.
keys() {
  printf 'header = "x-api-key: %s"\n' "$REDISCLOUD_ACCESS_KEY"
  printf 'header = "x-api-secret-key: %s"\n' "$REDISCLOUD_SECRET_KEY"
}

prepare() {
  set +x
  umask 077
  OUT=${1:-}
  [ -n "$OUT" ] || die "usage: sh collect.sh FOLDER"
  for program in curl jq; do
    command -v "$program" >/dev/null 2>&1 || die "$program is needed and not here"
  done
  if command -v sha256sum >/dev/null 2>&1; then SHA=sha256sum; else SHA='shasum -a 256'; fi
  for name in REDISCLOUD_ACCESS_KEY REDISCLOUD_SECRET_KEY; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || die "$name is not set"
    case $value in *[!A-Za-z0-9_./+=-]*) die "$name has characters that no key has" ;; esac
  done
  URL=${REDISCLOUD_URL:-$BASE}
  URL=${URL%/}
  case $URL in
    https://*) PROTO='=https' ;;
    http://127.0.0.1:*[!0-9/a-z]*|http://localhost:*[!0-9/a-z]*) die "keys are not sent to $URL" ;;
    http://127.0.0.1:*|http://localhost:*) PROTO='=http' ;;
    *) die "keys are not sent to $URL: expected https://..." ;;
  esac
  if [ -d "$OUT" ]; then
    [ -z "$(ls -A "$OUT")" ] || die "$OUT is not empty"
  fi
  mkdir -p "$OUT" || die "cannot make $OUT"
  WORK=$(mktemp -d) || die "cannot make a folder for temporary files"
  trap 'rm -rf "$WORK"' EXIT
  trap 'exit 130' INT TERM
  STARTED=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  : >"$OUT/ledger.jsonl"
}

# get PATH: one GET, again where that may help. Sets STATUS (000: nothing came).
get() {
  attempt=1
  while :; do
    : >"$WORK/head"; : >"$WORK/body"
    STATUS=$(keys | curl -sS -K - --proto "$PROTO" --max-time 60 -H 'accept: application/json' \
      -D "$WORK/head" -o "$WORK/body" -w '%{http_code}' "$URL$1" 2>"$WORK/trouble") || STATUS=000
    case $STATUS in
      000|429|500|502|503|504) ;;
      *) return 0 ;;
    esac
    [ "$attempt" -lt "$TRIES" ] || return 0
    pause=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9][0-9]*\).*/\1/p' "$WORK/head" | tail -n 1)
    [ -n "$pause" ] || pause=$((1 << (attempt - 1)))
    [ "$pause" -le 60 ] || pause=60
    sleep "$pause"
    attempt=$((attempt + 1))
  done
}

# Secrets are blanked before anything is kept.
clean() {
  jq --argjson more "$1" 'def name: ascii_downcase | gsub("[-_]"; "");
    walk(if type == "object" then with_entries(
      if (.key | name | test("(password|passwords|passphrase|passwd|apikey|accesskey|secretkey|privatekey|authtoken|clientsecret|connectionstring)$"))
        and (.value | type == "string" and . != "") then .value = "(redacted)" else . end) else . end)
    | if type == "object" then $more + . else . end' "$WORK/body"
}

# note OPERATION PAGE OUTCOME ITEMS CODE FILE: a line of the ledger.
note() {
  jq -cn --arg operation "$1" --argjson page "$2" --arg outcome "$3" --argjson items "$4" --arg code "$5" \
    --arg file "$6" --arg parent "$NAME" --arg status "$STATUS" --arg started "$STARTED" \
    '{service: "redis-cloud", operation: $operation, region: "global", parent: $parent, page: $page,
      started: $started, http_status: (if $status == "000" then null else ($status | tonumber) end),
      items: $items, outcome: $outcome, has_more: ($outcome == "more")}
     + (if $code == "" then {} else {error_code: $code} end)
     + (if $file == "" then {} else {file: $file} end)' >>"$OUT/ledger.jsonl"
}

lost() {
  outcome=failed
  case $STATUS in 401|403) outcome=denied ;; esac
  say "missing: $1: $3 $(head -c 300 "$WORK/trouble" 2>/dev/null)"
  note "$1" "$2" "$outcome" 0 "$3" ''
  MISSING=1
}

# keep OPERATION PAGE OUTCOME ITEMS FILE MORE
keep() {
  mkdir -p "$OUT/$(dirname "$5")"
  clean "$6" >"$OUT/$5" || die "cannot write $OUT/$5"
  note "$1" "$2" "$3" "$4" '' "$5"
}

is_json() { jq -e 'type == "object"' "$WORK/body" >/dev/null 2>&1; }

databases() {
  page=1 offset=0 FOUND=1
  while :; do
    get "/subscriptions/$SUBSCRIPTION/databases?offset=$offset&limit=100"
    if [ "$STATUS" = 404 ] && [ "$page" -gt 1 ]; then
      note GetSubscriptionDatabases "$page" complete 0 '' ''
      return 0
    fi
    if [ "$STATUS" != 200 ]; then
      [ "$STATUS" != 404 ] || FOUND=0
      lost GetSubscriptionDatabases "$page" "HTTP $STATUS"
      return 0
    fi
    if ! is_json; then
      lost GetSubscriptionDatabases "$page" NotFromRedisCloud
      return 0
    fi
    items=$(jq '[.subscription // [] | if type == "array" then .[] else . end | .databases // [] | length] | add // 0' "$WORK/body")
    outcome=complete
    [ "$items" -lt 100 ] || outcome=more
    keep GetSubscriptionDatabases "$page" "$outcome" "$items" \
      "redis-cloud/redis-cloud.GetSubscriptionDatabases/${NAME}_$page.json" '{}'
    [ "$outcome" = more ] || return 0
    page=$((page + 1)) offset=$((offset + 100))
    [ "$page" -le 1000 ] || die "more than 1000 pages"
  done
}

link() {
  path="/subscriptions/$SUBSCRIPTION$REGION_PATH/private-link"
  file="redis-cloud/redis-cloud.GetPrivateLink/$NAME.json"
  waited=0 pause=1
  while :; do
    get "$path"
    if ! is_json; then
      lost GetPrivateLink 1 "HTTP $STATUS"
      return 0
    fi
    case $STATUS in
      404)
        if [ "$FOUND" = 1 ] && [ "$waited" = 0 ] && jq -e 'has("path")' "$WORK/body" >/dev/null; then
          keep GetPrivateLink 1 complete 0 "$file" "$ABOUT"
        else
          lost GetPrivateLink 1 'HTTP 404'
        fi
        return 0 ;;
      2??) ;;
      *) lost GetPrivateLink 1 "HTTP $STATUS"; return 0 ;;
    esac
    state=$(jq -r 'if has("taskId") then .status else "processing-completed" end' "$WORK/body")
    code=$(jq -r '.response.error.type? // ""' "$WORK/body")
    case $state:$code in
      processing-completed:*|processing-error:PRIVATELINK_SERVICE_NOT_FOUND)
        keep GetPrivateLink 1 complete 1 "$file" "$ABOUT"
        return 0 ;;
      processing-error:*) lost GetPrivateLink 1 "${code:-processing-error}"; return 0 ;;
    esac
    id=$(jq -r '.taskId' "$WORK/body")
    case $id in ''|*[!A-Za-z0-9-]*) lost GetPrivateLink 1 'a task without an id'; return 0 ;; esac
    if [ "$waited" -ge "$TASK_SECONDS" ]; then
      lost GetPrivateLink 1 TaskNotFinished
      return 0
    fi
    path="/tasks/$id"
    sleep "$pause"
    waited=$((waited + pause))
    [ "$pause" -ge 4 ] || pause=$((pause * 2))
  done
}

seal() {
  LC_ALL=C sort -o "$OUT/ledger.jsonl" "$OUT/ledger.jsonl"
  (cd "$OUT" && find . -type f ! -name manifest.json | sed 's|^\./||' | LC_ALL=C sort) >"$WORK/files"
  while IFS= read -r name; do
    jq -cn --arg path "$name" --argjson bytes "$(wc -c <"$OUT/$name")" \
      --arg sha256 "$($SHA <"$OUT/$name" | cut -c 1-64)" '{path: $path, bytes: $bytes, sha256: $sha256}'
  done <"$WORK/files" | jq -s --arg created "$STARTED" --arg version "$VERSION" --argjson missing "$MISSING" \
    '{format: "plaudit-snapshot/1", tool: {name: "plaudit", version: $version}, created: $created,
      complete: ($missing == 0), principals: [], accounts: [], regions: ["global"], redactions: [],
      files: .}' >"$OUT/manifest.json"
  say "written: $OUT"
  [ "$MISSING" = 0 ] || exit 3
}
