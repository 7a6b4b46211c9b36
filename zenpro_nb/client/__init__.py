"""A small HTTP client for the ZenML Pro control plane and for workspaces: sync, thread-safe, no pandas, no IPython."""

from __future__ import annotations

from zenpro_nb.client._client import Client as Client
from zenpro_nb.client._clock import SYSTEM as SYSTEM
from zenpro_nb.client._clock import Clock as Clock
from zenpro_nb.client._clock import SystemClock as SystemClock
from zenpro_nb.client._credentials import WORKSPACE_LOGIN as WORKSPACE_LOGIN
from zenpro_nb.client._credentials import ApiKey as ApiKey
from zenpro_nb.client._credentials import BearerToken as BearerToken
from zenpro_nb.client._credentials import ControlPlaneSession as ControlPlaneSession
from zenpro_nb.client._credentials import Credential as Credential
from zenpro_nb.client._credentials import DeviceToken as DeviceToken
from zenpro_nb.client._credentials import PasswordLogin as PasswordLogin
from zenpro_nb.client._credentials import Token as Token
from zenpro_nb.client._credentials import TokenRequest as TokenRequest
from zenpro_nb.client._device_login import DeviceLogin as DeviceLogin
from zenpro_nb.client._device_login import start_device_login as start_device_login
from zenpro_nb.client._fan_out import across_servers as across_servers
from zenpro_nb.client._fork import renew_in_child as renew_in_child
from zenpro_nb.client._listing import Counted as Counted
from zenpro_nb.client._listing import Listing as Listing
from zenpro_nb.client._listing import Part as Part
from zenpro_nb.client._listing import SizedPage as SizedPage
from zenpro_nb.client._reply import Reply as Reply
from zenpro_nb.client._tokens import TokenLife as TokenLife
from zenpro_nb.client._urls import API_URL as API_URL
from zenpro_nb.client._urls import Params as Params
from zenpro_nb.client._urls import normalize as normalize
from zenpro_nb.client._urls import segment as segment
