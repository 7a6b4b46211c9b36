"""First guesses about another order, other options, and the syntax of a shell."""

from __future__ import annotations

from tests.shell.first_guesses.answers import Guesses

GUESSES: Guesses = [
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
    ("users --last 7d", "for accounts that started no runs, run `%zenpro users --idle 7d`."),
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
