#!/usr/bin/env bash
# Appends the published tree to the branch that keeps it. The push is refused where somebody
# else appended meanwhile: nothing that was kept is ever written over.
#   store.sh FOLDER [BRANCH] [REMOTE]
set -euo pipefail
folder=$1 branch=${2:-published} remote=${3:-origin}
export GIT_INDEX_FILE
GIT_INDEX_FILE=$(mktemp -u)
trap 'rm -f "$GIT_INDEX_FILE"' EXIT
rm -f "$folder/.publish.lock"
git_dir=$(git rev-parse --absolute-git-dir)
(cd "$folder" && git --git-dir "$git_dir" --work-tree . -c core.autocrlf=false add --all --force .)
tree=$(git write-tree)
parent=()
if git fetch --quiet --depth 1 "$remote" "$branch" 2> /dev/null; then
  parent=(-p FETCH_HEAD)
  if [ "$(git rev-parse 'FETCH_HEAD^{tree}')" = "$tree" ]; then
    echo "nothing to append"
    exit 0
  fi
fi
name=$(basename "$(readlink "$folder/latest" || echo latest)")
commit=$(git commit-tree "$tree" "${parent[@]}" -m "Publish $name")
git push --quiet "$remote" "$commit:refs/heads/$branch"
echo "appended $name"
