#!/bin/sh
# Checks the price lists and routes that differ from PRICE_CHECK_BASE: validate, test, diff, estimate.
#
# Writes comment.md and JUnit reports to PRICE_CHECK_REPORTS. Exit code: the largest of all commands, so 1 for a
# failed rule or case, 2 for a file that is not valid, 3 for an input that cannot be read; 0 if nothing has changed.
#
# PRICE_CHECK_METER           command (default: meter)
# PRICE_CHECK_BASE            commit or branch to compare with
# PRICE_CHECK_TIERS           price lists: patterns of git, one a line
# PRICE_CHECK_ROUTES          route configurations: patterns of git, one a line
# PRICE_CHECK_TIER_FILE       price list by which routes are estimated (default: tiers.yaml)
# PRICE_CHECK_EXPORTS         usage exports, one a line; without any there is no diff
# PRICE_CHECK_CUSTOMERS       customers file for the diff
# PRICE_CHECK_DIFF_RULES, PRICE_CHECK_ESTIMATE_RULES, PRICE_CHECK_TEST_RULES    rules, one a line
# PRICE_CHECK_IS_STRICT       true: warnings fail, too
# PRICE_CHECK_REPORTS         directory of the reports (default: meter-reports)
set -u

tiers=${PRICE_CHECK_TIERS:-:(glob)**/*tiers*.yaml}
routes=${PRICE_CHECK_ROUTES:-:(glob)**/edge.yaml
:(glob)**/wrangler.toml
:(glob)**/wrangler.jsonc}
tier_file=${PRICE_CHECK_TIER_FILE:-tiers.yaml}
reports=${PRICE_CHECK_REPORTS:-meter-reports}
status=0
# The summary of the step is the comment as a whole; no command appends a part of it.
summary=${GITHUB_STEP_SUMMARY:-}
unset GITHUB_STEP_SUMMARY

mkdir -p "$reports" || exit 2
reports=$(cd "$reports" && pwd)
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "reports=$reports" >>"$GITHUB_OUTPUT"; fi
before=$reports/before
rm -rf "$before" "$reports"/*.xml "$reports"/*.md "$reports"/*.json
cd "$(git rev-parse --show-toplevel)" || exit 2

base=$(git merge-base "${PRICE_CHECK_BASE:-}" HEAD 2>/dev/null) || {
  echo "error: the base ${PRICE_CHECK_BASE:-(PRICE_CHECK_BASE is not set)} is not in this clone" >&2
  echo "  hint: check out with fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab)" >&2
  exit 2
}

# Runs meter and keeps the largest exit code.
run() {
  # shellcheck disable=SC2086 # PRICE_CHECK_METER may be a command with arguments
  ${PRICE_CHECK_METER:-meter} "$@"
  code=$?
  if [ "$code" -gt "$status" ]; then status=$code; fi
  return "$code"
}

# `with_lines LIST COMMAND…`: the command with each line of the list as a further argument.
with_lines() {
  list=$1
  shift
  while IFS= read -r line; do
    if [ -n "$line" ]; then set -- "$@" "$line"; fi
  done <<LIST
$list
LIST
  "$@"
}

# Files that git knows, or that differ from the base; names as they are, one a line. None is taken for a flag.
tracked() { with_lines "$1" git -c core.quotePath=false ls-files -- | sed 's|^-|./-|'; }
changed() {
  with_lines "$1" git -c core.quotePath=false diff --name-only --diff-filter=ACMR "$base" HEAD -- | sed 's|^-|./-|'
}
without_tests() { grep -v '\.test\.ya\{0,1\}ml$' || true; }
# The version of a file in the base; fails if there is none.
version_before() {
  mkdir -p "$before/$(dirname "$1")"
  git show "$base:$1" >"$before/$1" 2>/dev/null
}

# `rules LIST COMMAND…`: meter with --assert for each line of the list.
rules() {
  list=$1
  shift
  while IFS= read -r rule; do
    if [ -n "$rule" ]; then set -- "$@" --assert "$rule"; fi
  done <<LIST
$list
LIST
  run "$@"
}

# A section of the comment: the file that a command wrote, or that it failed.
section() {
  printf '\n'
  if [ -s "$2" ]; then cat "$2"; else printf '## %s\n\n❌ The command failed; its messages are in the log of the job.\n' "$1"; fi
}

changed_tiers=$(changed "$tiers" | without_tests)
changed_routes=$(changed "$routes")
tests=$(tracked ':(glob)**/*.test.yaml')
changed_tests=$(changed ':(glob)**/*.test.yaml')
comment=$reports/comment.md
printf '<!-- meter -->\n' >"$comment"

validate() {
  strict=
  if [ "${PRICE_CHECK_IS_STRICT:-false}" = true ]; then strict=--strict; fi
  files=$(printf '%s\n%s\n' "$changed_tiers" "$changed_routes")
  # Routes are held against the price list of the repository, also where only the one or the other has changed.
  beside=
  if [ -f "$tier_file" ]; then beside=$tier_file; fi
  # shellcheck disable=SC2086 # $strict is nothing, or one word
  with_lines "$files" run validate ${beside:+--tiers "$beside"} $strict --quiet --format md -o "$reports/validate.md"
  # The same for build servers; what is wrong was said, and annotated, above.
  # shellcheck disable=SC2086
  with_lines "$files" run validate ${beside:+--tiers "$beside"} $strict --quiet --format junit -o "$reports/validate.xml" 2>/dev/null
  section Configuration "$reports/validate.md" >>"$comment"
}

test_lists() {
  with_lines "$tests" rules "${PRICE_CHECK_TEST_RULES:-}" test --format junit -o "$reports/test.xml"
  test_code=$?
  # Other formats of the same result; what failed is said above.
  with_lines "$tests" run test --format md -o "$reports/test.md" 2>/dev/null
  section 'Price tests' "$reports/test.md" >>"$comment"
  return "$test_code"
}

diff_list() {
  version_before "$1" || return 0
  name=$(printf '%s' "$1" | tr '/ ' '__')
  with_lines "${PRICE_CHECK_EXPORTS}" rules "${PRICE_CHECK_DIFF_RULES:-}" diff \
    --tiers "$before/$1" --against "$1" ${PRICE_CHECK_CUSTOMERS:+--customers "$PRICE_CHECK_CUSTOMERS"} \
    --format md -o "$reports/diff-$name.md"
  section "Changes by $1" "$reports/diff-$name.md" >>"$comment"
}

estimate_routes() {
  name=$(printf '%s' "$1" | tr '/ ' '__')
  baseline=
  old_tiers=$tier_file
  if version_before "$tier_file"; then old_tiers=$before/$tier_file; fi
  if version_before "$1"; then
    # The base is not what is judged: it neither annotates nor fails.
    # shellcheck disable=SC2086
    if GITHUB_ACTIONS= ${PRICE_CHECK_METER:-meter} estimate "$before/$1" --tiers "$old_tiers" --quiet --format json -o "$reports/before-$name.json" 2>/dev/null; then
      baseline=$reports/before-$name.json
    fi
  fi
  rules "${PRICE_CHECK_ESTIMATE_RULES:-}" estimate "$1" --tiers "$tier_file" ${baseline:+--baseline "$baseline"} \
    --format md -o "$reports/estimate-$name.md"
  section "Cost of $1" "$reports/estimate-$name.md" >>"$comment"
}

each() {
  list=$2
  while IFS= read -r file; do
    if [ -n "$file" ]; then "$1" "$file" </dev/null; fi
  done <<LIST
$list
LIST
}

if [ -z "$changed_tiers$changed_routes$changed_tests" ]; then
  echo 'meter: no price list, no route and no price test differs from the base'
  printf '\nNo price list, no route and no price test differs from the base.\n' >>"$comment"
  : >"$reports/unchanged"
  exit 0
fi
rm -f "$reports/unchanged"

# Routes cost something else also where only their price list has changed.
estimated=$changed_routes
if printf '%s\n' "$changed_tiers" | grep -qxF "$tier_file"; then estimated=$(tracked "$routes"); fi

if [ -n "$changed_tiers$changed_routes" ]; then validate; fi
if [ -n "$tests" ]; then test_lists; fi
if [ -n "${PRICE_CHECK_EXPORTS:-}" ]; then each diff_list "$changed_tiers"; fi
if [ -f "$tier_file" ]; then each estimate_routes "$estimated"; fi

if [ -n "$summary" ]; then cat "$comment" >>"$summary"; fi
exit "$status"
