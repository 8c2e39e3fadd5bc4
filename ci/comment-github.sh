#!/bin/sh
# Puts a Markdown file on a pull request: in the comment that begins with the same hidden tag, or in a new one.
#
# comment-github.sh FILE    with PRICE_CHECK_PULL_REQUEST, GITHUB_REPOSITORY and GH_TOKEN; needs gh, which runners have
#
# Where nothing has changed (`unchanged` beside the file) an old comment is brought up to date, and none is made. A token
# that may not write, as of a fork, is a warning: the checks have their own exit code.
set -u

file=$1
# Without one the check could not begin, and says why.
if [ ! -f "$file" ]; then exit 0; fi
tag=$(head -n 1 "$file")
shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
comments=repos/$GITHUB_REPOSITORY/issues/$PRICE_CHECK_PULL_REQUEST/comments

refused() {
  echo "::warning::the comment could not be written: the token needs the permission pull-requests: write"
  exit 0
}

# GitHub takes 65 536 characters. A line that is cut would break the table that it is in.
if [ "$(wc -c <"$file")" -gt 60000 ]; then
  head -c 60000 "$file" | sed '$d' >"$shown"
  printf '\n\n… cut off: the whole is in the summary of the job.\n' >>"$shown"
else
  cat "$file" >"$shown"
fi

# Ids of comments that begin with the tag, the oldest first.
ids=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$tag\")) | .id") || refused
id=$(printf '%s\n' "$ids" | head -n 1)
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$shown" --silent || refused
  echo "meter: comment $id is up to date"
elif [ ! -e "$(dirname "$file")/unchanged" ]; then
  gh api --method POST "$comments" --field "body=@$shown" --silent || refused
  echo 'meter: new comment'
fi
