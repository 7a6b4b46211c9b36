"""The formats of keys and tokens of other services: the rules of detect-secrets, and additional ones.

Only rules with linear running time are used; `_OWN` contains replacements for the quadratic ones.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module

# Module of detect-secrets, its class, and a text without which none of its rules can match; "" if there is none.
_MAINTAINED = (
    ("artifactory", "ArtifactoryDetector", "AKC", "Artifactory key"),
    ("aws", "AWSKeyDetector", "", "AWS key"),
    ("azure_storage_key", "AzureStorageKeyDetector", "AccountKey", "Azure storage key"),
    ("discord", "DiscordBotTokenDetector", ".", "Discord token"),
    ("github_token", "GitHubTokenDetector", "gh", "GitHub token"),
    ("gitlab_token", "GitLabTokenDetector", "", "GitLab token"),
    ("mailchimp", "MailchimpDetector", "-us", "Mailchimp key"),
    ("pypi_token", "PypiTokenDetector", "pypi-", "PyPI token"),
    ("sendgrid", "SendGridDetector", "SG.", "SendGrid key"),
    ("slack", "SlackDetector", "", "Slack token"),
    ("square_oauth", "SquareOAuthDetector", "sq0csp", "Square secret"),
    ("stripe", "StripeDetector", "k_live_", "Stripe key"),
    ("telegram_token", "TelegramBotTokenDetector", ":", "Telegram token"),
)
_OWN = (
    ("GitHub token", "github_pat_", r"(?<![A-Za-z0-9])github_pat_\w{22,255}"),
    ("GitLab token", "gl", r"(?<![A-Za-z0-9])gl(?:pat|dt|ft|soat|rt|cbt|imt|agent|ptt|oas|ffct|wt)-[\w-]{20,300}"),
    ("Slack token", "xox", r"(?<![A-Za-z0-9])xox[abcdeoprs](?:\.xox[bp])?-[\w-]{10,300}"),
    ("Slack token", "xapp-", r"(?<![A-Za-z0-9])xapp-\d-[\w-]{10,300}"),
    ("Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{20,200}"),
    ("OpenAI key", "sk-", r"(?<![A-Za-z0-9])sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9][\w-]{19,300}"),
    ("Anthropic key", "sk-ant-", r"(?<![A-Za-z0-9])sk-ant-[\w-]{20,300}"),
    ("Google API key", "AIza", r"(?<![A-Za-z0-9])AIza[\w-]{35}(?![\w-])"),
    ("Google client secret", "GOCSPX-", r"(?<![A-Za-z0-9])GOCSPX-[\w-]{20,60}"),
    ("Google token", "ya29.", r"(?<![A-Za-z0-9])ya29\.[\w.-]{20,2000}"),
    ("Google refresh token", "1//0", r"(?<![\w/])1//0[\w-]{30,300}"),
    ("Azure client secret", "Q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])"),
    ("Azure key", "AccountKey", r"(?i)(?<![A-Za-z0-9])AccountKey\s?=\s?[\w+/=%]{40,200}"),
    ("Azure key", "SharedAccessKey", r"(?i)(?<![A-Za-z0-9])SharedAccess(?:Key|Signature)\s?=\s?[\w+/=%]{20,400}"),
    ("Azure SAS signature", "sig=", r"(?<=[?&;])sig=[\w%+/=-]{20,200}"),
    ("Azure key", "JQQJ99", r"(?<![\w+/])[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![\w+/])"),
    ("Hugging Face token", "hf_", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}"),
    ("npm token", "npm_", r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}"),
    ("npm token", "_authToken", r"_authToken\s?=\s?[\w./+=-]{8,300}"),
    ("Databricks token", "dapi", r"(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?:-\d)?\b"),
    ("Docker token", "dckr_", r"(?<![A-Za-z0-9])dckr_(?:pat|oat)_[\w-]{20,100}"),
    ("Vault token", "hv", r"(?<![A-Za-z0-9])hv[sbr]\.[\w-]{20,300}"),
    ("Stripe key", "k_", r"(?<![A-Za-z0-9])[rs]k_(?:live|test)_[0-9a-zA-Z]{16,200}"),
    ("DigitalOcean token", "_v1_", r"(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}"),
    ("Grafana token", "gl", r"(?<![A-Za-z0-9])gl(?:sa|c)_[\w+/=-]{20,300}"),
    ("Weights & Biases key", "wandb", r"(?i)(?<=wandb)[\w \"'=:-]{0,30}?[=:]\s?[\"']?[0-9a-f]{40}\b"),
    ("Twilio key", "SK", r"(?<![A-Za-z0-9])SK[0-9a-f]{32}\b"),
    ("password", "SecretStr(", r"\bSecretStr\(\s?[bru]?['\"](?P<secret>[^'\"\n]{3,500})['\"]"),
    ("password of a request", "uth", r"(?:\bauth\s?=\s?|BasicAuth|DigestAuth)\(\s{0,20}['\"][^'\"\n]{0,200}['\"]\s?,"
     r"\s{0,20}['\"](?P<secret>[^'\"\n]{6,500})['\"]"),
    ("cookie", "ookie", r"(?i)\b(?:set-)?cookie['\"]?\s?:\s?['\"]?"
     r"(?P<secret>[\w.%-]+=[^\s;'\"]{8,4000}[^\n'\"]{0,4000})"),
    ("password field", "<input", r"(?i)<input\b(?=[^<>]{0,500}\btype=\W?password)[^<>]{0,500}\bvalue="
     r"(?P<secret>\"[^\"<>]+\"|'[^'<>]+')"),
    ("password of curl", "curl", r"(?<=\s)(?:-u|--user|--proxy-user)[ =]?['\"]?[\w.@+-]{1,100}:(?!\d+\s)"
     r"(?P<secret>[^\s'\"]{3,500})"),
    ("password of a command", "-p", r"\b(?:mysql(?:dump|admin|sh)?|mariadb|sshpass|"
     r"(?:docker|podman|helm|az|oc) (?:registry )?login)\b[^\n|;&]{0,200}?\s-p[ =]?['\"]?"
     r"(?P<secret>[^\s'\"-][^\s'\"]{3,200})"),
    ("password", "SecureString", r"ConvertTo-SecureString\s(?:-String\s)?['\"](?P<secret>[^'\"\n]{3,500})['\"]"),
    ("Basic credential", "asic ", r"(?i)(?<=authorization: )basic [\w+/=]{8,2000}"),
)  # fmt: skip

Rule = tuple[str, str, re.Pattern[str]]


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules: the name of the secret, a text that must be present, and the regular expression."""
    all_rules: list[Rule] = []
    for module, name, keyword, kind in _MAINTAINED:
        # imported with the first notebook: it imports requests
        detector = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
        all_rules += [(kind, keyword, shape) for shape in detector.denylist]
    return (*all_rules, *((kind, keyword, re.compile(shape)) for kind, keyword, shape in _OWN))
