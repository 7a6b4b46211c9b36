"""Every number of the sandbox, each with its reason. "API facts" are on the page docs/explanation/api-facts.md."""

from __future__ import annotations

from datetime import timedelta

# API facts 6.1: default 100, maximum 100 on the lists that document one.
PAGE_DEFAULT = 100
PAGE_MAX = 100
# SQLite's OFFSET is a signed 64-bit number; a larger one would be an internal error instead of a 422.
OFFSET_MAX = 2**31 - 1

# API facts 2.1: API tokens and sessions live an hour.
SESSION_LIFE = timedelta(hours=1)
# API facts 2.1: a device token lives a day, or thirty days when the person ticked "trust this device".
DEVICE_TOKEN_LIFE = timedelta(hours=24)
TRUSTED_DEVICE_TOKEN_LIFE = timedelta(days=30)
# API facts 9.2: the workspace API caps `expires_in` of a generic token at seven days; inferred for the control plane.
API_TOKEN_LIFE_MAX = timedelta(days=7)

# API facts 2.4: the open-source server's own defaults, the control plane's are unknown.
DEVICE_CODE_LIFE = timedelta(seconds=300)
DEVICE_POLL_INTERVAL = 5
# RFC 8628, section 3.5: a client that is told slow_down adds five seconds.
DEVICE_SLOW_DOWN = 5
# Four and four letters are read aloud or typed from a terminal without a mistake.
USER_CODE_LENGTH = 8

# Long enough to see the phases in a notebook, short enough that a demo does not wait.
LIFECYCLE_SECONDS = 4.0

# An invitation that nobody answers in two weeks is stale; inferred: API facts 4.10 only has an expiry.
INVITATION_LIFE = timedelta(days=14)
# Ten years of minutes: an expiry beyond it is a typing error, and far beyond it overflows a datetime.
MINUTES_MAX = 10 * 365 * 24 * 60

# A commit takes about a millisecond, so a queue of writers never waits this long unless something is wrong.
BUSY_TIMEOUT_MS = 15_000
# Seconds that a start waits for another program to let go of the file; whoever keeps it longer means to keep it.
OPEN_TIMEOUT = 1.0
# The threads that may run routes at once (anyio's default is 40) plus the loop's own reads.
DB_POOL_SIZE = 48
# SQLite binds at most 32,766 variables a statement; many small lookups cost more than one scan well before that.
LOOKUP_MAX = 500
# People whom a page that is not remembered brings along: 20 pages cost about 10 ms at once and 20 ms one by one.
READ_AHEAD = 2_000
# Rows a bulk insert sends at once: the time stops falling here and the memory stays small.
SEED_BATCH = 10_000

# What the control plane gives to a workspace's server (API facts 11.2); the size of a small one.
SERVER_REPLICAS = 1
SERVER_CPU = "250m"
SERVER_MEMORY = "512Mi"
SERVER_MEMORY_MAX = "1Gi"
SERVER_THREADS = 20
SERVER_DB_POOL_SIZE = 10
# SQLAlchemy's word for "no limit", and what a real workspace showed.
SERVER_DB_POOL_OVERFLOW = -1

# scrypt's interactive parameters: about 50 ms, which a person signing in does not notice.
SCRYPT_N = 2**14
SCRYPT_R = 8
SCRYPT_P = 1
# 256 bits cannot be guessed, so a plain SHA-256 of a key is enough to store.
SECRET_BYTES = 32

# As long as the hash that it is mixed into needs it to be (RFC 7914).
SALT_BYTES = 16
SCRYPT_BYTES = 64
# Files with data or a key in them are their owner's alone.
PRIVATE_MODE = 0o600

# Each plan's figures; small enough that a demo or a test meets each limit within a few steps.
STARTER_PLAN = {
    "project": 3, "pipeline": 5, "pipeline_run": 500, "model": 5, "template_run": 0, "schedule": 0,
    "workspace": 2, "member": 10, "service_account": 2,
}  # fmt: skip
FREE_PLAN = {
    "project": 1, "pipeline": 1, "pipeline_run": 50, "model": 1, "template_run": 0, "schedule": 0,
    "workspace": 1, "member": 3, "service_account": 0,
}  # fmt: skip
# Below what an unlimited plan has used of each feature: as much as a busy organization in a month.
UNLIMITED_USAGE = 400

USERS_DEFAULT = 240
# The named people, the second organization's and the stale ones need this many.
USERS_MIN = 40
SEED_DEFAULT = 7
# A trial that is about to end, so that a client has something to tell.
TRIAL_LEFT = timedelta(days=9)
# First and last names that Faker invents for each locale: enough that namesakes are as rare as in a real company.
NAMES_PER_LOCALE = 160

# Shares of what an administrator looks for in a real organization; the sandbox's own choice.
INACTIVE = 0.05
NEVER_ONBOARDED = 0.08
LOCAL_ACCOUNT = 0.04
PASSWORD_EXPIRED = 0.3
WITHOUT_TITLE = 0.1
# Many people have a picture and few of those a long address, so that a hundred thousand people stay a quick demo.
WITH_AVATAR = 0.6
WITH_LONG_AVATAR = 0.02
# Two digits each: with the rest of the address about the thousand characters of API facts 11.2.
LONG_AVATAR_BYTES = 475
SURVEYED = 0.2
WANTS_NEWSLETTER = 0.4
# Letters kept free in an invented address for the @ and for the number of a namesake.
ADDRESS_ROOM = 6
# The second organization's own people: with the others in it fewer than its plan allows.
LABS_PEOPLE = 5
# However many people there are, this many hold roles in workspaces; the others are only members.
ACTIVE_PEOPLE = 400
WITH_WORKSPACE_ROLE = 0.55
WITH_PROJECT_ROLE = 0.2
TEAM_SIZES = (4, 22)
# How many left-over roles and invitations there are to find: a handful of each, enough to be a list.
FORGOTTEN_ADMINS = 3
NEW_INVITATIONS = 8
STALE_INVITATIONS = 3

# Ages in days, from the youngest to the oldest: an organization of two years in which everything came later.
ORGANIZATION_AGE = (720, 730)
ORGANIZATION_CHANGED = (1, 20)
TEAM_AGE = (60, 700)
WORKSPACE_AGE = (30, 600)
KEY_AGE = (420, 500)
NEW_AGE = (1, 3)
NEW_INVITATION_AGE = (0.1, 10)
# Beyond the life of an invitation.
STALE_INVITATION_AGE = (40, 90)
ACCEPTED_INVITATION_AGE = (200, 201)
DEACTIVATED_AGE = (10, 20)
# A managed workspace is there within minutes.
DEPLOYMENT_TIME = timedelta(minutes=5)
# The hours of the day (UTC) in which a version is released.
OFFICE_HOURS = (8.0, 17.0)
# Days until somebody deploys a version after its release.
UPGRADE_DAYS = (0.5, 3.0)

# How long uvicorn waits for running requests when it is told to stop.
SHUTDOWN_SECONDS = 2
# A rate limiter that allows a burst of one second's worth lets a page of parallel requests through and then holds.
RATE_BURST_SECONDS = 1.0

# Seconds to wait when the database is busy: a writer is done long before.
BUSY_RETRY_SECONDS = 1
# The widest help, in characters, where the terminal has them.
HELP_WIDTH = 120
# TCP has no more.
PORT_MAX = 65_535

# Length limits of API facts 4.2 and 4.5.
NAME_MAX = 50
DESCRIPTION_MAX = 256
# Not documented; long enough for any of them, short enough to keep a row small.
URL_MAX = 2048
# A letter on either side of the @.
EMAIL_MIN = 3
EMAIL_MAX = 254
DOMAINS_MAX = 100
# Environment variables or features of one workspace; nobody maintains more by hand.
SETTINGS_MAX = 100

# Connections that may wait to be accepted; a client with 32 workers opens them all at once.
BACKLOG = 512

# API facts 6.3: a workspace's lists, default 20 and at most 10,000 rows.
WORKSPACE_PAGE_DEFAULT = 20
WORKSPACE_PAGE_MAX = 10_000
# Days that made-up workspaces have behind them: enough for a plot, and made in a tenth of a second.
HISTORY_DAYS = 30
# How long a run is initializing before it runs, and stopping before it is stopped: long enough to be seen in a list.
RUN_STARTING = timedelta(seconds=6)
RUN_STOPPING = timedelta(seconds=4)
# Lines of progress that a step logs, and the rows that it says it works through.
LOG_PROGRESS_LINES = 8
LOGGED_ROWS = (40_000, 4_000_000)
# The workspace that breaks off answers so many rows of a list: enough for a look at it, too few for a week of runs.
ROWS_BEFORE_BREAKING = 40
# Bytes that an answer promises which is then cut: more than is ever sent of it.
CUT_LENGTH = 1_000_000

# What happens in made-up workspaces: shares of what an administrator finds in a real one; the sandbox's own choice.
# Of those with a role, who have ever used it: an access review looks for the others.
# One in so many of those who entered a workspace has not been there for half a year.
DORMANT_EVERY, DORMANT_FOR = 15, timedelta(days=180)
ENTERED = 0.85
# Of the failed steps those that were tried twice, of the others those that needed a second try.
STEP_RETRIED = 0.25
STEP_FLAKY = 0.02
# Of the runs that people start those that they stop, after which part of the time that they would have taken.
RUN_STOPPED = 0.05
RUN_STOPPED_AFTER = (0.2, 0.9)
# Of the models that were found good those that go to production.
MODEL_PROMOTED = 0.4
# How many people work on a project: as many as know each other's pipelines.
PROJECT_TEAM = 5

# What an administrator should find, in days ago: all within the last two weeks, which the notebook looks at.
OUTAGE_DAYS = 9
SLOW_DAYS = 6
STUCK_DAYS = 2
WAITING_DAYS = 1
# From midnight until after the morning's scoring, so that whole nightly chains fail.
OUTAGE_TIME = timedelta(hours=6, minutes=45)
# Slow enough to stand out from how much steps differ anyway.
SLOWER = 3.2
# How long a stuck run would still take: longer than any sandbox lives.
NEVER = timedelta(days=3650)

# Ages in days inside workspaces, each thing younger than what it needs.
LEGACY_AGE = (500, 600)
OUT_OF_USE = (300, 400)
STACK_AGE = (300, 420)
SECRET_AGE = (30, 300)
PROJECT_AGE = (200, 280)
CODE_AGE = (150, 200)
PIPELINE_AGE = (100, 150)
MODEL_AGE = (90, 100)
SERVICE_AGE = (20, 29)
PIPELINE_CHANGED = (11, 14)
IN_USE = (1, 3)
# Days ago that somebody came last, and days before that they came first.
LAST_SEEN = (0.05, 80.0)
FIRST_SEEN = (5.0, 400.0)
# Whoever makes a pipeline has its schedule, its image or its deployment soon after.
SET_UP_TIME = timedelta(hours=2)

# When a key was rotated after it was made, and a run that waits looked for the answer after it had asked.
ROTATED_AFTER = timedelta(days=30)
POLLED_AFTER = timedelta(minutes=5)

# Times inside of runs: what a cluster needs to get a step going, and how much that differs.
SCHEDULER_DELAY = (1.0, 9.0)
STEP_DELAY = timedelta(seconds=12)
STEP_DELAY_SPREAD = (0.6, 1.8)
STEP_FAILS_AFTER = timedelta(seconds=34)
RUN_END = timedelta(seconds=3)
# The deviation of the logarithm of how long a step takes: a quarter more or less is usual.
STEP_SPREAD = 0.22
BUILD_SECONDS = (200, 400)
# Of what is measured: how much it differs from run to run, and the digits that are logged.
METRIC_SPREAD = 0.02
METRIC_DIGITS = 3
# Bytes of what a step makes: from a table of numbers to a model.
ARTIFACT_BYTES = (200_000, 90_000_000)
WEBHOOK_CALLS = (40, 400)
# AWS gives out credentials of a role for between a quarter of an hour and twelve hours, by default for one.
ROLE_SESSION_MIN = 900
ROLE_SESSION = 3600
ROLE_SESSION_MAX = 43_200
