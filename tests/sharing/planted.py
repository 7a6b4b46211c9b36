"""The items planted in notebooks: each with the trace that it must not leave, in every possible place."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from tests.sharing.canaries import code, data, notebook, stream, traceback

ADDRESS, NAME, LOCAL = "ghopper@corp-canary.io", "Grace Hopper", "ghopper"
ACCENTED, PLAIN = "Núria Szczęsny-Größ", "Nuria Szczesny-Gross"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()
BOTH = f"<p>{NAME}</p><p>{ADDRESS}</p>"


class Item(Struct, frozen=True):
    """One planted item.

    Attributes:
        make: creates the notebook.
        traces: texts that must not be in the copy, in lower case.
        check: the check that finds it in the original; "" if it is removed without a check.
    """

    make: Callable[[], Any]
    traces: tuple[str, ...]
    check: str = "person"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def key(kind: str = "") -> str:
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{BODY}\n{BODY[::-1]}\n-----END {kind}PRIVATE KEY-----"


def letters(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def percent(text: str) -> str:
    return "".join(f"%{ord(char):02x}" for char in text)


SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{NAME}</text><text>{ADDRESS}</text></svg>'
# The forms in which a text with her name and her address is stored.
PEOPLE = {
    "a data URI in base64": f'<img src="data:text/html;base64,{b64(BOTH)}">',
    "a data URI with percent signs": f'<a href="data:text/html,{quote(BOTH)}">x</a>',
    "a data URI as it is": f"<a href='data:text/plain,{ADDRESS}'>x</a>",
    "a data URI of SVG in base64": f'<img src="data:image/svg+xml;base64,{b64(SVG)}">',
    "a data URI of SVG with percent signs": f'<img src="data:image/svg+xml;utf8,{quote(SVG)}">',
    "a data URI in capitals": f'<img src="DATA:Text/HTML;BASE64,{b64(BOTH)}">',
    "a data URI with a charset": f'<img src="data:text/html;charset=utf-8;base64,{b64(BOTH)}">',
    "a data URI in markdown": f"![x](data:image/svg+xml;base64,{b64(SVG)})",
    "a data URI in a data URI": f'data:text/html;base64,{b64(f"<img src=data:text/html;base64,{b64(BOTH)}>")}',
    "srcdoc": f'<iframe srcdoc="{escape(BOTH)}"></iframe>',
    "srcdoc in single quotes": f"<iframe SRCDOC = '{escape(BOTH)}'></iframe>",
    "srcdoc in srcdoc": f'<iframe srcdoc="{escape(f"""<iframe srcdoc="{escape(BOTH)}"></iframe>""")}"></iframe>',
    "base64 alone": f"value: {b64(f'{NAME}, {ADDRESS}')} end",
    "base64 for URLs": base64.urlsafe_b64encode(f"{NAME}, {ADDRESS}???".encode()).decode(),
    "base64 in lines": "\n".join(base64.encodebytes(f"{ADDRESS} {'x' * 80} {ADDRESS}".encode()).decode().split()),
    "base64 twice": b64(b64(f"{NAME}, {ADDRESS}")),
    "hexadecimal": f"{NAME} <{ADDRESS}>".encode().hex(),
    "percent signs": percent(ADDRESS),
    "percent signs twice": quote(quote(ADDRESS, safe=""), safe=""),
    "entities": letters(ADDRESS),
    "named entities": "ghopper&commat;corp-canary&period;io",
    "entities with x": "".join(f"&#x{ord(char):x};" for char in ADDRESS),
    "JSON": json.dumps({"email": ADDRESS, "name": NAME}),
    "JSON in JSON": json.dumps(json.dumps({"email": ADDRESS, "name": NAME})),
    "JSON in JSON in JSON": json.dumps(json.dumps(json.dumps({"email": ADDRESS, "name": NAME}))),
    "escapes": "".join(f"\\u{ord(char):04x}" for char in ADDRESS),
    "escaped twice": "".join(f"\\\\u{ord(char):04x}" for char in ADDRESS),
    "name before the address": f"{NAME} {ADDRESS}\nseen: {NAME}",
    "name after the address": f"{ADDRESS} {NAME}\nseen: {NAME}",
    "name and colon": f"{NAME}: {ADDRESS}\nseen: {NAME}",
    "comma": f"{NAME},{ADDRESS}\nseen: {NAME}",
    "semicolon": f"{ADDRESS};{NAME}\nseen: {NAME}",
    "tab": f"{NAME}\t{ADDRESS}\nseen: {NAME}",
    "last name first": f'"Hopper, Grace" <{ADDRESS}>\nseen: Grace Hopper',
    "in capitals": f"{NAME} {ADDRESS}\nGRACE HOPPER",
    "path of the local part": f"{ADDRESS}\n/data/{LOCAL}/x.csv",
    "path in a bucket": f"{ADDRESS}\ns3://bucket/{LOCAL}/x.csv",
    "file of the local part": f"{ADDRESS}\n{LOCAL}_final-2.csv",
    "local part in capitals": f"{ADDRESS}\n{LOCAL.upper()}",
    "local part with a tag": f"{LOCAL}+test@corp-canary.io\n/data/{LOCAL}/x",
    "account of the name": "Grace Hopper <gh@corp-canary.io>\n/data/ghopper/x",
    "first and last name": json.dumps({"firstName": "Grace", "lastName": "Hopper", "emailAddress": ADDRESS}),
    "other fields": json.dumps({"displayName": NAME, "mail": ADDRESS}),
    "tags in JSON": json.dumps({"text": f"{NAME}<br>{ADDRESS}"}),
    "attributes of a tag": f'<i data-user="{ADDRESS}" data-name="{NAME}"></i>',
    "CSV": f"id,who,email\n7,x,{ADDRESS}\n\nname,role,mail\n{NAME},dev,{ADDRESS}",
    "table with tabs": f"first\tlast\temail\nGrace\tHopper\t{ADDRESS}",
    "vCard": f"FN:{NAME}\nTITLE:Dev\nEMAIL:{ADDRESS}",
    "LDAP": f"CN={NAME},OU=dev,DC=corp mail={ADDRESS}",
    "far from the address": f"{NAME} left in May. Her account was {ADDRESS}",
    "joined name": f"{NAME} {ADDRESS}\nGraceHopper.csv",
    "small letters": f"grace hopper <{ADDRESS}>, later grace hopper",
    "JSON in an attribute": f"<div data-x='{json.dumps({'mail': ADDRESS, 'n': NAME})}'></div>",
    "a wide sign": f"{LOCAL}\uff20corp-canary.io",
    "hard blank": f"Grace\xa0Hopper {ADDRESS}",
    "colors inside": f"{LOCAL}@\x1b[31mcorp-canary.io\x1b[0m",
    "UTF-16 in base64": base64.b64encode(f"{NAME} {ADDRESS}".encode("utf-16-le")).decode(),
    "a URL in a URL": f"https://x.io/login?next={quote(f'https://y.io/?user={ADDRESS}&name={NAME}', safe='')}",
    "entities twice": escape(letters(ADDRESS)),
    "a MIME word": f"{ADDRESS}\n=?UTF-8?B?{b64(NAME)}?=",
    "invisible signs": "\u200b".join(LOCAL) + f" {ADDRESS}",
}  # fmt: skip
ACCENTS = {
    "without marks": f"{ACCENTED} <n.szczesny@corp-canary.io>\nlater: {PLAIN}",
    "marks of their own": f"{PLAIN} <n.szczesny@corp-canary.io>\nlater: {ACCENTED}",
    "hyphen": "Anna Szczesny-Groß <asg@corp-canary.io>\nlater: Szczesny",
    "composed letters": unicodedata.normalize("NFD", f"{ACCENTED} <n.s@corp-canary.io>") + f"\nlater: {ACCENTED}",
    "percent signs": f"{ACCENTED} <n.s@corp-canary.io>\nlater: {quote(ACCENTED)}",
    "German spelling": "Jürgen Szczesny <js@corp-canary.io>\nlater: Juergen Szczesny",
    "without German spelling": "Juergen Szczesny <js@corp-canary.io>\nlater: Jürgen Szczesny, Jurgen Szczesny",
}
HOMES = {
    "Windows, forward slashes": "C:/Users/ghopper/x.csv",
    "Windows": r"C:\Users\ghopper\x.csv",
    "Windows, escaped": r"C:\\Users\\ghopper\\x.csv",
    "Windows, escaped twice": r"C:\\\\Users\\\\ghopper\\\\x.csv",
    "Windows, small letters": "d:/users/ghopper/x.csv",
    "Windows under Linux": "/mnt/c/Users/ghopper/x.csv",
    "Linux": "/home/ghopper/x.csv",
    "macOS": "file:///Users/ghopper/x.csv",
    "server": "/export/home/ghopper/x.csv",
    "mounted": "/nfs/home/ghopper/x.csv",
    "Cygwin": "/cygdrive/c/Users/ghopper/x.csv",
    "mounted on macOS": "/Volumes/Macintosh HD/Users/ghopper/x.csv",
    "share": r"\\fs01\home\ghopper\x.csv",
    "WSL": r"\\wsl$\Ubuntu\home\ghopper\x.csv",
    "remote": "vscode-remote://wsl/home/ghopper/x.csv",
    "percent signs": "file:///home%2Fghopper%2Fx.csv",
    "tilde": "~ghopper/x.csv",
    "PATH": "/usr/bin:/home/ghopper/bin",
    "with a blank": r"C:\Users\ghopper admin\x.csv",
}
PASSWORDS = {
    "colon": "password: hunter-canary-2",
    "YAML": "db:\n  password: hunter-canary-2\n  port: 1",
    "export": "export X_PASSWORD=hunter-canary-2",
    "set": "set X_PASSWORD=hunter-canary-2",
    "environment": "X_PASSWORD=hunter-canary-2 psql",
    "a token of the environment": "export SLACK_TOKEN=hunter-canary-2",
    "option": "mysql --password hunter-canary-2",
    "option with a sign": "mysql --password=hunter-canary-2",
    "markdown": "**Password:** hunter-canary-2",
    "URL": "https://corp.io/x?password=hunter-canary-2&y=1",
    "quoted": 'password = "hunter-canary-2"',
    "JSON": '{"password": "hunter-canary-2"}',
    "JSON in JSON": json.dumps('{"password": "hunter-canary-2"}'),
    "JSON in JSON in JSON": json.dumps(json.dumps('{"password": "hunter-canary-2"}')),
    "base64": f"value {b64('password: hunter-canary-2')}",
    "UTF-16 in base64": base64.b64encode("$password='hunter-canary-2'".encode("utf-16-le")).decode(),
    "setdefault": "os.environ.setdefault('X_PASSWORD', 'hunter-canary-2')",
    "setenv": "setenv X_PASSWORD hunter-canary-2",
    "IPython": "%env X_PASSWORD hunter-canary-2",
    "PowerShell": "ConvertTo-SecureString 'hunter-canary-2' -AsPlainText",
    "curl": "curl -u ghopper:hunter-canary-2 https://x.io",
    "mysql": "mysql -u root -phunter-canary-2",
    "in brackets": "login(password=(\n    'hunter-canary-2'\n))",
    "a list": '"password": ["other-1-word", "hunter-canary-2"]',
    "several targets": "user, password = 'x', 'hunter-canary-2'",
    "concatenated": "password = 'x1' + 'hunter-canary-2'",
    "XML": "<password>hunter-canary-2</password>",
    "a row": "<th>password</th><td>hunter-canary-2</td>",
    "a field": '<input type="password" value="hunter-canary-2">',
    "colored code": "<b>password</b><i>=</i><u>&#39;hunter-canary-2&#39;</u>",
    "colors": "\x1b[31mpassword\x1b[0m=\x1b[32m'hunter-canary-2'\x1b[0m",
    "next line": "password:\n  hunter-canary-2\n",
    "YAML block": "password: >-\n  hunter-canary-2\n",
    "a table in Markdown": "| password | hunter-canary-2 |",
    "code in Markdown": "`X_PASSWORD`: `hunter-canary-2`",
    "a dash": "Password – hunter-canary-2",
    "a cookie": "Set-Cookie: session=hunter-canary-2; HttpOnly",
    "netrc": "machine x.io login u password hunter-canary-2",
    "German": "Passwort: hunter-canary-2",
    "French": "mot de passe : hunter-canary-2",
    "short name": "PW=hunter-canary-2",
    "columns": "password    hunter-canary-2\nhost        x",
    "arrow": "password -> hunter-canary-2",
    "YAML list": "passwords:\n  - hunter-canary-2",
    "TOML": "password = '''\nhunter-canary-2\n'''",
    "alternative": "password = input('pw') or 'hunter-canary-2'",
    "call": "{'password': str('hunter-canary-2')}",
    "SecretStr": "SecretStr('hunter-canary-2')",
    "basic authentication": "requests.get(url, auth=('u', 'hunter-canary-2'))",
    "an encoded URL": "postgresql%3A%2F%2Fu%3Ahunter-canary-2%40host%2Fdb",
    "data URI": f"data:text/plain;base64,{b64('password: hunter-canary-2')}",
}
KEYS = {
    "GitLab": "glpat-Canary0123456789abcd",
    "GitLab deploy": "gldt-Canary0123456789abcd",
    "GitLab runner": "glrt-Canary0123456789abcd",
    "OpenAI": "sk-" + "Canary0123456789abcd" + "T3BlbkFJ" + "Canary0123456789abcd",
    "OpenAI project": "sk-proj-" + "Canary0123456789abcd" * 3,
    "Anthropic": "sk-ant-api03-" + "Canary0123456789abcd" * 3,
    "Google": "AIza" + "Canary0123456789abcdefghijklmnopqrs",
    "Google client": "GOCSPX-" + "Canary0123456789abcdefghijkl",
    "Google token": "ya29." + "Canary0123456789abcdefghijkl",
    "Slack bot": "xoxb-123456789012-123456789012-" + "Canary0123456789abcdefgh",
    "Slack app": "xapp-1-A0123-0123456789-" + "Canary0123456789abcdefgh",
    "Slack webhook": "https://hooks.slack.com/services/T0123456/B0123456/" + "Canary0123456789abcdefgh",
    "Azure storage": "AccountKey=" + "Canary01" * 10 + "abcdef==",
    "Azure client": "abc8Q~" + "Canary0123456789abcdefghijklmnopqr",
    "Azure SAS": "https://x.blob.core.windows.net/c?sv=2022&sig=" + "Canary0123456789abcdefghij%3D",
    "Azure bus": "SharedAccessKey=" + "Canary0123456789abcdefghij+/abcdefghijk=",
    "AWS": "AKIA" + "CANARY0123456789",
    "GitHub": "ghp_" + "Canary0123456789abcdefghijklmnopqrst",
    "GitHub, fine": "github_pat_" + "Canary0123456789abcdefghijklmnopqrst",
    "Hugging Face": "hf_" + "Canary0123456789abcdefghijklmnopqr",
    "npm": "npm_" + "Canary0123456789abcdefghijklmnopqrst",
    "Stripe": "sk_live_" + "Canary0123456789abcdefgh",
    "Databricks": "dapi" + "0123456789abcdef" * 2,
    "PKCS 8": key(),
    "RSA": key("RSA "),
    "OpenSSH": key("OPENSSH "),
    "Slack cookie": "xoxd-" + "Canary0123456789abcdefgh",
    "in a word": "token_glpat-Canary0123456789abcd_x",
    "in colors": "\x1b[31mAIza" + "Canary0123456789abcdefghijklmnopqrs\x1b[0m",
    "Azure SAS in a URL": quote("https://x.blob.core.windows.net/c?sv=1&sig=Canary0123456789abcdefghij%3D", safe=""),
    "Slack webhook in a URL": quote("https://hooks.slack.com/services/T01/B01/Canary0123456789abcdefgh", safe=""),
    "without a beginning": f"{BODY}\n{BODY[::-1]}\n-----END PRIVATE KEY-----",
    "without an end": f"-----BEGIN EC PRIVATE KEY-----\n{BODY}\n{BODY[::-1]}",
    "escaped lines": json.dumps({"private": key()}),
}  # fmt: skip


def _places(text: str) -> dict[str, Any]:
    return {
        "output": lambda: notebook(stream(text)),
        "HTML": lambda: notebook(data("text/html", f"<div>{text}</div>")),
    }


def _secret_places(text: str) -> dict[str, Any]:
    return {
        "output": lambda: notebook(stream(text)),
        "source": lambda: notebook(code(f'x = """\n{text}\n"""')),
        "traceback": lambda: notebook(traceback(*text.split("\n"))),
    }


_BODIES = (BODY[:20].lower(), BODY[::-1][:20].lower())
_GROUPS: tuple[tuple[str, dict[str, str], Callable[[str], dict[str, Any]], tuple[str, ...], str], ...] = (
    ("person", PEOPLE, _places, (LOCAL, "hopper", "corp-canary"), "person"),
    ("accents", ACCENTS, _places, ("szcz", "jurgen", "jürgen", "juergen"), "person"),
    ("home", HOMES, _secret_places, (LOCAL,), "home-path"),
    ("password", PASSWORDS, _secret_places, ("hunter-canary",), "secret"),
    ("key", KEYS, _secret_places, ("canary0", *_BODIES, "0123456789abcdef"), "secret"),
)


def _all() -> dict[str, Item]:
    items: dict[str, Item] = {}
    for group, texts, places, traces, check in _GROUPS:
        for name, text in texts.items():
            for place, make in places(text).items():
                items[f"{group}: {name} ({place})"] = Item(make, traces, check)
    return items


PLANTED = _all()
