"""All numeric limits of the client and the frontends, each with its reason."""

from __future__ import annotations

# --- HTTP ---------------------------------------------------------------------------------------------------------
CONNECT_TIMEOUT = 5.0  # seconds; a reachable server accepts within one, and the rest allows for a slow VPN
READ_TIMEOUT = 30.0  # seconds; ZenML's own clients wait 30 s
FORM_READ_TIMEOUT = 10.0  # seconds; Ctrl-C does not reach widget callbacks, so they must give up on their own
JUST_USED = 0.5  # seconds after its last response during which a connection is assumed open without a check
# responses that it must have served before that assumption: such a server does not close without notice
SERVED_ALREADY = 3
KEEPALIVE_EXPIRY = 60.0  # seconds; httpx's 5 s is shorter than the pause between two cells
# unpacked; 100,000 members in one response are 90 MB, and a gigabyte compresses to one megabyte
ANSWER_BYTES = 256 * 2**20
ANSWER_TIME = 1_800.0  # seconds spent waiting for one response; the longest takes this long at 1 Mbit/s
PACE_RATE = 1_000  # bytes per second; a modem of 1990 is faster, so anything slower is stuck
PACE_WINDOW = 60.0  # seconds over which the rate is measured; twice the longest allowed silence
JSON_DEPTH = 100  # levels; the deepest known response has about ten (API facts 9.4), and parsers crash on 10,000

# --- reading lists ------------------------------------------------------------------------------------------------
PAGE_SIZE = 100  # the control plane's maximum (API facts 6.1)
PAGES_MERGED = 8  # pages that are merged into one: 800 rows still fit in the processor's cache
# merged pages that a file receives together: 12,800 rows, a size of row group that Parquet reads fast
PARTS_HANDED_OVER = 16
ROWS_TURNED = 400  # rows whose columns are built together: with only 800, each row takes twice as long
# rows up to which columns of one type are built as one array: here the calls cost more than the values
SMALL_PAGE = 300
IDS_PACKED = 120_000  # ids of a list that are in a set, 8 MB; more are packed, 8 bytes each, and are slower to look up
SMALLEST_CAP = 10  # rows; a server with smaller pages would be unusable, so no administrator sets a lower cap
PAGES_AHEAD = 2  # additional pages in flight for each full one: three times as many with each round trip
MAX_WORKERS = 32  # concurrent requests; beyond this the server is the limit, not the network
SERVERS_AT_ONCE = 64  # servers that are queried concurrently: each waits separately, and most organizations have fewer
WORKERS_ACROSS = 128  # threads for all servers: two per server at the maximum; each costs a stack and a connection
WINDOW_START = 8  # initial concurrent requests: gentle on an unknown server
WINDOW_GROWTH = 0.5  # growth with each response at the beginning: half as many again in the time of one response
WINDOW_SHRINK = 0.95  # share that remains after each slow response: a dozen of them halve the concurrency
WINDOW_LEAST = 4  # concurrent requests that remain despite slow responses; a refusal leaves fewer
SLOWDOWN_WEIGHT = (
    0.1  # weight of the newest response in the smoothed slowdown: about ten responses decide, and one outlier does not
)
SLOWDOWN_GROWS = (
    1.67  # times their best that responses may take while the window grows: two fifths of it would be waiting
)
SLOWDOWN_SHRINKS = 2.86  # times their best from which the window shrinks: two thirds of it are waiting
LATENCY_NOISE = 0.005  # seconds; anything faster is this machine, and its variation comes from other programs
LATENCY_SPAN = 60.0  # seconds after which the best time of a route is measured again: a laptop changes networks
PACE_SERVED = 5  # responses between two refusals that reveal a rate; fewer are chance
PACE_MARGIN = 0.97  # share of the learned rate that is used: clocks and network delays differ a little
PACE_NEAR = 0.8  # share of the refused pace from which the served rate is used unchanged
PACE_GROWTH = 0.01  # requests per second added with each response after a refusal: one percent per second at any rate
PACE_DOUBLES = 0.75  # seconds without a refusal that double the growth: another kernel that ended leaves its share
PACE_SEARCH = 0.5  # maximum increase with each response, in requests per second: half as many again per second
PACE_LEAST = 0.5  # requests per second; slower would look as if nothing happened
PACE_MOST = 1_000.0  # requests per second, more than this client can send: the rate is forgotten
PACE_IDLE = 1.0  # seconds without a request after which a new measurement starts
# rows; a workspace allows 10,000, but measured on one with 10,000 runs larger pages gain nothing
WORKSPACE_PAGE = 1_000
HYDRATED_PAGE = 50  # rows; hydrated ones contain configuration and source code (API facts 9.3)
SLICE = 5_000  # rows of one dataset file: a few MB, and a tenth of a second to write
SLICE_HYDRATED = 1_000  # hydrated rows of one dataset file; ten times as large while they are decoded
LIST_PASSES = 3  # times that a list that changes during the read is read again before the result is accepted
LIST_STEPS_BACK = 50  # times that one pass returns to where rows moved before it accepts the list with a possible gap
PAGING_HINTS = 1_000  # lists whose paging is remembered: more than a session uses, and a few 100 kB
# pages of one list; two million rows at the control plane's page size, four hours without concurrency
LIST_PAGES = 20_000
FAR_OFFSET = 2**31 - 1  # rows; beyond the end of any list, and the greatest number that every database accepts
LIST_STALLS = 10  # consecutive pages without a new row before the error that the server repeats itself
WAIT_SLICE = 0.1  # seconds; waits are split into slices because Windows delivers Ctrl-C only between them
SQL_MEMORY = 0.25  # share of the machine's memory for a query: tables and result need as much again
SQL_MEMORY_UNKNOWN = 2 * 2**30  # bytes for a query if the system does not report its amount of memory
# disk space for data that does not fit in memory: without it a wrong join fills a disk (2.9 GB in 12 s)
SQL_SPILL = "10GiB"
SQL_RESULT = 2 * 2**30  # bytes of rows; ten times the largest known list, and pandas takes up to three times as much
SQL_BATCH = 100_000  # rows between two checks of the size of a result; a few MB
SQL_STOP_PATIENCE = 1.5  # seconds that Ctrl-C waits for a query to end; DuckDB usually takes 0.1 s
# seconds that Ctrl-C waits for threads whose connections were cut; one that is connecting takes longer
STOP_PATIENCE = 0.8

# --- retries ------------------------------------------------------------------------------------------------------
ANSWERS = 5  # to a question in a terminal; a program that answers for ever must not keep it open
RETRY_ATTEMPTS = 5  # the first attempt and four more; ZenML's own server-to-server client allows ten
RETRY_BASE = 0.5  # seconds before the second attempt, doubling; ZenML's own clients start at 0.5
RETRY_CAP = 20.0  # seconds; the longest pause that doubling reaches
# seconds of failures at one of several servers: enough for one longest silence, not for a second
SERVER_PATIENCE = 30.0
RETRY_AFTER_CAP = 120.0  # seconds; a server that demands a longer wait is reported instead
RATE_LIMIT_ATTEMPTS = 12  # a 429 only means "later", so it is retried more often than a failure

# --- credentials --------------------------------------------------------------------------------------------------
TOKEN_LEEWAY_SHORT = 30.0  # seconds; for tokens that last less than an hour (zenml's own rule, API facts 2.5)
TOKEN_LEEWAY_DIVISOR = 20  # 5 % of the lifetime of longer ones (same rule)
TOKEN_SHORT_LIFE = 3600.0  # seconds; the border between the two
# seconds, a century: the longest token lifetime that is believed; longer ones break clocks and dates
LONGEST_LIFE = 3.2e9
LAST_MOMENT = 2.5e11  # seconds since 1970: the year 9999, after which Python has no dates
DEVICE_LONGEST_INTERVAL = 60.0  # minimum seconds between two polls of a device login, whatever the server requests
TOKEN_WARNING = 300.0  # seconds before its end at which a token that cannot be refreshed is announced
SECRET_LENGTH = 6  # characters; a shorter secret is not masked in texts: the holes would reveal it
DEVICE_INTERVAL = 5.0  # seconds between two polls of a device login if the server names none (RFC 8628)
DEVICE_SLOW_DOWN = 5.0  # seconds added by each `slow_down` (RFC 8628)
DEVICE_LIFE = 300.0  # seconds that a device login may take if the server names none (ZenML's own default)
# characters read from a file that should contain one secret; a longer file contains something else
SECRET_FILE = 65_536
CLOCK_SKEW = 30.0  # seconds; the shortest leeway of any token, so a smaller value does no harm
DETAIL_LENGTH = 300  # characters of a server's message that still read as one line
# bytes read of a refusal; hundreds of invalid fields fit, and anything longer is not a real response
REFUSAL_BYTES = 65_536
# bytes of a response that are examined to distinguish JSON from a web page; both begin with blanks at most
SNIFFED = 200
# times that one call is sent again because its token expired: each of the maximum workers may use one up
TOKEN_RESENDS = 32

# --- frontends ----------------------------------------------------------------------------------------------------
HELP_WIDTH = 100  # characters; fits a notebook cell and a usual terminal, and a sentence of help on one line
SUMMARY = 70  # characters of a command's summary in the list of commands: one line beside the longest name
TABLE_CELL = 60  # characters of a cell in a terminal's table with many columns; longer ones push out the others
TABLE_FEW = 6  # columns of a table whose long texts are wrapped instead; with more, rows would grow into paragraphs
TERMINAL_SIZE = (120, 24)  # columns and lines of a terminal that reports no size
CELL_COLUMNS = 72  # characters of a message's line below a cell; JupyterLab at 700 pixels shows about that many
FRAME_WIDTH = 300  # characters of a DataFrame in a notebook; the widest screens show fewer
INTERACTIVE_CELLS = 200_000  # cells of an interactive table; the notebook contains all of them, about 60 bytes each
INTERACTIVE_ROWS = 1_000  # rows of an interactive table, however many columns it has
PAGE_NARROW = 80  # characters of the narrowest usual page; the order of columns that fit there does not change
FRAME_ROWS = 60  # rows of a DataFrame if pandas is set to fit a terminal, which a page is not; pandas' own default
FRAME_COLUMNS = 20  # pandas' own default of display.max_columns; a user who sets more wants to see them, however wide
FOLDED_NAMED = 6  # folded columns that are named; the footer stays on one line
HIDDEN_NAMED = 8  # columns that do not fit a terminal and are named; the note is shorter than most tables
TABLE_WRAPPED = 18  # width of a long name that is wrapped so another column can stay; most names fit on two lines
TABLE_KEPT = 4  # columns that decide and that no page is too narrow for; more would be a card for each row
TABLE_TIGHT = 10  # width of a kept name that is wrapped before the columns are stacked: that of a longer word
TABLE_TORN = 28  # width of a wrapped column in which longer words are torn; most email addresses fit
TABLE_NARROW = 100  # characters of a terminal, below which times are relative: they take half the space
DIFF_NARROW = 120  # characters of a terminal, below which a comparison shows both values of a change in one column
TABLE_PROSE_WIDE = 60  # width of sentences that is worth folding redundant columns for
TABLE_SPARSE = 10  # rows per value of a column, from which it is folded before others that do not decide
TABLE_PROSE = 30  # minimum width of wrapped sentences in characters; narrower text is hard to read
CARD_MEMBERS = 60  # members of a team that its card names; the rest are counted, and `teams members` lists them
CARD_COLUMNS = 3  # names side by side on a card
PROGRESS_AFTER = 1.0  # seconds; anything faster needs no progress bar
FAILED_NAMED = 5  # names in a line about failures, each with its reason; the table lists all of them
BAD_LINES_NAMED = 5  # problems with lines of a file in its error, and lines with one problem; the rest is counted
REVOCATIONS_NAMED = 10  # rows of a review that are named before the question about its recommendations
REASONS_SHOWN = 3  # reasons in the error about several writes; the table contains all of them
REASON_WIDTH = 200  # characters of one such reason, which a server can send at any length
SNIPPET = 20  # characters quoted from an invalid line: enough to find the position
MISSING_NAMED = 100  # unknown names of one line that are all listed, because they can be invited; a screen of them
ACCOUNTS_SEARCHED = 50  # service accounts whose keys are read to find the owner of a key: one request each
NAMES_IN_CELL = 20  # names in a cell of a table; more are counted
NAMES_IN_MESSAGE = 10  # names in a message; more do not fit on its line
RETURNING_NAMED = 5  # people whom a plan brings back, each with a warning of their own
UNLISTED_COMMANDS = 5  # commands that remove what an additive file leaves in place; each has its own line
UNLISTED_NAMED = 3  # memberships and roles that an additive file leaves in place, named in a line
NAMES_AT_ONCE = 1_000  # names that are added to the cache immediately; more stay in columns until they are needed
NAMES_KEPT = 4  # pairs of name columns that are kept this way; older pairs are added to the cache
CONFIRMED_ROWS = 100  # changes that are shown before a question; a page has room for them
PREVIEW_ROWS = 10  # printed rows of a long result that is saved elsewhere, or of many outcomes without a failure
PLACINGS = 64  # ways to put ambiguous names of one line into the places of their kinds that are compared
COMPLETIONS = 50  # more candidates than this do not help anyone choose
PLOT_DAYS = 60  # days of a chart; with more, bars are thinner than the gaps between them
PLOT_LINES = 4  # grid lines of a chart; more do not make it easier to read
PLOT_SIGNS = 60  # characters of the longest bar in a terminal: fits in 80 with the date and the number
# objects that the shell command creates before Python looks for unused ones; short commands create fewer, and save a
# tenth of their time
OBJECTS_UNCOLLECTED = 100_000

# ids whose made-up ones a shell understands in later commands: reading them takes a tenth of a second
STORED_IDS = 20_000

# --- forms --------------------------------------------------------------------------------------------------------
FORM_DEBOUNCE = 0.4  # seconds; the pause between two keys of a slow typist, after which the server is queried
FORM_QUIET = 1.0  # seconds between a click and the request, in which a late edit cancels it
FORM_BUSY = 10.0  # seconds of a busy kernel after which a delayed click is shown but not sent: people forget it
IDLE_BEAT = 1.0  # seconds between two checks whether an idle kernel is still idle; each costs microseconds
IDLE_BEAT_SOON = 0.2  # seconds after a long cell until the kernel can appear idle; waiting messages arrive sooner
IDLE_BEAT_LATE = 0.1  # seconds by which a check may be late on a loaded machine while the kernel still counts as idle
IDLE_WORK_SHARE = 0.5  # share of the time between two checks; more work means that messages may still be waiting
FORM_LATE = 3.0  # seconds; letters typed before Enter arrive this much later on a slow network or a busy machine
FORM_OPTIONS = 50  # names sent to the browser for one combobox; more do not help anyone choose
FORM_LISTED = 20  # names listed above a question in a terminal: about four lines
FORM_DETAIL = 40  # characters of a description that distinguishes objects of the same name: a few words
WORKSPACE_NAME = 50  # characters (API facts 4.5)
NAMES_SUGGESTED = 3  # available names suggested for a new workspace: one per usual purpose
FORM_STEPS = 200  # steps of a plan that a form shows; the DataFrame contains the rest
FORM_PREVIEWS = 20  # requests of a preview that are written out; the rest are counted
FORM_FOLLOW_LIMIT = 1800.0  # seconds; after half an hour without a result it is time to check the dashboard

# --- matching rows ------------------------------------------------------------------------------------------------
WHERE_FIRST = 1_000  # rows that are read before the share of matching rows is known: ten pages, two round trips
WHERE_GROWTH = 10  # factor for the next read: at most a ninth of the last read was unnecessary
COMPARED_ROWS = 1000  # rows that the answer of an empty list describes: a few requests, even of a long list

# --- frames -------------------------------------------------------------------------------------------------------
SUGGESTIONS = 2  # names offered in "Did you mean"; more do not help
CLOSEST_LIKENESS = 0.5  # difflib ratio of a value that is shown because all others are even less similar
SUGGESTION_LIKENESS = (
    0.65  # difflib's own measure; "linus" and "linda" have 0.6, "viewer" and its most common typo 0.67
)
# for email addresses: one typo in four letters; another short name in the same company is not a typo
SUGGESTION_PERSON = 0.75
SUGGESTION_NEARNESS = 0.04  # a candidate that is less similar than the best by more than this is dropped
FILTER_SUGGESTIONS = 3  # words offered if a filter's operator or value is misspelled; they are short
OPERATOR_LIKENESS = 0.8  # difflib's measure; a word before a colon is more often part of a value than an operator
# difflib's measure; if only a few words are allowed, an invalid value is surely meant as one of them
CHOICE_LIKENESS = 0.5
FIELD_NAMES = 4_096  # field names and paths whose parts are cached; every record has the same few
COLUMN_CHOICES = 256  # column selections whose decoders are cached; a session uses a few dozen
CATEGORIES_KEPT = 50  # values of a category column whose pandas type is cached; states and types have fewer
SCHEMA_REFERENCES = 8  # references that are followed in an OpenAPI document; a cycle ends there
CENSUS_ROWS = 20  # rows of a page that are searched for undeclared fields: new fields occur in every row
FLATTEN_DEPTH = 6  # levels of an unknown response that become columns; the deepest known one has four (API facts 4.5)
# columns of an unknown response beyond which nested objects stay whole: they are maps, not models
FLATTEN_COLUMNS = 200
XLSX_ROWS = 1_048_576  # rows of an Excel sheet, including its header (Excel's specification)
XLSX_CELL = 32_767  # characters of an Excel cell (Excel's specification); openpyxl would cut off the rest silently

# --- usage --------------------------------------------------------------------------------------------------------
STATISTICS_GROUPS = 10_000  # groups per request; the server's maximum (API facts 12.1)
# runs per project that are counted one by one on a server without statistics: with all fields about 50 MB
RUNS_COUNTED = 20_000
PLOT_SERIES = 8  # series of a chart that have a color of their own; the rest are shown together
PLOT_ROWS = 20  # bars of a chart without a time; more do not fit on a screen
PLOT_EXACT = 100.0  # numbers of a chart from which decimals are not read
IDS_PER_REQUEST = 100  # ids whose names are requested together: the filter then has 4 kB, which every proxy accepts

# --- writes -------------------------------------------------------------------------------------------------------
WRITES_ASKED = 20  # changes of one command, from which it asks first, and scripts need --yes: a whole file of people
JOURNAL_LINE = 2_000  # characters of a line in the journal; people type fewer, so the rest is a column of addresses
JOURNAL_ID = 12  # characters of an id in a message; they distinguish any two ids
MIN_ORG_ADMINS = 2  # active Organization Admins that a plan must leave, and that an audit expects: one may be ill
# share of a team, or of the roles in one scope, that a plan may remove: more is usually a damaged file
MAX_REMOVALS = 0.25
REMOVALS_SHARED_FROM = 10  # rows of a team or scope from which a share is meaningful
REMOVALS_FEW = 2  # rows that may be removed from a smaller one: a person left, and a person changed teams
# characters of a justification; anything longer is a document, and can be referenced by name
REVIEW_JUSTIFICATION = 2_000
REVIEW_NAME = 80  # characters of a review's name; more do not fit on a line of the list
NAMES_LOOKED_UP = 8  # names that one command looks up individually, in one round of requests; for more, it reads lists
NAMES_PER_PAGE = 4  # names for which one page of a list is read before each is looked up: the page may contain them all
READ_RECENTLY = 5.0  # seconds for which data counts as the state before the writes: no confirmation came between
STAYS_PEOPLE = 5  # people per command for whom the remaining access is shown; each costs a handful of requests
TEAMS_FOR_MANY_NAMES = 6  # teams whose members are read if many names were given: with the other lists 12 requests
STAYS_REQUESTS = 20  # roles, and teams, that are read for one of these people
WRITES_AT_ONCE = 8  # concurrent writes; Ctrl-C has to check each, and a process that dies leaves each of them unknown
# seconds before the start of a write: the server's clock has a resolution of one second and may be adjusted
CREATED_BEFORE = 5.0
# seconds after it: a server has created the object by then or never will; later ones may be another user's
CREATED_AFTER = 60.0
# seconds before the second check for a lost write; a server that is still processing has usually finished by then
SECOND_LOOK = 2.0
LIFECYCLE_FIRST_POLL = 1.0  # seconds before the second check, doubling from there: fast changes are noticed fast
LIFECYCLE_POLL = 5.0  # seconds between two checks of a workspace; ZenML's own `zenml login` checks as often
LIFECYCLE_TIMEOUT = 600.0  # seconds; ZenML's own CI waits as long for a workspace (API facts 8.3)
PLAN_ID = 12  # characters of a plan's digest in the journal; no two plans of one journal share them
ROWS_PRINTED_LEAN = 2_000  # rows of a printed list that are decoded individually; for more, importing Arrow pays off

# --- captures -----------------------------------------------------------------------------------------------------
CAPTURES_DAILY = 14  # days whose last capture is kept: two weeks, to cover a holiday
CAPTURES_MONTHLY = 12  # months whose last capture is kept: auditors look at a year
CAPTURE_LEFTOVER = 86_400.0  # seconds after which an unfinished capture counts as abandoned by a process that died

# --- child processes ----------------------------------------------------------------------------------------------
SANDBOX_READY = 120.0  # seconds until a sandbox in a terminal is ready; with many users, it first creates its data
CHILD_STOP = 10.0  # seconds that a process has to close its database, or to end its kernels, before it is killed
ZENML_START = 180.0  # seconds; a ZenML server creates its database first, and the machine may be busy

# --- audit --------------------------------------------------------------------------------------------------------
ADMINS_MOST = 3  # active people with full control of an organization; with more, no one feels responsible
KEY_ENDS_SOON = 14  # days before a key expires: two weeks to plan its rotation
KEY_OLD = 90  # days since a key was created or rotated; the period in most company policies
KEY_UNUSED = 90  # days since a key was used
INVITATION_OLD = 14  # days since an invitation; most people accept sooner
USAGE_WINDOW = "90d"  # the window for unused roles, if none is named; covers quarterly work
DORMANT = 90  # days since the last authentication at a workspace
DIRECT_LEAST = 2  # people with a direct role in one scope from which a team would be clearer
NAMES_IN_REASON = 5  # names in a reason; the rest are counted
