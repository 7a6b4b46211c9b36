"""First guesses about people: who they are, what they can do, when they signed in, and how they come."""

from __future__ import annotations

from tests.shell.first_guesses.answers import DORMANT, Guesses, Works

GUESSES: Guesses = [
    # users by company
    ("users --by company", Works("Acme Corp")),
    ("users --inactive --by company", Works("Acme Corp")),
    ("users --group-by company", "Use `%zenpro users --by company`."),
    (
        "users --where company='Acme Labs' --count-by is_active",
        "Use `%zenpro users --where 'company=Acme Labs' --by is_active`.",
    ),
    ("users --by compny", "Did you mean 'company'? Use `%zenpro users --by company`."),
    ("users group-by company", "Use `%zenpro users --by company`."),
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
    ("admins", "Use `%zenpro access --admins`."),
    ("administrators", "Use `%zenpro access --admins`."),
    ("owners", "Use `%zenpro access --admins`."),
    ("access admins", "To list all admins: `%zenpro access --admins`."),
    ("access --admin", "Use `%zenpro access --admins`."),
    ("users --admins", "Use `%zenpro access --admins`."),
    ("members admins", "Use `%zenpro access --admins`."),
    ("access --role administrator", "To list all admins: `%zenpro access --admins`."),
    ("access --role admin", "To list all admins: `%zenpro access --admins`. Did you mean 'Organization Admin' or "),
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
    ("who are the admins", "Use `%zenpro access --admins`."),
    ("admins list", "Use `%zenpro access --admins`."),
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
    ("users --where last_login<90d", "`%zenpro audit --check no-login`"),
    ("members --where last_seen<90d", "`%zenpro audit --check no-login`"),
    ("users dormant", DORMANT),
    ("dormant", DORMANT),
    ("audit --dormant", DORMANT),
    (
        "audit --dormant 60d",
        "signed in to any workspace for 60 days, or ever, run `%zenpro audit --check no-login --dormant-after 60d`",
    ),
    (
        "users --last-login 30",
        "run `%zenpro audit --check no-login --dormant-after 30d`",
    ),
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
    ("invitations create --csv people.csv --dry-run", Works("new.one@example.com")),
    ("invitations create --from=people.csv --dry-run", Works("new.one@example.com")),
    ("users onboard --file roles.csv --dry-run", Works("new.one@example.com as Organization")),
    ("invitations create --file roles.csv --dry-run", "Use `%zenpro users onboard roles.csv`"),
    ("users deactivate --file people.csv --dry-run", "The user 'new.one@example.com' does not exist"),
    ("teams add Platform --file=people.csv --dry-run", "`%zenpro teams add Platform --user people.csv --dry-run`"),
    ("members remove --csv people.csv", "The user 'new.one@example.com' does not exist"),
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
        "users offboard grace@example.com --successor mary@example.com --dry-run",
        Works("`%zenpro users offboard grace@example.com --all-orgs --successor mary@example.com` covers every"),
    ),
    (
        "users offboard grace@example.com --all-orgs --successor mary@example.com --dry-run",
        Works("`%zenpro roles assign 'Organization Admin' --user mary@example.com --org acme-labs`"),
    ),
    # several wrong names are corrected in one line
    (
        "users onboard new@example.com --role 'Organization Viewr' --team Reserch --grant 'Workspace Dveloper@ml-dev'",
        "Use `%zenpro users onboard new@example.com --role 'Organization Viewer' --team Research --grant "
        "'Workspace Developer@ml-dev'`.",
    ),
    (
        "users onboard new@example.com --role Admin --team Reserch",
        "Use `%zenpro users onboard new@example.com --role 'Organization Admin' --team Research` or "
        "`%zenpro users onboard new@example.com --role 'Billing Admin' --team Research`.",
    ),
    (
        "users onboard new@example.com --role Xqzzy --team Reserch",
        "The role 'Xqzzy' does not exist, or you cannot see it. The team 'Reserch' does not exist",
    ),
    (
        "users deactivate lins@example.com mry@example.com",
        "`%zenpro users deactivate linus@example.com mary@example.com`",
    ),
    (
        "members add new@example.com --role member",
        "Use `%zenpro invitations create --email new@example.com --role member`.",
    ),
]
