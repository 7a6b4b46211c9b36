"""A small HTTP client for the ZenML Pro control plane and for workspaces: sync, thread-safe, no pandas, no IPython."""

from __future__ import annotations

from zenpro_nb.client.client import Client
from zenpro_nb.client.clock import SYSTEM, Clock, SystemClock
from zenpro_nb.client.credentials import (
    WORKSPACE_LOGIN,
    ApiKey,
    Ask,
    BearerToken,
    ControlPlaneSession,
    Credential,
    DeviceToken,
    PasswordLogin,
    Token,
)
from zenpro_nb.client.device import DeviceLogin
from zenpro_nb.client.device import start as start_device_login
from zenpro_nb.client.http import Reply
from zenpro_nb.client.listing import Counted, Listing, Page, Part
from zenpro_nb.client.redact import RedactingFilter, Secret, scrub
from zenpro_nb.client.tokens import TokenLife
from zenpro_nb.client.urls import API_URL, Params, normalize, segment

__all__ = [
    "API_URL",
    "SYSTEM",
    "WORKSPACE_LOGIN",
    "ApiKey",
    "Ask",
    "BearerToken",
    "Client",
    "Clock",
    "ControlPlaneSession",
    "Counted",
    "Credential",
    "DeviceLogin",
    "DeviceToken",
    "Listing",
    "Page",
    "Params",
    "Part",
    "PasswordLogin",
    "RedactingFilter",
    "Reply",
    "Secret",
    "SystemClock",
    "Token",
    "TokenLife",
    "normalize",
    "scrub",
    "segment",
    "start_device_login",
]
