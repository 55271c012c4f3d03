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
  M_ARN=$principal M_REGIONS=$(printf '%s\n' "global$asked" | tr ' ' '\n' | LC_ALL=C sort -u | tr '\n' ' ') M_SECRETS=$work/secrets bytes_awk -F '\t' \
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
