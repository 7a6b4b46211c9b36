"""Ordinary words, which never stand for a person: columns, states, roles, job titles, and the vocabulary of Python."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Iterable, Mapping

# Words of columns, commands, roles, states and job titles. A capitalized one next to an address is not a name.
_ORDINARY_WORDS = """
    aborted abuse accept accepted access accessed account accountant accountants accounts acting action activate
    active activity actuary address admin administrator administrators admins adviser advisor advocate affected
    after age airbyte airflow alerts all allocated allow allowed also amazon ambassador analyst analytics and api
    applications applied apply apprentice approved approver architect archived artifact artifacts assign assigned
    assignment assignments assistant associate assurance attempts attorney audience audit auditor auditors auth
    automation available avatar azure backend backup banker barista bash basis because before billing
    bioinformatician biologist biostatistician blocked body bookkeeper bots broker browser build builds built
    builtins business but buyer cache cached canceled cancelled capture captures catchup cell ceo cfo changed check
    checks checksum chemist chief cio ciso city clean client closed cloud code codespace cofounder colleague color
    columns command commit communications community company complete completed completion compliance component
    components concurrency conditions confirms connector connectors consultant contact container contains content
    contributor controller coordinator copywriter corporation counsel count country covered cpo create created
    credential cron cto current custom customer dagster daily dashboard data database dataops days dba deactivate
    deactivated debian december decide decided decision decisions declined default degraded delete deleted demands
    demo denied department deploy deployable deployed deployer deployment deployments deprovisioned deputy
    description designer desired detail developer developers device devices devops diff digest dir direct director
    disabled display division docker docs docstring domain domains dont dormant drift dry duration dynamic ec2
    economist editor editors electrician email emails employee empty enabled end endpoint engineer engineering
    engineers enroll entitlement error ethics evangelist evidence exact example exceptions exclude exclusive
    executive exit expert expiration expired expires expiry explicitly export expression external facilities fail
    failed failure false fast feature features february few file filename files finance financial finding finished
    firmware fish fix flavor flavors folder for force form format founder freelance freelancer friday from frontend
    full fullstack function functions gap gaps geologist get github gitlab global google governance graceful grants
    group groups growth guest hardware has hash head health healthy heartbeat hello help hidden high hiring history
    hostname hour hours human hydrate identifiers idle ids impact inactive include index info information infra
    infrastructure initialized initiated install instances instead instructor integration intelligence interim
    intern internal interval investor invitation invitations invite invited inviter item job jobs journal journalist
    jovyan json july jupyter justification keep keyring keys kind know known kubeflow language last latest lead
    leader learning lease lecturer left legal level levels librarian license like limit limitations lineno linked
    list local location locked logger logical login logistics logo logout logs machine mail maintainer managed
    manager managers manufacturing many march markdown marketing materializer mathematician matrix mean mechanic
    medium member members membership message metadata method metric mine minutes missing mlops model models
    moderator module modules monday month monthly most mute name named names national needed needs network never new
    next none noreply normally not notebooks notifications november null number nurse oauth objects occurrence
    october off offboard office officer offline offs old older onboard onboarded once one online only open openai
    operations operator opted options orchestrator orchestrators org organization organizations orgs original other
    out outcome outside override owner pandas paralegal parameters partner partnerships password path pause paused
    payroll pending people period permission permissions person pharmacist physician physicist pictures pilot
    pipeline pipelines place plan planner platform plot plumber polars policy polled pool port postmaster powerful
    practitioner prediction preemption presales president principal private pro problem procurement producer product
    professor profile profiles programmer progress project projects promote provide provider provides provisioned
    provisioning prune pseudonyms public purchasing python quality query question queued quiet quit raw reach read
    reads ready received receptionist reclaim recommendation record records recruiter redundant regional registry
    rejected relations release released releases reliability remaining removals remove rename reply repositories
    repository representative request requests require research researcher resolution resolved resource resources
    restore resume resumed retain retriable retried reveal reversible review reviewed reviewer reviews revocations
    revoke revoked risk robotics role roles root rotate rotated route row rows run runnable runner running runs
    runtime sales same sandbox saturday save schedule scheduled schedules scheme science scientific scientist scope
    second seconds secops secret secretary secrets security self senior september server service services set
    severity share shared signed since site size skipped slack snapshot snapshots software solutions sort source
    spark specialist sql sre sso stacks staff stage start starting state statistician statistics status step steps
    stop stopped stopping storage store stores strategist student subscription succeeded success summary superadmin
    superuser superusers supervisor supplier supply support supports switch sysadmin system systems table tag tagged
    tags taken talent target task teacher team teams technical technician technology templatable template templates
    test tester than that therapist this thursday time timeout timestamp title tolerance topic trade trader trainee
    translator treasurer trial trigger triggered triggers trust trusted tuesday type types ubuntu underwriter undo
    undone unhealthy uninstall unit unlocked until unused update updated uri url usage use useful user username
    users validate value vendor verdict verify version versions vice viewer viewers vision visitor vscode wait web
    webhook webhooks wednesday week where which with without words work workspace workspaces writer www yes zenml
    zsh
"""
# Words that are also names of people: in a full name they are replaced, alone they stay.
_AMBIGUOUS_WORDS = """
    add april august brand can case cases chance contractor dag day doctor drew english field fields frank french
    german grant guard january jenkins june junior key lawyer len long love low mark max may min nan page parent
    park polish price reason skip soon spanish stack stone sunday the too true unknown white will young
"""
ORDINARY = frozenset(_ORDINARY_WORDS.split())
_STAY_ALONE = ORDINARY | {
    *_AMBIGUOUS_WORDS.split(),
    *(text.casefold() for text in (*dir(builtins), *keyword.kwlist)),
    *sys.stdlib_module_names,
}
# Fields that describe a person or an object with words that are not a name.
_DESCRIBING_FIELDS = """
    job_title jobtitle position occupation profession role roles role_name department level scope state status kind type
    outcome severity provider oauth_provider permission action
"""
_DESCRIBING = frozenset(_DESCRIBING_FIELDS.split())
_WORD = re.compile(r"[^\W\d_]+")


def stays_alone(word: str) -> bool:
    """Return whether a word is never replaced on its own.

    >>> [stays_alone(word) for word in ("Superuser", "Mark", "Lovelace")]
    [True, True, False]
    """
    return word.casefold() in _STAY_ALONE


def is_ordinary(words: Iterable[str]) -> bool:
    """Return whether all of these words are ordinary, so together they do not name a person.

    >>> is_ordinary(["Platform", "Admin"]), is_ordinary(["Mark", "Page"]), is_ordinary(["Head", "Turing"])
    (True, False, False)
    """
    return all(word.casefold().strip(".") in ORDINARY for word in words)


def describing_words(fields: Mapping[str, str]) -> set[str]:
    """Return the words of the fields that describe a person or an object, such as the job title.

    >>> sorted(describing_words({"name": "Ada Lovelace", "job_title": "Head of Platform"}))
    ['head', 'of', 'platform']
    """
    return {
        word.casefold()
        for name, value in fields.items()
        if name in _DESCRIBING and "@" not in value
        for word in _WORD.findall(value)
    }
