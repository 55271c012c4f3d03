say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 2; }

# A text as it stands between quotes in JSON.
json() { printf '%s' "$1" | tr -d '\000-\037' | sed 's/[\\"]/\\&/g'; }

digest() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -c 1-64
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# line OPERATION PARENT OUTCOME CODE FILE: what became of a call.
line() {
  {
    printf '{"account":"%s","region":"global","service":"az","operation":"%s"' "$(json "$subscription")" "$(json "$1")"
    [ -z "$2" ] || printf ',"parent":"%s"' "$(json "$2")"
    printf ',"started":"%s","outcome":"%s"' "$started" "$3"
    [ -z "$4" ] || printf ',"error_code":"%s"' "$(json "$4")"
    [ -z "$5" ] || printf ',"file":"%s"' "$(json "$5")"
    printf '}\n'
  } >>ledger.jsonl
}

# Whether an earlier run has the answer.
known() {
  [ -s "$3" ] || return 1
  grep -F "\"account\":\"$(json "$subscription")\"" ledger.jsonl | grep -F "\"operation\":\"$(json "$1")\"" |
    grep -F "\"file\":\"$(json "$3")\"" | grep -qF '"outcome":"complete"'
}

# ask OPERATION PARENT FIELD FILE ARGUMENT...: one command, its answer and its line.
ask() {
  operation=$1 parent=$2 field=$3 file=$4
  shift 4
  if known "$operation" "$parent" "$file"; then return 0; fi
  started=$(now)
  mkdir -p "${file%/*}" || die "cannot write to $folder"
  if az "$@" --subscription "$subscription" --output json --only-show-errors </dev/null >"$work/answer" 2>"$work/error" &&
    [ -s "$work/answer" ]; then
    {
      [ -z "$parent" ] || printf '{"%s":"%s","az %s":\n' "$field" "$(json "$parent")" "$operation"
      # Connection strings of backups hold keys of storage accounts.
      sed '/connection-string/ s/: *".*"/: "REDACTED"/' "$work/answer"
      [ -z "$parent" ] || printf '}\n'
    } >"$work/file" && mv -f "$work/file" "$file" || die "cannot write $file"
    line "$operation" "$parent" complete '' "$file"
    return 0
  fi
  code=$(tr -d '\r' <"$work/error" | sed -n 's/.*(\([A-Za-z][A-Za-z0-9]*\)).*/\1/p' | sed -n 1p)
  outcome=failed
  if grep -q -e AuthorizationFailed -e LinkedAuthorizationFailed -e Forbidden "$work/error"; then outcome=denied; fi
  line "$operation" "$parent" "$outcome" "${code:-Failed}" ''
  complete=false
  say "az $operation: $outcome: $(sed -n 1p "$work/error" | tr -cd ' -~' | cut -c 1-200)"
  return 0
}

# once OPERATION WORD...: what a subscription has.
once() {
  name=$1
  shift
  ask "$name" '' '' "azure/$subscription/az.$(printf '%s' "$name" | tr ' ' '-').json" "$@"
}

# each OPERATION FIELD OPTION PARENTS WORD...: what each of the PARENTS has.
each() {
  name=$1 key=$2 option=$3 listed="azure/$subscription/az.$(printf '%s' "$4" | tr ' ' '-').json" parents=$4
  shift 4
  # Without the list there is nothing to ask about, and its own line says so.
  [ -s "$listed" ] || return 0
  # The words of a command.
  # shellcheck disable=SC2086
  if ! az $parents --subscription "$subscription" --query '[].id' --output tsv --only-show-errors </dev/null >"$work/ids" 2>"$work/error"; then
    started=$(now)
    line "$name" '' failed Parents ''
    complete=false
    return 0
  fi
  number=0
  while IFS= read -r id <&3; do
    id=$(printf '%s' "$id" | tr -d '\r')
    [ -n "$id" ] || continue
    number=$((number + 1))
    group=$(printf '%s' "$id" | cut -d / -f 5)
    leaf=${id##*/}
    at="azure/$subscription/az.$(printf '%s' "$name" | tr ' ' '-')/$(printf '%s' "$id" | digest | cut -c 1-16).json"
    ask "$name" "$id" "$key" "$at" "$@" --resource-group "$group" "--$option" "$leaf"
  done 3<"$work/ids"
}

# Size and digest of every file.
manifest() {
  {
    printf '{\n  "format": "plaudit-snapshot/1",\n  "tool": {"name": "plaudit-script", "version": "%s"},\n' "$tool_version"
    printf '  "created": "%s",\n  "complete": %s,\n  "files": [' "$created" "$complete"
    separator=''
    find azure ledger.jsonl -type f | LC_ALL=C sort | while IFS= read -r path; do
      printf '%s\n    {"path": "%s", "bytes": %s, "sha256": "%s"}' "$separator" "$(json "$path")" \
        "$(wc -c <"$path" | tr -d ' ')" "$(digest <"$path")"
      separator=,
    done
    printf '\n  ]\n}\n'
  } >"$work/manifest" && mv -f "$work/manifest" manifest.json || die 'cannot write manifest.json'
}

# run FOLDER [SUBSCRIPTION...]
run() {
  [ "$#" -ge 1 ] && [ -n "$1" ] || { say "usage: sh $0 FOLDER [SUBSCRIPTION...]"; exit 2; }
  for tool in az sed grep sort find mktemp cut tr date; do
    command -v "$tool" >/dev/null 2>&1 || die "the command $tool is needed and not there"
  done
  command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || die 'the command sha256sum or shasum is needed'
  case $1 in -*) folder=./$1 ;; *) folder=$1 ;; esac
  shift
  if [ -e "$folder" ] && [ -n "$(ls -A "$folder" 2>/dev/null)" ] && [ ! -e "$folder/ledger.jsonl" ]; then
    die "$folder is neither empty nor a snapshot"
  fi
  mkdir -p "$folder" && cd "$folder" && work=$(mktemp -d .collect.XXXXXX) || die "cannot write to $folder"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  [ "$#" -gt 0 ] || eval "set -- $subscriptions"
  if [ "$#" -eq 0 ]; then
    own=$(az account show --query id --output tsv --only-show-errors </dev/null) || die 'the Azure CLI cannot say which subscription it is in: az login'
    set -- "$(printf '%s' "$own" | tr -d '\r')"
  fi
  # Goes on where an earlier run stopped: what was answered is not asked again.
  rm -f manifest.json
  touch ledger.jsonl
  grep -F '"outcome":"complete"' ledger.jsonl >"$work/ledger" || :
  mv -f "$work/ledger" ledger.jsonl || die 'cannot write ledger.jsonl'
  created=$(now) complete=true
  for subscription in "$@"; do
    subscription=$(printf '%s' "$subscription" | tr 'A-F' 'a-f')
    case $subscription in
      ????????-????-????-????-????????????) case $subscription in *[!0-9a-f-]*) die "no id of a subscription: $subscription" ;; esac ;;
      *) die "no id of a subscription: $subscription" ;;
    esac
    questions
  done
  manifest
  say "$(grep -c . ledger.jsonl) lines in ledger.jsonl, complete: $complete"
  [ "$complete" = true ] || exit 3
}

AZURE_CORE_NO_COLOR=true AZURE_CORE_ONLY_SHOW_ERRORS=true AZURE_CORE_DISABLE_CONFIRM_PROMPT=true
AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no
export AZURE_CORE_NO_COLOR AZURE_CORE_ONLY_SHOW_ERRORS AZURE_CORE_DISABLE_CONFIRM_PROMPT AZURE_EXTENSION_USE_DYNAMIC_INSTALL
set -u
umask 077
