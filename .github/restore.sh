#!/usr/bin/env bash
# Brings the versions that were published before into a folder, from the branch that keeps them,
# and verifies every file of them. Nothing kept yet: the folder stays away.
#   restore.sh FOLDER [BRANCH] [REMOTE]
set -euo pipefail
folder=$1 branch=${2:-published} remote=${3:-origin}
if ! git ls-remote --exit-code --heads "$remote" "$branch" > /dev/null; then
  status=0
  git ls-remote "$remote" > /dev/null || status=$?
  [ "$status" -eq 0 ] || { echo "the remote $remote cannot be reached" >&2; exit 1; }
  echo "nothing was published before"
  exit 0
fi
git fetch --quiet --depth 1 "$remote" "$branch"
mkdir -p "$folder"
git archive FETCH_HEAD | tar -x -C "$folder"
${ANALYTICS:-analytics} verify --output "$folder"
