#!/bin/sh
# Puts a Markdown file on a merge request: in the note that begins with the same hidden tag, or in a new one.
#
# comment-gitlab.sh FILE    with PRICE_CHECK_GITLAB_TOKEN and the variables of a merge request pipeline; needs curl and node
#
# Where nothing has changed (`unchanged` beside the file) an old note is brought up to date, and none is made. Without a
# token nothing happens; one that is refused is a message: the checks have their own exit code.
set -u

file=$1
if [ -z "${PRICE_CHECK_GITLAB_TOKEN:-}" ]; then
  echo 'meter: no comment, because PRICE_CHECK_GITLAB_TOKEN is not set'
  exit 0
fi
# Without one the check could not begin, and says why.
if [ ! -f "$file" ]; then exit 0; fi
tag=$(head -n 1 "$file")
notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes

call() { curl --fail --silent --show-error --header "PRIVATE-TOKEN: $PRICE_CHECK_GITLAB_TOKEN" "$@"; }
refused() {
  echo 'meter: the comment could not be written: the token needs the scope api' >&2
  exit 0
}

# The oldest note that begins with the tag; pages of a hundred until one is not full.
id=
page=1
while [ -z "$id" ]; do
  found=$(call "$notes?sort=asc&per_page=100&page=$page") || refused
  id=$(printf '%s' "$found" | TAG=$tag node -e '
    const notes = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const own = notes.find(({ body }) => body.startsWith(process.env.TAG));
    process.stdout.write(own ? String(own.id) : notes.length < 100 ? "none" : "");') || refused
  page=$((page + 1))
done

if [ "$id" != none ]; then
  call --request PUT --data-urlencode "body@$file" --output /dev/null "$notes/$id" || refused
  echo "meter: comment $id is up to date"
elif [ ! -e "$(dirname "$file")/unchanged" ]; then
  call --request POST --data-urlencode "body@$file" --output /dev/null "$notes" || refused
  echo 'meter: new comment'
fi
