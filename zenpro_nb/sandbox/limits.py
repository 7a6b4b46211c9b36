"""All numeric limits of the sandbox, each with its reason. "API facts": docs/explanation/api-facts.md."""

from __future__ import annotations

from datetime import timedelta

# API facts 6.1: default 100, maximum 100 on the lists that document one.
PAGE_DEFAULT = 100
PAGE_MAX = 100
# SQLite's OFFSET is a signed 64-bit number. A larger one would cause an internal error instead of a 422.
OFFSET_MAX = 2**31 - 1

# API facts 2.1: API tokens and sessions are valid for one hour.
SESSION_LIFE = timedelta(hours=1)
# API facts 2.1: a device token is valid for one day, or for thirty days if the user ticked "trust this device".
DEVICE_TOKEN_LIFE = timedelta(hours=24)
TRUSTED_DEVICE_TOKEN_LIFE = timedelta(days=30)
# API facts 9.2: the workspace API caps `expires_in` of a generic token at seven days; inferred for the control plane.
API_TOKEN_LIFE_MAX = timedelta(days=7)

# API facts 2.4: the defaults of the open-source server. Those of the control plane are unknown.
DEVICE_CODE_LIFE = timedelta(seconds=300)
DEVICE_POLL_INTERVAL = 5
# RFC 8628, section 3.5: after slow_down a client adds five seconds to its interval.
DEVICE_SLOW_DOWN = 5
# Two groups of four letters can be read aloud or typed without mistakes.
USER_CODE_LENGTH = 8

# Long enough to see the phases in a notebook, and short enough for a demo.
LIFECYCLE_SECONDS = 4.0

# An invitation is stale after two weeks. This is inferred: API facts 4.10 documents only that it expires.
INVITATION_LIFE = timedelta(days=14)
# Ten years in minutes. A later expiry is probably a typo, and a much later one overflows a datetime.
MINUTES_MAX = 10 * 365 * 24 * 60

# A commit takes about a millisecond, so a queue of writers waits this long only if something is wrong.
BUSY_TIMEOUT_MS = 15_000
# Seconds that a start waits for another program to release the file. A longer lock is probably intentional.
OPEN_TIMEOUT = 1.0
# The threads that can run routes concurrently (anyio's default is 40) plus the event loop's own reads.
DB_POOL_SIZE = 48
# SQLite binds at most 32,766 variables per statement. Well before that, one scan is faster than many lookups.
LOOKUP_MAX = 500
# Users read together with a page that is not cached: 20 pages take about 10 ms together and 20 ms one by one.
READ_AHEAD = 2_000
# Rows per bulk insert. More rows do not save time, but need more memory.
SEED_BATCH = 10_000

# The resources that the control plane assigns to a workspace's server (API facts 11.2): those of a small server.
SERVER_REPLICAS = 1
SERVER_CPU = "250m"
SERVER_MEMORY = "512Mi"
SERVER_MEMORY_MAX = "1Gi"
SERVER_THREADS = 20
SERVER_DB_POOL_SIZE = 10
# SQLAlchemy's value for "no limit", as observed on a real workspace.
SERVER_DB_POOL_OVERFLOW = -1

# scrypt's parameters for interactive use: about 50 ms, which users do not notice when they sign in.
SCRYPT_N = 2**14
SCRYPT_R = 8
SCRYPT_P = 1
# 256 bits cannot be guessed, so storing a plain SHA-256 of a key is sufficient.
SECRET_BYTES = 32

# The salt length that scrypt requires (RFC 7914).
SALT_BYTES = 16
SCRYPT_BYTES = 64
# Only the owner can access files that contain data or a key.
PRIVATE_MODE = 0o600

# The limits of each plan, small enough for a demo or a test to reach each of them in a few steps.
STARTER_PLAN = {
    "project": 3, "pipeline": 5, "pipeline_run": 500, "model": 5, "template_run": 0, "schedule": 0,
    "workspace": 2, "member": 10, "service_account": 2,
}  # fmt: skip
FREE_PLAN = {
    "project": 1, "pipeline": 1, "pipeline_run": 50, "model": 1, "template_run": 0, "schedule": 0,
    "workspace": 1, "member": 3, "service_account": 0,
}  # fmt: skip
# The upper bound of the usage of each feature in an unlimited plan: about one month of a busy organization.
UNLIMITED_USAGE = 400

USERS_DEFAULT = 240
# The minimum for the named users, the users of the second organization and the stale accounts.
USERS_MIN = 40
SEED_DEFAULT = 7
# A trial that ends soon, which clients can report.
TRIAL_LEFT = timedelta(days=9)
# First and last names from Faker for each locale, enough to make namesakes as rare as in a real company.
NAMES_PER_LOCALE = 160

# Shares of the problems that administrators look for in a real organization, chosen for the sandbox.
INACTIVE = 0.05
NEVER_ONBOARDED = 0.08
LOCAL_ACCOUNT = 0.04
PASSWORD_EXPIRED = 0.3
WITHOUT_TITLE = 0.1
# Many users have a picture, but few of them a long address, which keeps a demo with a hundred thousand users fast.
WITH_AVATAR = 0.6
WITH_LONG_AVATAR = 0.02
# Each byte is two digits. With the rest of the address this is about the thousand characters of API facts 11.2.
LONG_AVATAR_BYTES = 475
SURVEYED = 0.2
WANTS_NEWSLETTER = 0.4
# Characters reserved in a sample address for the @ and for the number of a namesake.
ADDRESS_ROOM = 6
# The users of the second organization. Together with its other members they stay below the limit of its plan.
LABS_PEOPLE = 5
# The maximum number of users with roles in workspaces. All others are only members.
ACTIVE_PEOPLE = 400
WITH_WORKSPACE_ROLE = 0.55
WITH_PROJECT_ROLE = 0.2
TEAM_SIZES = (4, 22)
# The number of leftover roles and invitations to find: a few of each, enough for a list.
FORGOTTEN_ADMINS = 3
NEW_INVITATIONS = 8
STALE_INVITATIONS = 3

# Ages in days, youngest to oldest. The organization is two years old, and everything in it is younger.
ORGANIZATION_AGE = (720, 730)
ORGANIZATION_CHANGED = (1, 20)
TEAM_AGE = (60, 700)
WORKSPACE_AGE = (30, 600)
KEY_AGE = (420, 500)
NEW_AGE = (1, 3)
NEW_INVITATION_AGE = (0.1, 10)
# Longer than the lifetime of an invitation.
STALE_INVITATION_AGE = (40, 90)
ACCEPTED_INVITATION_AGE = (200, 201)
DEACTIVATED_AGE = (10, 20)
# A managed workspace is deployed within minutes.
DEPLOYMENT_TIME = timedelta(minutes=5)
# The hours of the day (UTC) in which a version is released.
OFFICE_HOURS = (8.0, 17.0)
# Days between the release of a version and its deployment.
UPGRADE_DAYS = (0.5, 3.0)

# How long uvicorn waits for running requests when it stops.
SHUTDOWN_SECONDS = 2
# Longer than the client keeps an idle connection (60 s). If the server closes it first, a write can already be on its
# way, and its outcome is unknown.
KEEPALIVE_SECONDS = 75
# A burst of one second lets a page of parallel requests through before the rate limit applies.
RATE_BURST_SECONDS = 1.0

# Seconds to wait when the database is busy. A writer finishes long before that.
BUSY_RETRY_SECONDS = 1
# The maximum width of the help in characters, if the terminal is that wide.
HELP_WIDTH = 120
# The maximum in TCP.
PORT_MAX = 65_535

# Length limits of API facts 4.2 and 4.5.
NAME_MAX = 50
DESCRIPTION_MAX = 256
# Not documented. Long enough for any URL, short enough to keep a row small.
URL_MAX = 2048
# One character on each side of the @.
EMAIL_MIN = 3
EMAIL_MAX = 254
DOMAINS_MAX = 100
# Environment variables or features of one workspace. No one maintains more by hand.
SETTINGS_MAX = 100

# Connections that can wait to be accepted. A client with 32 workers opens all of them together.
BACKLOG = 512

# API facts 6.3: the lists of a workspace have 20 rows per page by default and at most 10,000.
WORKSPACE_PAGE_DEFAULT = 20
WORKSPACE_PAGE_MAX = 10_000
# API facts 12.1: the default and the maximum number of groups in statistics of runs.
STATISTICS_GROUPS = 1_000
STATISTICS_GROUPS_MAX = 10_000
# The longest text in a body (0.98.0, STR_FIELD_MAX_LENGTH).
WORKSPACE_TEXT_MAX = 255
# Days of history in the sample workspaces: enough for a plot, and generated in a tenth of a second.
HISTORY_DAYS = 30
# How long a run is initializing before it runs, and stopping before it is stopped: long enough to appear in a list.
RUN_STARTING = timedelta(seconds=6)
RUN_STOPPING = timedelta(seconds=4)
# The progress lines that a step logs, and the number of rows in them.
LOG_PROGRESS_LINES = 8
LOGGED_ROWS = (40_000, 4_000_000)
# Rows of a list that the unreliable workspace returns: enough for a first look, too few for a week of runs.
ROWS_BEFORE_BREAKING = 40
# The content length of a truncated response, larger than anything that is sent of it.
CUT_LENGTH = 1_000_000

# Events in the sample workspaces: shares of what administrators find in a real one, chosen for the sandbox.
# One in this many users who entered a workspace has not returned for half a year.
DORMANT_EVERY, DORMANT_FOR = 15, timedelta(days=180)
# The share of users with a role who have ever used it. An access review looks for the others.
ENTERED = 0.85
# The share of failed steps that were retried, and of successful steps that needed a retry.
STEP_RETRIED = 0.25
STEP_FLAKY = 0.02
# The spread of logged costs around their usual value: instances differ.
COST_SPREAD = (0.9, 1.15)
# An invocation of a deployment answers within seconds, and rarely fails.
INVOCATION_SHARE = 0.02
INVOCATION_FAILING = 0.01
# The share of manually started runs that are stopped, and after which part of their duration.
RUN_STOPPED = 0.05
RUN_STOPPED_AFTER = (0.2, 0.9)
# The share of successful models that are promoted to production.
MODEL_PROMOTED = 0.4
# The number of people on a project: few enough to know all its pipelines.
PROJECT_TEAM = 5

# Events that an administrator should find, in days ago. All are in the last two weeks, which the notebook reads.
OUTAGE_DAYS = 9
SLOW_DAYS = 6
STUCK_DAYS = 2
WAITING_DAYS = 1
# From midnight until after the scoring in the morning, which makes whole nightly chains fail.
OUTAGE_TIME = timedelta(hours=6, minutes=45)
# Slow enough to be visible above the normal spread of durations.
SLOWER = 3.2
# The remaining time of a stuck run: longer than any sandbox runs.
NEVER = timedelta(days=3650)

# Ages in days inside workspaces. Every object is younger than the objects it depends on.
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
# Snapshots of deleted runs, in each pipeline that trains.
UNUSED_SNAPSHOTS = 6
UNUSED_SNAPSHOT_AGE = (60, 99)
# How long the deletion of snapshots takes.
PRUNE_SECONDS = 2
IN_USE = (1, 3)
# Days since the last visit, and days between the first visit and the last.
LAST_SEEN = (0.05, 80.0)
FIRST_SEEN = (5.0, 400.0)
# How long after a pipeline its schedule, image or deployment is created.
SET_UP_TIME = timedelta(hours=2)

# When a key was rotated after its creation, and when a waiting run polled for its answer after asking.
ROTATED_AFTER = timedelta(days=30)
POLLED_AFTER = timedelta(minutes=5)

# Times within runs: the delay before a cluster starts a step, and its spread.
SCHEDULER_DELAY = (1.0, 9.0)
STEP_DELAY = timedelta(seconds=12)
STEP_DELAY_SPREAD = (0.6, 1.8)
STEP_FAILS_AFTER = timedelta(seconds=34)
RUN_END = timedelta(seconds=3)
# The standard deviation of the logarithm of step durations, which makes a quarter more or less usual.
STEP_SPREAD = 0.22
BUILD_SECONDS = (200, 400)
# Metrics: the spread from run to run, and the number of logged digits.
METRIC_SPREAD = 0.02
METRIC_DIGITS = 3
# The size of a step's output in bytes: from a table of numbers to a model.
ARTIFACT_BYTES = (200_000, 90_000_000)
WEBHOOK_CALLS = (40, 400)
# AWS issues role credentials for between 15 minutes and twelve hours. The default is one hour.
ROLE_SESSION_MIN = 900
ROLE_SESSION = 3600
ROLE_SESSION_MAX = 43_200
