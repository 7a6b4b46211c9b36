"""First guesses about keys, notebooks to share, reviews, people who leave, and sessions."""

from __future__ import annotations

from tests.shell.first_guesses.answers import QUARTER, Guesses, Works

GUESSES: Guesses = [
    # keys
    ("service-accounts keys ci-bot", "`%zenpro api-keys --service-account ci-bot`"),
    ("api-keys rotate sandbox", "`%zenpro api-keys rotate sandbox --to file:sandbox.key`"),
    ("api-keys rotate ci-bot", "`%zenpro api-keys rotate ci-bot --to file:github-actions.key`"),
    ("api-keys rotate ci-bot --dry-run", Works("key github-actions (of ci-bot in organization acme)")),
    ("api-keys rotate sandbox --dry-run", Works("key sandbox (yours)")),
    ("api-keys rotate etl-bot --retain 1h", "`%zenpro api-keys rotate etl-bot --retain 1h --to file:airflow.key`"),
    ("api-keys rotate etl-bot --to file:a.key --dry-run", Works("key airflow (of etl-bot in organization acme)")),
    ("api-keys activate etl-bot", "It has 2 keys: airflow, old. Use `%zenpro api-keys activate old --service-account"),
    ("undo --org acme-labs", "The journal contains no command to undo for this server and organization"),
    ("use profile sandbox", "No sandbox is running in this session. Start one with `%zenpro sandbox start`."),
    ("use profile prod", "There is no profile 'prod'."),
    ("api-keys create ci --service-account ci-bot --to clipboard", "For a file, use `--to file:clipboard`."),
    ("api-keys deactivate github-actions", "`%zenpro api-keys deactivate github-actions --service-account ci-bot`"),
    ("api-keys rotate ZENPROKEY_abc --to file:a.key", "Enter the name or ID of the key, not the key itself."),
    ("api-keys rotate nothing --to file:a.key", "For a key of a service account, add --service-account NAME."),
    ("api-keys rotate --name ci-bot", "Use `%zenpro api-keys rotate ci-bot`."),
    ("rotate laptop", "`%zenpro api-keys rotate`"),
    (
        "api-keys rotate --service-account ci-bot --retain 1h",
        "Use `%zenpro api-keys rotate github-actions --service-account ci-bot --retain 1h --to file:github-",
    ),
    (
        "api-keys rotate --service-account etl-bot",
        "etl-bot has 2 keys: airflow, old. Use `%zenpro api-keys rotate airflow --service-account etl-bot --to "
        "file:airflow.key`.",
    ),
    ("api-keys rotate --service-account ci-bto", "Did you mean 'ci-bot'?"),
    (
        "api-keys deactivate --service-account ci-bot",
        "`%zenpro api-keys deactivate github-actions --service-account",
    ),
    (
        "service-accounts rotate ci-bot",
        "Use `%zenpro api-keys rotate github-actions --service-account ci-bot --to file:github-actions.key`.",
    ),
    (
        "service-accounts rotate etl-bot",
        "Use `%zenpro api-keys rotate airflow --service-account etl-bot --to file:airflow.key",
    ),
    ("api-keys create ci", "`%zenpro api-keys create ci --to file:ci.key`"),
    # sharing
    ("notebooks clean mine.ipynb", Works("wrote mine-to-share.ipynb")),
    ("notebooks clean none.ipynb", "There is no file 'none.ipynb'"),
    ("notebooks check .", Works("nothing to fix in mine.ipynb")),
    ("notebooks check empty", "The folder empty contains no notebook"),
    ("pseudonyms", Works("`%zenpro pseudonyms on` replaces them")),
    ("pseudonyms on", Works("`%zenpro pseudonyms off` shows real people")),
    ("pseudonyms off", Works("`%zenpro pseudonyms on` replaces them")),
    (
        "notebooks clean mine.ipynb --no-names",
        "`%zenpro notebooks clean mine.ipynb --pseudonyms`",
    ),
    ("anonymize on", "`%zenpro pseudonyms on`"),
    ("notebooks share mine.ipynb", Works("wrote mine-to-share")),
    ("share mine.ipynb", "`%zenpro notebooks share mine.ipynb`"),
    (
        "notebooks share mine.ipynb --pseudonyms",
        "`%zenpro notebooks share mine.ipynb`",
    ),
    ("anonymize mine.ipynb", "`%zenpro notebooks share mine.ipynb`"),
    # papermill
    (
        "notebooks run mine.ipynb --organization acme-labs",
        "`papermill mine.ipynb mine-done.ipynb -p organization acme-labs`",
    ),
    ("notebooks parameters mine.ipynb", "`papermill mine.ipynb mine-done.ipynb -p organization "),
    ("papermill mine.ipynb", "`papermill mine.ipynb mine-done.ipynb -p organization "),
    # reviews
    ("review create q4", "`%zenpro reviews create q4`"),
    ("reviews decide --revoke 3", "`%zenpro reviews decide q4 --row 3 --revoke`"),
    ("reviews decide q4 --revoke 3", "Use `%zenpro reviews decide q4 --revoke --row 3`."),
    ("reviews decide q4 --revoke linus@example.com", "decide q4 --revoke --principal linus@example.com`."),
    ("reviews decide q4 --keep team:Platform", "decide q4 --keep --principal team:Platform`."),
    ("reviews create", Works(QUARTER)),
    ("reviews create --quarterly", f"`%zenpro reviews create {QUARTER}`"),
    # options before the command
    ("--org acme users --limit 1", "Options come after the command. Use `%zenpro users --limit 1 --org acme`."),
    ("--workspace ml-prod runs", "Use `%zenpro runs --workspace ml-prod`."),
    # reviews and people who leave
    ("reviews decide q4 --row 3 --decision revoke", "Use `%zenpro reviews decide q4 --row 3 --revoke`."),
    ("reviews decide q4 --row 1,5 --keep", "Use `%zenpro reviews decide q4 --row 1 --row 5 --keep`."),
    ("api /users/me", "Use `%zenpro api GET /users/me`."),
    ("reviews decide q4 --accept-all", "Use `%zenpro reviews decide q4 --recommended`."),
    ("reviews accept q4", "Use `%zenpro reviews decide --recommended q4`."),
    ("reviews decide q4 --recommended --keep", "`--keep` cannot be combined with `--recommended`."),
    (
        "users offboard linus@example.com --handover=linus@example.com --dry-run",
        "--successor",
    ),
    ("users offboard linus@example.com --transfer-to grace@example.com --dry-run", Works("grace@example.com")),
    ("users offboard linus@example.com --new-owner=grace@example.com --dry-run", Works("grace@example.com")),
    (
        "users offboard linus@example.com --handover-to grace@example.com --successor ada@example.com",
        "--successor takes one value, but was given twice",
    ),
    (
        "users handover linus@example.com grace@example.com",
        "Use `%zenpro users offboard linus@example.com --successor grace@example.com`. It hands over workspaces and",
    ),
    ("users --inactive 30d", "for accounts that started no runs, run `%zenpro users --idle 30d`."),
    ("users --last-login 60", "for accounts that started no runs, run `%zenpro users --idle 60d`."),
    # sessions
    ("use acme", "Use `%zenpro use organization acme`."),
    ("use ml-prod", "Use `%zenpro use workspace ml-prod`."),
    ("use --org acme", "Use `%zenpro use organization acme`."),
    ("use --organization acme", "Use `%zenpro use organization acme`."),
    ("use org acme-labs", "Use `%zenpro use organization acme-labs`."),
    ("use ws ml-prod", "Use `%zenpro use workspace ml-prod`."),
    ("reviews decide q4", "`%zenpro reviews decide q4 --row 4 --keep`"),
    ("reviews decide q4 --row 2", "`%zenpro form review q4`"),
    ("reviews decide q4 --keep", "`%zenpro reviews decide q4 --from q4.csv`"),
]
