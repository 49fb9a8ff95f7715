from analytics.cli.provenance import code_commit, package_versions

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return code_commit(tmp_path)


def test_a_branch_leads_to_its_commit(tmp_path):
    files = {"HEAD": "ref: refs/heads/main", "refs/heads/main": COMMIT}
    assert git(tmp_path, files) == COMMIT


def test_a_packed_branch_leads_to_its_commit(tmp_path):
    files = {"HEAD": "ref: refs/heads/main", "packed-refs": f"# x\n{COMMIT} refs/heads/main"}
    assert git(tmp_path, files) == COMMIT


def test_a_detached_head_is_the_commit(tmp_path):
    assert git(tmp_path, {"HEAD": COMMIT}) == COMMIT


def test_without_a_repository_the_commit_is_unknown(tmp_path):
    assert code_commit(tmp_path) == "unknown"


def test_a_branch_without_commits_is_unknown(tmp_path):
    assert git(tmp_path, {"HEAD": "ref: refs/heads/main"}) == "unknown"


def test_package_versions_hold_what_computes_the_results():
    assert {"pandas", "duckdb", "scikit-learn"} <= set(package_versions())
