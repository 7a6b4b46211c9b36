"""First guesses about forms, runs, queries, files, plans, and comparisons."""

from __future__ import annotations

from tests.shell.first_guesses.answers import Guesses, Works

GUESSES: Guesses = [
    # forms
    ("form create workspace", "Use `%zenpro form workspaces create`."),
    ("workspaces form", "Use `%zenpro form workspaces`."),
    (
        "assignments --where user_email=ada@example.com",
        "Use `%zenpro assignments --where principal=ada@example.com`.",
    ),
    ("assignments --where team=Interns", "Use `%zenpro assignments --where principal=Interns`."),
    ("workspaces --columns name,owner_email", "Use `%zenpro workspaces --columns name,owner`."),
    ("form teams role", "Use `%zenpro form roles assign`."),
    ("form workspace create", "`%zenpro form workspaces create`"),
    ("form team role", "`%zenpro form roles assign`"),
    ("form teams", Works("Open the form of `teams create`.")),
    ("workspaces create --form", "`%zenpro form workspaces create`"),
    # queries about sign-ins
    (
        "sql 'SELECT email, last_login FROM users'",
        "run `%zenpro audit --check no-login`",
    ),
    ("sql 'SELECT emial FROM users'", "Use `%zenpro sql 'SELECT email FROM users'`."),
    ("sql 'SELECT principal_id FROM access'", "access has no column 'principal_id'. Columns: principal, kind, "),
    # runs
    ("runs --status failed --by day", "`%zenpro runs --status failed --by day --workspace all`"),
    ("runs --workspace all --status failed --by day", Works("count")),
    ("runs --workspace all --status failed --by day --plot", Works("Runs per day by state")),
    ("runs --workspace all --status failed --by date", Works("count")),
    ("runs --workspace all --plot day", "--plot takes no value. Use `%zenpro runs --workspace all --plot`."),
    ("runs --status failed --plot", "`%zenpro runs --status failed --plot --workspace all`"),
    ("runs failed", "Use `%zenpro runs --status failed`."),
    ("runs plot --status failed", "Use `%zenpro runs --plot --status failed`."),
    ("users --by company --plot", "have charts. To count, use `%zenpro users --by company`."),
    ("users --plot", "have charts. To count, use `%zenpro users --by is_active`."),
    ("runs --chart", "Use `%zenpro runs --plot`."),
    ("usage --failed --plot", "Use `%zenpro usage --status failed --plot`."),
    (
        "runs --status failed --workspace all --plot failed.png",
        "Use `%zenpro runs --status failed --workspace all --plot --save failed.png`.",
    ),
    ("runs --workspace ml-prod --show chart", "For a chart, use `%zenpro runs --plot`, and to save it"),
    ("runs --status failed --plot=failed.svg", "Use `%zenpro runs --status failed --plot --save failed.svg`."),
    ("usage --by week --plot 'a b.pdf'", "Use `%zenpro usage --by week --plot --save 'a b.svg'`."),
    # values in the wrong places
    (
        "teams add linus@example.com platform --dry-run",
        "`%zenpro teams add Platform --user linus@example.com --dry-run`",
    ),
    ("teams add ci-bot Platform", "Use `%zenpro teams add Platform --service-account ci-bot`."),
    ("teams add linus@example.com --user Platform", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("teams remove grace@example.com Platform", "Use `%zenpro teams remove Platform --user grace@example.com`."),
    ("members add linus@example.com Platform", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("users remove linus@example.com Platform", "Use `%zenpro teams remove Platform --user linus@example.com`."),
    (
        "roles assign linus@example.com viewer ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-prod`.",
    ),
    (
        "roles revoke Platform 'Workspace Viewer' ml-prod",
        "Use `%zenpro roles revoke 'Workspace Viewer' --team Platform --workspace ml-prod`.",
    ),
    (
        "roles assign 'Workspace Viewer' --user Platform --workspace ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --team Platform --workspace ml-prod`.",
    ),
    (
        "assign linus@example.com 'Workspace Viewer' ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-prod`.",
    ),
    (
        "service-accounts assign ci-bot 'Workspace Viewer' ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --service-account ci-bot --workspace ml-prod`.",
    ),
    (
        "members add linus@example.com ml-prod",
        "`%zenpro roles assign ROLE --user linus@example.com --workspace ml-prod`",
    ),
    ("users onboard new@example.com Platform", "Use `%zenpro users onboard new@example.com --team Platform`."),
    (
        "invitations create 'Organization Member' new@example.com",
        "Use `%zenpro invitations create new@example.com --role 'Organization Member'`.",
    ),
    ("api-keys rotate ci-bot github-actions", "Use `%zenpro api-keys rotate github-actions --service-account ci-bot`."),
    (
        "access linus@example.com ml-prod delete:stack",
        "Use `%zenpro access linus@example.com --workspace ml-prod --can delete:stack`.",
    ),
    ("access ml-prod", "Use `%zenpro access --workspace ml-prod`."),
    ("teams add Nope --user linus@example.com", "List them with `%zenpro teams`."),
    # flags with a value, and words after options
    ("users --active=false --limit 3", "Use `%zenpro users --inactive --limit 3`."),
    ("users --inactive=true --limit 3", "Use `%zenpro users --inactive --limit 3`."),
    ("users --limit 3 inactive", "Use `%zenpro users --limit 3 --inactive`."),
    ("runs --workspace ml-prod latest", "`%zenpro runs get latest --workspace ml-prod`"),
    ("runs --status failed latest", "`%zenpro runs get latest`"),
    ("captures diff 30d", "Use `%zenpro diff 30d`."),
    # files and queries
    ("plan --file access.yaml", "Use `%zenpro plan access.yaml`."),
    ("sql -c 'SELECT 1'", "Use `%zenpro sql 'SELECT 1'`."),
    ("notebooks clean mine.ipynb -o copy.ipynb", "Use `%zenpro notebooks clean mine.ipynb --out copy.ipynb`."),
    ("users --excel users.xlsx", "`%zenpro users --save users.xlsx`"),
    ("users --out users.xlsx", "Use `%zenpro users --save users.xlsx`."),
    ("sql SELECT count(*) FROM users", "`%zenpro sql 'SELECT count(*) FROM users'`"),
    ("query 'SELECT 1'", "Use `%zenpro sql 'SELECT 1'`."),
    ("users save users.csv", "Use `%zenpro users --save users.csv`."),
    # undoing
    ("undo --last", "Use `%zenpro undo`."),
    ("undo last", "Without an ID, `%zenpro undo` undoes the last command."),
    ("revert", "`%zenpro undo`"),
    # access as code
    ("plan protected.yaml", "protected.yaml, line 3: No principal in acme is called 'lins@example.com'. Did you mean"),
    ("plan protected.yaml", "Did you mean 'linus@example.com'?"),
    # comparing
    ("compare 30d", "`%zenpro diff 30d`"),
    ("capture now", "Use `%zenpro captures create`."),
    ("capture before-the-move", "Use `%zenpro captures create before-the-move`."),
    ("captures now", "Use `%zenpro captures create`."),
    ("reviews status q4", "Use `%zenpro reviews get q4`."),
    ("reviews progress", "Use `%zenpro reviews`."),
    (
        "diff --since 30d",
        "There are no captures of this organization. Run `%zenpro captures create` now, and `%zenpro diff`",
    ),
    ("diff --against last-month", "To create captures regularly: `%zenpro docs captures`."),
    ("diff 'last month'", "All captures are newer than '30d'"),
    (
        "diff 1m",
        "'1m' could be months or minutes. Did you mean '30d' or '60s'? Use `%zenpro diff 30d` or `%zenpro diff",
    ),
    ("diff '3 months ago'", "All captures are newer than '90d'"),
    ("users --idle 1m", "Use `%zenpro users --idle 30d` or `%zenpro users --idle 60s`."),
    ("usage --since 1month --by user", "Use `%zenpro usage --since 30d --by user`."),
    (
        "snapshots prune --older-than 1m",
        "Use `%zenpro snapshots prune --older-than 30d` or `%zenpro snapshots prune --old",
    ),
    ("diff -30d", "Run `%zenpro captures create` now, and `%zenpro diff` later: no other source has an earlier state."),
    ("runs -7d", "Use `%zenpro runs --since 7d`."),
    ("users -5", "Use `%zenpro users --limit 5`."),
    ("diff --month", "Use `%zenpro diff 30d`."),
]
