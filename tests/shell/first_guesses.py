"""The lines that newcomers typed first, each with what it shows: `Works`, or words of the error with the line to use.

A new command adds its own first guesses here. No guess changes anything on a server.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

TODAY = datetime.now(UTC)
QUARTER = f"{TODAY.year}-q{(TODAY.month + 2) // 3}"
DORMANT = "`%zenpro audit --check dormant`"


class Works(Struct, frozen=True):
    """The line works: its output, or its DataFrame as text, contains these words."""

    words: str = ""


GUESSES: list[tuple[str, str | Works]] = [
    # users by company
    ("users --group-by company", '`%zenpro sql "SELECT company, count(*) AS count FROM users GROUP BY 1'),
    ("users --group-by company", '`users = %zenpro users` and then `users.groupby("company", observed=True).size()`'),
    ("users --inactive --by company", "FROM users WHERE NOT is_active GROUP BY 1"),
    ("users --where company='Acme Labs' --count-by is_active", "FROM users WHERE company = 'Acme Labs' GROUP BY 1"),
    ("service-accounts --group-by is_active", "FROM service_accounts GROUP BY 1"),
    ("users --group-by compny", "There is no column 'compny'. Did you mean 'company'?"),
    # the people of one organization
    ("users --organization acme", "Use `%zenpro users --org acme`."),
    ("users --mine", "Use `%zenpro users --org acme`."),
    ("users --my-org --inactive", "Use `%zenpro users --org acme --inactive`."),
    ("users acme", "Use `%zenpro users --org acme`."),
    ("users --org", "For example: `%zenpro users --org acme`."),
    ("members --mine", "Use `%zenpro members`."),
    ("users in acme", "Use `%zenpro users --org acme`."),
    ("users of acme --limit 5", "Use `%zenpro users --org acme --limit 5`."),
    ("workspaces of acme", "Use `%zenpro workspaces --org acme`."),
    # the administrators, and who can do what
    ("admins", "`%zenpro access --role 'Organization Admin'`"),
    ("access --admins", "`%zenpro access --role 'Organization Admin'`"),
    (
        "access --role superuser --role=owner",
        "Keep one: `%zenpro access --role superuser` or `%zenpro access --role=owner`.",
    ),
    (
        "reviews verify 2026-q4",
        "`%zenpro reviews evidence 2026-q4 --save 2026-q4.csv`, then run `%zenpro reviews verify 2026-q4.csv`",
    ),
    ("teams --limit 1 --limit 2 --sort name", "`%zenpro teams --limit 2 --sort name`"),
    ("teams --where name~Data --where name~Science --columns name --columns id", "--columns takes one value"),
    ("access --role 'Org Admin'", "Use `%zenpro access --role 'Organization Admin'`."),
    ("access --role member", "Use `%zenpro access --role 'Organization Member'`."),
    (
        "roles assign viewer --user ada@example.com --workspace ml-prod",
        "`%zenpro roles assign 'Workspace Viewer' --user ada@example.com --workspace ml-prod`",
    ),
    (
        "access --user linus@example.com --can delete:stack",
        "`%zenpro access linus@example.com --can delete:stack`",
    ),
    ("access linus@example.com delete:stack", "`%zenpro access linus@example.com --can delete:stack`"),
    ("why linus@example.com delete:stack", "`%zenpro access linus@example.com --can delete:stack`"),
    ("access linus@example.com --why delete:stack", "`%zenpro access linus@example.com --can delete:stack`"),
    (
        "why linus@example.com delete:stack ml-prod",
        "`%zenpro access linus@example.com --can delete:stack --workspace ml-prod`",
    ),
    (
        "why linus@example.com can delete stack in ml-prod",
        "`%zenpro access linus@example.com --can delete:stack --workspace ml-prod`",
    ),
    ("access --role admin", "Use `%zenpro access --role 'Organization Admin'` or "),
    ("access --role admin", " roles contain this word: `%zenpro roles --where name~admin`."),
    (
        "roles assign 'Workspace Developer' team:Platform --workspace ml-prod",
        "`%zenpro roles assign 'Workspace Developer' --team Platform --workspace ml-prod`",
    ),
    (
        "roles assign 'Workspace Developer' bot:ci-bot linus@example.com --workspace ml-prod",
        "`%zenpro roles assign 'Workspace Developer' --service-account ci-bot --user linus@example.com --workspace ml-",
    ),
    ("who can delete stack", "`%zenpro access --can delete:stack`"),
    ("who are the admins", "`%zenpro access --role 'Organization Admin'`"),
    ("admins list", "`%zenpro access --role 'Organization Admin'`."),
    ("roles members 'Organization Admin'", "`%zenpro access --role 'Organization Admin'`"),
    ("roles get 'Organization Admin' --members", "`%zenpro access --role 'Organization Admin'`"),
    ("explain linus@example.com", "`%zenpro access linus@example.com`"),
    ("access linus@example.com --why", "Use `%zenpro access linus@example.com`."),
    ("access why linus@example.com", "Use `%zenpro access linus@example.com`."),
    ("access linus@example.com --can delete stack", "Use `%zenpro access linus@example.com --can delete:stack`."),
    # states
    ("users inactive", "Use `%zenpro users --inactive`."),
    ("users --status inactive --limit 3", "Use `%zenpro users --inactive --limit 3`."),
    ("users --active false", "Use `%zenpro users --inactive`."),
    # the last login
    ("users --inactive 90d", DORMANT),
    ("users --idle 90", "Use `%zenpro users --idle 90d`."),
    ("users --last-login 90d", DORMANT),
    ("users --inactive-for 90d", DORMANT),
    ("users --no-login 90d", DORMANT),
    ("users --where last_login<90d", "`%zenpro audit --check dormant`"),
    ("members --where last_seen<90d", "`%zenpro audit --check dormant`"),
    ("users dormant", DORMANT),
    ("dormant", DORMANT),
    ("audit --dormant", DORMANT),
    (
        "audit --dormant 60d",
        "signed in to a workspace for 60 days, run `%zenpro audit --check dormant --dormant-after 60d`",
    ),
    ("users --last-login 30", "run `%zenpro audit --check dormant --dormant-after 30d`"),
    # onboarding
    (
        "users onboard new@example.com --workspace ml-prod",
        "`%zenpro users onboard new@example.com --grant 'Workspace Viewer@ml-prod'`",
    ),
    (
        "users onboard new@example.com --role 'Workspace Developer' --workspace=ml-prod --dry-run",
        Works("Workspace Developer in ml-prod"),
    ),
    (
        "users onboard new@example.com --role 'Organization Member' --workspace ml-prod --team Platform",
        "`%zenpro users onboard new@example.com --role 'Organization Member' --team Platform --grant ",
    ),
    (
        "users onboard new@example.com --workspace ml-prod --workspace-role 'Workspace Developer' --dry-run",
        "`%zenpro users onboard new@example.com --dry-run --grant 'Workspace Developer@ml-prod'`",
    ),
    (
        "users onboard new@example.com --workspace-role 'Workspace Developer' --workspace ml-prod",
        "`%zenpro users onboard new@example.com --grant 'Workspace Developer@ml-prod'`",
    ),
    ("users onboard people.csv --dry-run", Works("new.one@example.com")),
    ("users onboard roles.csv --dry-run", Works("new.one@example.com as Organization")),
    ("users onboard roles.csv --role 'Organization Viewer' --team Vision --dry-run", Works("new.one@example.com")),
    ("invitations create roles.csv --dry-run", "Use `%zenpro users onboard roles.csv`"),
    ("users deactivate roles.csv --dry-run", "The user 'new.one@example.com' does not exist"),
    ("invitations create people.csv --dry-run", Works("new.one@example.com")),
    ("invitations create new.one@example.com --dry-run", Works("Organization Member in acme")),
    ("invitations create nobody.csv --dry-run", "There is no file 'nobody.csv'"),
    ("invitations create names.csv --dry-run", "'names.csv' has no column 'email'. Its columns are name."),
    ("invitations create --csv people.csv --dry-run", "`%zenpro invitations create people.csv --dry-run`"),
    ("invitations import people.csv", "`%zenpro invitations create people.csv`"),
    (
        "users onboard new@example.com --workspace ml-prod --role developer --dry-run",
        Works("Workspace Developer in ml-prod"),
    ),
    (
        "users create new@example.com --role 'Organization Member'",
        "Use `%zenpro users onboard new@example.com --role 'Organization Member'`.",
    ),
    (
        "teams assign Platform --role 'Workspace Viewer' --workspace ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --team Platform --workspace ml-prod`.",
    ),
    ("invite --help", "Use `%zenpro invitations create --help`."),
    ("users invite --help", "Use `%zenpro invitations create --help`."),
    ("invitations bulk people.csv", "`%zenpro invitations create people.csv`"),
    ("users leave linus@example.com", "`%zenpro users offboard linus@example.com`"),
    (
        "members add new@example.com --role member",
        "Use `%zenpro invitations create --email new@example.com --role member`.",
    ),
    # forms
    ("form create workspace", "Use `%zenpro form workspaces create`."),
    ("workspaces form", "Use `%zenpro form workspaces`."),
    ("form teams role", "Use `%zenpro form roles assign`."),
    ("form workspace create", "`%zenpro form workspaces create`"),
    ("form team role", "`%zenpro form roles assign`"),
    ("form teams", Works("Open the form of `teams create`.")),
    ("workspaces create --form", "`%zenpro form workspaces create`"),
    # queries about sign-ins
    ("sql 'SELECT email, last_login FROM users'", "run `%zenpro audit --check dormant`"),
    ("sql 'SELECT emial FROM users'", "Use `%zenpro sql 'SELECT email FROM users'`."),
    ("sql 'SELECT principal_id FROM access'", "access has no column 'principal_id'. `%zenpro sql tables`"),
    # runs
    ("runs --status failed --by day", "`%zenpro runs --status failed --plot --workspace all`"),
    ("runs --status failed --by day --plot", "`%zenpro runs --status failed --plot --workspace all`"),
    (
        "runs --status failed --workspace ml-prod --by day",
        "`%zenpro runs --status failed --workspace ml-prod --plot`",
    ),
    ("runs --status failed --plot", "`%zenpro runs --status failed --plot --workspace all`"),
    ("runs failed", "Use `%zenpro runs --status failed`."),
    ("runs plot --status failed", "Use `%zenpro runs --plot --status failed`."),
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
    ("users group-by company", "FROM users GROUP BY 1"),
    ("notebooks clean mine.ipynb -o copy.ipynb", "Use `%zenpro notebooks clean mine.ipynb --out copy.ipynb`."),
    ("users --excel users.xlsx", "`%zenpro users --save users.xlsx`"),
    ("users --out users.xlsx", "use --save users.xlsx"),
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
    ("diff 'last month'", "`%zenpro diff 30d`"),
    (
        "diff 1m",
        "'1m' could be months or minutes. Did you mean '30d' or '60s'? Use `%zenpro diff 30d` or `%zenpro diff",
    ),
    ("diff '3 months'", "Use `%zenpro diff 90d`."),
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
    # keys
    ("service-accounts keys ci-bot", "`%zenpro api-keys --service-account ci-bot`"),
    ("api-keys rotate sandbox", "`%zenpro api-keys rotate sandbox --to file:sandbox.key`"),
    (
        "api-keys rotate ci-bot",
        "Use `%zenpro api-keys rotate github-actions --service-account ci-bot --to file:github-actions.key`.",
    ),
    ("api-keys rotate etl-bot --retain 1h", "`%zenpro api-keys rotate airflow --service-account etl-bot --retain 1h"),
    ("api-keys rotate etl-bot", "It has 2 keys: airflow, old."),
    ("use profile sandbox", "No sandbox is running in this session. Start one with `%zenpro sandbox start`."),
    ("use profile prod", "There is no profile 'prod'."),
    ("api-keys create ci --service-account ci-bot --to clipboard", "For a file, use `--to file:clipboard`."),
    ("api-keys deactivate github-actions", "`%zenpro api-keys deactivate github-actions --service-account ci-bot`"),
    ("api-keys rotate ZENPROKEY_abc --to file:a.key", "Name a key by its name or ID, not by the key itself."),
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
        "file:airflow.key` or `%zenpro api-keys rotate old --service-account etl-bot --to file:old.key`.",
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
        "or `%zenpro api-keys rotate old --service-account etl-bot --to file:old.key",
    ),
    ("api-keys create ci", "`%zenpro api-keys create ci --to file:ci.key`"),
    # sharing
    ("notebooks clean mine.ipynb", "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb`"),
    ("notebooks clean none.ipynb", "There is no file 'none.ipynb'"),
    ("notebooks check .", Works("nothing found in mine.ipynb")),
    ("notebooks check empty", "The folder empty contains no notebook"),
    ("pseudonyms", Works("`%zenpro pseudonyms on` replaces them")),
    ("pseudonyms on", Works("`%zenpro pseudonyms off` shows real people")),
    ("pseudonyms off", Works("`%zenpro pseudonyms on` replaces them")),
    (
        "notebooks clean mine.ipynb --no-names",
        "`%zenpro notebooks clean mine.ipynb --pseudonyms --out mine-to-",
    ),
    ("anonymize on", "`%zenpro pseudonyms on`"),
    ("share mine.ipynb", "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb`"),
    (
        "notebooks share mine.ipynb --pseudonyms",
        "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb --pseudonyms`",
    ),
    ("anonymize mine.ipynb", "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb --pseudonyms`"),
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
    ("reviews create --quarterly", f"`%zenpro reviews create {QUARTER}`"),
    # options before the command
    ("--org acme users --limit 1", "Options come after the command. Use `%zenpro users --limit 1 --org acme`."),
    ("--workspace ml-prod runs", "Use `%zenpro runs --workspace ml-prod`."),
    # reviews and people who leave
    ("reviews decide q4 --accept-all", "Use `%zenpro reviews decide q4 --recommended`."),
    ("reviews accept q4", "Use `%zenpro reviews decide --recommended q4`."),
    ("reviews decide q4 --recommended --keep", "`--keep` cannot be combined with `--recommended`."),
    (
        "users offboard linus@example.com --handover grace@example.com --dry-run",
        "Use `%zenpro users offboard linus@example.com --successor grace@example.com --dry-run`. It hands over",
    ),
    (
        "users handover linus@example.com grace@example.com",
        "Use `%zenpro users offboard linus@example.com --successor grace@example.com`. It hands over workspaces and",
    ),
    ("users --inactive 30d", "for accounts that started no runs, `%zenpro users --idle 30d`."),
    ("users --last-login 60", "for accounts that started no runs, `%zenpro users --idle 60d`."),
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
    # one object, a synonym of a noun, and a verb before its noun
    ("user ada@example.com", "`%zenpro users get ada@example.com`"),
    ("user list", "To list, use the noun alone: `%zenpro users`."),
    ("org ls", "`%zenpro organizations`"),
    ("workspace ml-prod", "`%zenpro workspaces get ml-prod`"),
    ("role Organization Admin", "`%zenpro roles get 'Organization Admin'`"),
    ("user --help", "Use `%zenpro users --help`."),
    ("users help", "For help, run `%zenpro users --help`."),
    ("members ada@example.com", "`%zenpro members --where email=ada@example.com`"),
    ("api-keys laptop", "`%zenpro api-keys --where name~laptop`"),
    ("sa ci-bot", "`%zenpro service-accounts get ci-bot`"),
    ("team add Platform linus@example.com", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("user add Platform linus@example.com", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("add linus@example.com to Platform", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("remove grace@example.com from Platform", "Use `%zenpro teams remove Platform --user grace@example.com`."),
    (
        "grant viewer to linus@example.com in ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-prod`.",
    ),
    ("delete user orphan@example.com", "Use `%zenpro users delete orphan@example.com`."),
    ("create workspace", "Use `%zenpro workspaces create`."),
    ("whoami", "Use `%zenpro me`."),
    # renaming: `update` names the object first, and the new name as an option
    ("teams rename Platform Core", "Use `%zenpro teams update Platform --name Core`."),
    ("teams rename Data Platform to Core", "Use `%zenpro teams update 'Data Platform' --name Core`."),
    (
        "teams rename Data Platform Core",
        "`%zenpro teams update OLD --name NEW`. Put quotes around a name that contains",
    ),
    ("teams --org acme rename Platform --to Core", "Use `%zenpro teams update Platform --name Core --org acme`."),
    ("teams mv Platform", "Use `%zenpro teams update Platform --name NEW`."),
    ("team rename Platform Core", "Use `%zenpro teams update Platform --name Core`."),
    ("rename team Platform Core", "Use `%zenpro teams update Platform --name Core`."),
    ("service-accounts rename ci-bot cd-bot", "Use `%zenpro service-accounts update ci-bot --username cd-bot`."),
    ("workspaces mv ml-prod ml-live", "Use `%zenpro workspaces rename ml-prod ml-live`."),
    ("captures rename a b", "There is no command 'rename' in '%zenpro captures'. See `%zenpro captures --help`."),
    ("team membrs Platform", "Use `%zenpro teams members Platform`."),
    # everything that a person or a team has
    ("roles of linus@example.com", "Use `%zenpro access linus@example.com`."),
    ("permissions linus@example.com", "Use `%zenpro access linus@example.com`."),
    ("users of Platform", "Use `%zenpro teams members Platform`."),
    ("teams --members", "Use `%zenpro teams members`."),
    # options as words, searching, and counting
    ("users where name=ada", "Use `%zenpro users --where name=ada`."),
    ("users sort email", "Use `%zenpro users --sort email`."),
    ("runs status failed", "Use `%zenpro runs --status failed`."),
    ("users search ada", "Use `%zenpro users --where name~ada`."),
    ("search ada@example.com", "Use `%zenpro users --where email=ada@example.com`."),
    ("users count", 'Use `%zenpro sql "SELECT count(*) FROM users"`.'),
    ("users --count", 'Use `%zenpro sql "SELECT count(*) FROM users"`.'),
    ("count workspaces", 'Use `%zenpro sql "SELECT count(*) FROM workspaces"`.'),
    ("users --filter company=Acme", "Use `%zenpro users --where company=Acme`."),
    ("users --sort-by email", "Use `%zenpro users --sort email`."),
    ("runs --last 7d", "Use `%zenpro runs --since 7d`."),
    ("runs today", "Use `%zenpro runs --since 1d`."),
    ("runs last", "Use `%zenpro runs --limit 1`."),
    ("users --last 7d", "for accounts that started no runs, `%zenpro users --idle 7d`."),
    # files, and the syntax of a shell
    ("users > users.csv", "Use `%zenpro users --save users.csv`: this line is not run by a shell."),
    ("users --limit 3 > users.csv", "Use `%zenpro users --limit 3 --save users.csv`"),
    ("users | head -n 5", "Use `%zenpro users --limit 5`"),
    ("users | wc -l", 'Use `%zenpro sql "SELECT count(*) FROM users"`'),
    ("users | grep ada", "Use `%zenpro users --where name~ada`"),
    ("export users.csv", "To save a list: `%zenpro users --save users.csv`."),
    ("save teams.csv", "Use `%zenpro teams --save teams.csv`."),
    ("download users", "Use `%zenpro users --save users.csv`."),
    ("users -o users.json", "Use `%zenpro users --save users.json`."),
]
