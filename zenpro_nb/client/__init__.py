"""A small HTTP client for the ZenML Pro control plane and for workspaces: sync, thread-safe, no pandas, no IPython."""

from __future__ import annotations

from zenpro_nb.client._client import Client
from zenpro_nb.client._clock import SYSTEM, Clock, SystemClock
from zenpro_nb.client._credentials import (
    WORKSPACE_LOGIN,
    ApiKey,
    BearerToken,
    ControlPlaneSession,
    Credential,
    DeviceToken,
    PasswordLogin,
    Token,
    TokenRequest,
)
from zenpro_nb.client._device_login import DeviceLogin
from zenpro_nb.client._device_login import start as start_device_login
from zenpro_nb.client._fork import renew_in_child
from zenpro_nb.client._listing import Counted, Listing, Part, SizedPage
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._tokens import TokenLife
from zenpro_nb.client._urls import API_URL, Params, normalize, segment

__all__ = [
    "API_URL",
    "SYSTEM",
    "WORKSPACE_LOGIN",
    "ApiKey",
    "BearerToken",
    "Client",
    "Clock",
    "ControlPlaneSession",
    "Counted",
    "Credential",
    "DeviceLogin",
    "DeviceToken",
    "Listing",
    "Params",
    "Part",
    "PasswordLogin",
    "Reply",
    "SizedPage",
    "SystemClock",
    "Token",
    "TokenLife",
    "TokenRequest",
    "normalize",
    "renew_in_child",
    "segment",
    "start_device_login",
]
