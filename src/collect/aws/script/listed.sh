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
