"""Every number of the client and the faces, each with its reason."""

from __future__ import annotations

# --- HTTP ---------------------------------------------------------------------------------------------------------
CONNECT_TIMEOUT = 5.0  # seconds; a reachable server accepts within one, the rest is patience for a slow VPN
READ_TIMEOUT = 30.0  # seconds; ZenML's own clients wait 30 s
FORM_READ_TIMEOUT = 10.0  # seconds; Ctrl-C does not reach widget callbacks, so they must give up by themselves
JUST_USED = 0.5  # seconds after its last answer that a connection is taken to be open without looking at it
SERVED_ALREADY = 3  # answers that it must have given by then: its server does not close without a word
KEEPALIVE_EXPIRY = 60.0  # seconds; httpx's 5 s is shorter than the pause between two cells
ANSWER_BYTES = 256 * 2**20  # unpacked; 100,000 members in one answer are 90 MB, and a gigabyte packs into one megabyte
ANSWER_TIME = 1_800.0  # seconds spent waiting for one answer; the longest takes as long at 1 Mbit/s
PACE_RATE = 1_000  # bytes a second; a modem of 1990 sends as much, so that what is slower is stuck
PACE_WINDOW = 60.0  # seconds over which the rate is taken; twice the longest silence that is allowed
JSON_DEPTH = 100  # levels; the deepest answer known has about ten (fact sheet, 4), and parsers crash on 10,000

# --- reading lists ------------------------------------------------------------------------------------------------
PAGE_SIZE = 100  # the control plane's maximum (fact sheet, section 6)
PAGES_MERGED = 8  # pages that become one: 800 rows, few enough to be in the processor's cache still
PARTS_HANDED_OVER = 16  # of those that a file gets at once: 12,800 rows, a group of rows that Parquet is quick with
ROWS_TURNED = 400  # rows of which columns are made at once: of 800 it takes twice as long for each
SMALL_PAGE = 300  # rows up to which columns of one type are built as one array: the calls cost more than the values
IDS_PACKED = 120_000  # ids of a list that are in a set, 8 MB; more are packed, 8 bytes each, and asked more slowly
SMALLEST_CAP = 10  # rows; a server that sends smaller pages than that would be unusable, so nobody caps there
PAGES_AHEAD = 2  # pages more on their way for each full one: three times as many with each round trip
MAX_WORKERS = 32  # requests at once; beyond this the server is the limit, not the wire
SERVERS_AT_ONCE = 64  # servers that are asked at once: each waits for itself, and an organization has fewer, mostly
WORKERS_ACROSS = 128  # threads at all of them: two a server at the most servers; each is a stack and a connection
WINDOW_START = 8  # requests at once to begin with: kind to a server that nobody knows
WINDOW_GROWTH = 0.5  # with each answer at the beginning: half as many again in the time of one answer
WINDOW_SHRINK = 0.95  # of itself that slow answers leave, with each: halved by a dozen of them
WINDOW_LEAST = 4  # requests at once that slow answers leave; a refusal leaves fewer
SLOWDOWN_WEIGHT = (
    0.1  # of the newest answer in the smoothed slowdown: about ten answers decide, and one outlier does not
)
SLOWDOWN_GROWS = (
    1.67  # times their best that answers may take while the window grows: two fifths of it would be waiting
)
SLOWDOWN_SHRINKS = 2.86  # times their best from which it shrinks: two thirds of it are waiting
LATENCY_NOISE = 0.005  # seconds; what is faster is this machine, and its variation is that of its other programs
LATENCY_SPAN = 60.0  # seconds after which the best time of a route is taken anew: a laptop changes its network
PACE_SERVED = 5  # answers between two refusals that tell a rate; fewer are chance
PACE_MARGIN = 0.97  # of the learned rate that is used: clocks and the way differ a little
PACE_NEAR = 0.8  # of the pace that was refused, from which what was served is taken as it is
PACE_GROWTH = 0.01  # requests a second more with each answer after a refusal: one percent a second at any rate
PACE_DOUBLES = 0.75  # seconds without a refusal that double the growth: another kernel that has ended leaves its share
PACE_SEARCH = 0.5  # requests a second more with each answer at most: half as many again in a second
PACE_LEAST = 0.5  # requests a second; slower would look as if nothing happened
PACE_MOST = 1_000.0  # requests a second, more than this client can send: the rate is forgotten
PACE_IDLE = 1.0  # seconds without a request after which a new stretch is counted
WORKSPACE_PAGE = 1_000  # rows; a workspace grants 10,000, but measured on one of 10,000 runs larger pages gain nothing
HYDRATED_PAGE = 50  # rows; hydrated ones carry configuration and source code (fact sheet, section 9.3)
SLICE = 5_000  # rows of a file of a dataset: a few MB, and a tenth of a second to write
SLICE_HYDRATED = 1_000  # hydrated rows of one; ten times as heavy while they are decoded
LIST_PASSES = 3  # how often a list that changes while it is read is read again before it is taken as it is
LIST_STEPS_BACK = 50  # how often one pass goes back to where rows moved before it takes the list with a possible gap
PAGING_HINTS = 1_000  # lists of which is remembered how they are paged: more than a session meets, and a few 100 kB
LIST_PAGES = 20_000  # pages of one list; two million rows at the control plane's page, four hours without workers
FAR_OFFSET = 2**31 - 1  # rows; behind the end of any list, and the greatest number that every database takes
LIST_STALLS = 10  # pages in a row without a new row before the server is said to repeat itself
WAIT_SLICE = 0.1  # seconds; waits are cut into slices because Windows delivers Ctrl-C only between two
SQL_MEMORY = 0.25  # of the machine's memory for a query: tables and result need as much again
SQL_MEMORY_UNKNOWN = 2 * 2**30  # bytes for a query where the system does not tell how much memory it has
SQL_SPILL = "10GiB"  # of disk for what does not fit: a join that went wrong fills a disk otherwise (2.9 GB in 12 s)
SQL_RESULT = 2 * 2**30  # bytes of rows; ten times the largest list known, and pandas takes up to three times as much
SQL_BATCH = 100_000  # rows between two looks at the size of a result; a few MB
SQL_STOP_PATIENCE = 1.5  # seconds that Ctrl-C waits for a query to end; DuckDB takes 0.1 s as a rule
STOP_PATIENCE = 0.8  # seconds that Ctrl-C waits for threads whose connections were cut; one that connects takes longer

# --- retries ------------------------------------------------------------------------------------------------------
RETRY_ATTEMPTS = 5  # the first try and four more; ZenML's own server-to-server client allows ten
RETRY_BASE = 0.5  # seconds before the second try, doubling; ZenML's own clients start at 0.5
RETRY_CAP = 20.0  # seconds; the longest that one pause grows by itself
SERVER_PATIENCE = 30.0  # seconds of failures at one of several servers; one silence of the longest kind, and no second
RETRY_AFTER_CAP = 120.0  # seconds; a server that asks for more is reported instead of waited for
RATE_LIMIT_ATTEMPTS = 12  # a 429 says only "later", so it is tried more often than a failure

# --- credentials --------------------------------------------------------------------------------------------------
TOKEN_LEEWAY_SHORT = 30.0  # seconds; for tokens of less than an hour (zenml's own rule, fact sheet 2.5)
TOKEN_LEEWAY_DIVISOR = 20  # 5 % of the life of longer ones (same rule)
TOKEN_SHORT_LIFE = 3600.0  # seconds; the border between the two
LONGEST_LIFE = 3.2e9  # seconds of a token's life that are believed: a century; longer ones break clocks and dates
LAST_MOMENT = 2.5e11  # seconds since 1970: the year 9999, behind which Python has no dates
DEVICE_LONGEST_INTERVAL = 60.0  # seconds between two questions of a device login, whatever the server names
TOKEN_WARNING = 300.0  # seconds; a token that cannot be renewed is announced this long before its end
SECRET_LENGTH = 6  # characters; a shorter word is not blotted out of texts: it would tear holes and so betray itself
DEVICE_INTERVAL = 5.0  # seconds between two questions of a device login where the server names none (RFC 8628)
DEVICE_SLOW_DOWN = 5.0  # seconds added by each `slow_down` (RFC 8628)
DEVICE_LIFE = 300.0  # seconds a device login may take where the server names none (ZenML's own default)
SECRET_FILE = 65_536  # characters read of a file that should hold one secret; more would be a file of something else
CLOCK_SKEW = 30.0  # seconds; the shortest leeway that tokens have, so that less does no harm
DETAIL_LENGTH = 300  # characters of a server's words that still read as one line
REFUSAL_BYTES = 65_536  # bytes of a refusal that is read; hundreds of wrong fields fit, and what is longer is no answer
SNIFFED = 200  # bytes of an answer that are looked at to tell JSON or a web page; both begin with blanks at most
TOKEN_RESENDS = 32  # times one call is sent again because its token ended: each of the most workers may use one up

# --- faces --------------------------------------------------------------------------------------------------------
HELP_WIDTH = 100  # characters; fits a notebook cell and a usual terminal, and a sentence of help on one line
SUMMARY = 70  # characters of what a command does, in the list of commands: one line beside the longest name
TABLE_CELL = 60  # characters of a cell in a terminal's table of many columns; longer ones push the others out
TABLE_FEW = 6  # columns of a table whose long texts are wrapped instead; with more, rows would grow into paragraphs
TERMINAL_SIZE = (120, 24)  # columns and lines of a terminal that does not say
FRAME_WIDTH = 150  # characters of a frame in a notebook, beyond which columns are folded away: a page of 1200 pixels
FRAME_ROWS = 60  # rows of a frame where pandas is told to fit a terminal, which a page is not; pandas' own default
FRAME_COLUMNS = 20  # pandas' own default of display.max_columns; whoever sets more wants to see them, however wide
FOLDED_NAMED = 6  # columns that are folded away and named; the foot line stays one line
TABLE_PROSE = 30  # characters of sentences that are wrapped, below which they become hard to read
CARD_MEMBERS = 60  # members of a team that its card names; the rest is counted, and `teams members` lists them
CARD_COLUMNS = 3  # names side by side on a card
PROGRESS_AFTER = 1.0  # seconds; what is faster needs no bar
FAILED_NAMED = 5  # things named in a line about those that failed, each with its reason; the table has them all
SNIPPET = 20  # characters of a line that is quoted where it is wrong: enough to find the place again
MISSING_NAMED = 100  # unknown names of one line that are all told, so that they can be invited; a screen of them
LISTED = 10  # names in a message; more do not fit on its line
NAMES_AT_ONCE = 1_000  # names that are noted at once; more are kept as columns until somebody asks for them
NAMES_KEPT = 4  # pairs of columns of names that are kept so; what is older is noted
COMPLETIONS = 50  # more candidates than this help nobody choose
PLOT_DAYS = 60  # days of a picture; with more, bars are thinner than the gaps between them
PLOT_LINES = 4  # lines of a picture's scale; more are read no better
PLOT_SIGNS = 60  # characters of the longest bar in a terminal: fits 80 with the date and the number

# --- forms --------------------------------------------------------------------------------------------------------
FORM_DEBOUNCE = 0.4  # seconds; the pause between two keys of a slow typist, after which the server is asked
FORM_QUIET = 1.0  # seconds between a press and the request, in which an edit that arrives after the press cancels it
FORM_BUSY = 10.0  # seconds of a busy kernel after which a press that waited is shown and not sent: people forget it
IDLE_BEAT = 1.0  # seconds between two looks whether an idle kernel is still idle; each costs microseconds
IDLE_BEAT_SOON = 0.2  # seconds after a long cell until the kernel can be seen idle; waiting messages arrive sooner
IDLE_BEAT_LATE = 0.1  # seconds by which a beat may be late on a loaded machine and still show an idle kernel
IDLE_WORK_SHARE = 0.5  # of the time between two beats; more work means that messages may still be waiting
FORM_LATE = 3.0  # seconds; letters typed before Enter come behind it, by as much on a slow line or a busy machine
FORM_OPTIONS = 50  # names sent to the browser for one combobox; more than this help nobody choose
WORKSPACE_NAME = 50  # characters (fact sheet, section 4, Workspace)
NAMES_SUGGESTED = 3  # free names of a new workspace that are offered: one for each usual purpose
FORM_STEPS = 200  # steps of a plan that a form shows; more are read in the frame
FORM_PREVIEWS = 20  # requests of a preview that are written out; the rest is counted
FORM_FOLLOW_LIMIT = 1800.0  # seconds; after half an hour without an end somebody should look at the dashboard

# --- rows that fit ------------------------------------------------------------------------------------------------
WHERE_FIRST = 1_000  # rows that are read before it is known how rare those that fit are: ten pages, two round trips
WHERE_GROWTH = 10  # times as many rows the next time: what was read in vain is a ninth of the last reading at most

# --- frames -------------------------------------------------------------------------------------------------------
SUGGESTIONS = 2  # names offered in "did you mean"; more is no help
SUGGESTION_LIKENESS = (
    0.65  # difflib's own measure; "linus" and "linda" are 0.6 alike, "viewer" and its commonest slip 0.67
)
SUGGESTION_PERSON = 0.75  # for e-mails: one slip in four letters; another short name of the same company is no slip
SUGGESTION_NEARNESS = 0.04  # what is by more than this less alike than the best was not meant
FILTER_SUGGESTIONS = 3  # words offered where a filter's operator or value is misspelt; they are short
OPERATOR_LIKENESS = 0.8  # difflib's measure; a word before a colon is more often a part of a value than an operator
CHOICE_LIKENESS = 0.5  # difflib's measure; a value that is none of a few words was surely meant as one of them
FIELD_NAMES = 4_096  # names and paths of fields whose parts are remembered; the same few come with every record
COLUMN_CHOICES = 256  # choices of columns whose way of reading is remembered; a session uses some dozens
CATEGORIES_KEPT = 50  # words of a column of categories of which pandas' type is kept; states and kinds are fewer
SCHEMA_REFERENCES = 8  # steps from reference to reference in an OpenAPI document; a circle of them ends there
CENSUS_ROWS = 20  # rows of a page that are looked through for undeclared fields: new fields come with every row
FLATTEN_DEPTH = 6  # levels of an unknown answer that become columns; the deepest that is known has four (fact sheet, 4)
FLATTEN_COLUMNS = 200  # columns of an unknown answer beyond which nested objects stay whole: they are maps, not models
XLSX_ROWS = 1_048_576  # rows of an Excel sheet, its header among them (Excel's specification)
XLSX_CELL = 32_767  # characters of an Excel cell (Excel's specification); openpyxl would cut the rest off silently

# --- writes -------------------------------------------------------------------------------------------------------
JOURNAL_LINE = 2_000  # characters of a line in the journal; a person types fewer, the rest is a column of addresses
JOURNAL_ID = 12  # characters of an id that a message quotes; they tell any two apart
MIN_ORG_ADMINS = 2  # active people who stay Organization Admin under a plan, and whom an audit misses: one may be ill
MAX_REMOVALS = 0.25  # of a team, or of one place's roles, that a plan takes away: more is a damaged file, mostly
REMOVALS_SHARED_FROM = 10  # rows of a team or place from which a share says anything
REMOVALS_FEW = 2  # rows that may go from a smaller one: somebody left, and somebody changed teams
REVIEW_JUSTIFICATION = 2_000  # characters of a justification; what is longer is a document, and is named
REVIEW_NAME = 80  # characters of the name of a review; more do not fit on a line of the list
NAMES_LOOKED_UP = 8  # names that one command looks up one by one, in one round of requests; for more, it reads lists
NAMES_PER_PAGE = 4  # names for which one page of a list is read before each is looked up: it may hold them all
READ_RECENTLY = 5.0  # seconds for which what was read counts as the state before the writes: no question came between
STAYS_PEOPLE = 5  # people of one line of whom it is said what they keep; each costs a handful of requests
TEAMS_FOR_MANY_NAMES = 6  # teams whose members are read if many names were given: with the other lists 12 requests
STAYS_REQUESTS = 20  # roles, and teams, that are asked about for one of them
WRITES_AT_ONCE = 8  # writes under way; Ctrl-C has to check each, and a process that dies leaves each of them unknown
CREATED_BEFORE = 5.0  # seconds before a write was begun: the server's clock is known to a second, and may be adjusted
CREATED_AFTER = 60.0  # seconds after it: by then a server has created an object or has not; others may create one later
SECOND_LOOK = 2.0  # seconds before the one later look for a lost write; a server that works on is done by then, mostly
LIFECYCLE_FIRST_POLL = 1.0  # seconds before the second look, doubling from there: what is quick is seen quickly
LIFECYCLE_POLL = 5.0  # seconds between two looks at a workspace; ZenML's own `zenml login` looks as often
LIFECYCLE_TIMEOUT = 600.0  # seconds; ZenML's own CI waits as long for a workspace (fact sheet, section 8)
PLAN_ID = 12  # characters of a plan's digest in the journal; two plans of one journal share them never
ROWS_PRINTED_LEAN = 2_000  # rows of a printed list that are decoded one by one; for more, importing Arrow pays off

# --- captures -----------------------------------------------------------------------------------------------------
CAPTURES_DAILY = 14  # days of which the last capture is kept: two weeks, so that a holiday hides nothing
CAPTURES_MONTHLY = 12  # months likewise: auditors look at a year
CAPTURE_LEFTOVER = 86_400.0  # seconds after which a capture that is still being written was left by a process that died

# --- child processes ----------------------------------------------------------------------------------------------
CHILD_STOP = 10.0  # seconds that one gets to close its database, or to end its kernels, before it is killed
ZENML_START = 180.0  # seconds; a ZenML server makes its database first, and the machine may be busy

# --- audit --------------------------------------------------------------------------------------------------------
ADMINS_MOST = 3  # active people who may do everything in an organization; more, and nobody feels responsible
KEY_ENDS_SOON = 14  # days before a key expires: two weeks to plan its rotation
KEY_OLD = 90  # days since a key was made or rotated; the period that most rules of companies name
KEY_UNUSED = 90  # days since a key was used
INVITATION_OLD = 14  # days since an invitation; who wanted to come is there by then
DORMANT = 90  # days since somebody authenticated at a workspace
DIRECT_LEAST = 2  # people who hold a role directly at one place, from which a team would say it better
NAMED = 5  # names in a reason; the rest is counted
