"""Who can connect to a container, and whom it can connect to."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from pydantic import BaseModel
from pydantic.dataclasses import dataclass

from takk._lazy import public

GeoblockCountries: TypeAlias = Literal[
    # fmt: off
    "AF", "AL", "DZ", "AS", "AD", "AO", "AI", "AQ", "AG", "AR", "AM", "AW", "AU", "AT", "AZ", "BS", "BH", "BD", "BB",
    "BY", "BE", "BZ", "BJ", "BM", "BT", "BO", "BQ", "BA", "BW", "BV", "BR", "IO", "BN", "BG", "BF", "BI", "CV", "KH",
    "CM", "CA", "KY", "CF", "TD", "CL", "CN", "CX", "CC", "CO", "KM", "CD", "CG", "CK", "CR", "HR", "CU", "CW", "CY",
    "CZ", "CI", "DK", "DJ", "DM", "DO", "EC", "EG", "SV", "GQ", "ER", "EE", "SZ", "ET", "FK", "FO", "FJ", "FI", "FR",
    "GF", "PF", "TF", "GA", "GM", "GE", "DE", "GH", "GI", "GR", "GL", "GD", "GP", "GU", "GT", "GG", "GN", "GW", "GY",
    "HT", "HM", "VA", "HN", "HK", "HU", "IS", "IN", "ID", "IR", "IQ", "IE", "IM", "IL", "IT", "JM", "JP", "JE", "JO",
    "KZ", "KE", "KI", "KP", "KR", "KW", "KG", "LA", "LV", "LB", "LS", "LR", "LY", "LI", "LT", "LU", "MO", "MG", "MW",
    "MY", "MV", "ML", "MT", "MH", "MQ", "MR", "MU", "YT", "MX", "FM", "MD", "MC", "MN", "ME", "MS", "MA", "MZ", "MM",
    "NA", "NR", "NP", "NL", "NC", "NZ", "NI", "NE", "NG", "NU", "NF", "MP", "NO", "OM", "PK", "PW", "PS", "PA", "PG",
    "PY", "PE", "PH", "PN", "PL", "PT", "PR", "QA", "MK", "RO", "RU", "RW", "RE", "BL", "SH", "KN", "LC", "MF", "PM",
    "VC", "WS", "SM", "ST", "SA", "SN", "RS", "SC", "SL", "SG", "SX", "SK", "SI", "SB", "SO", "ZA", "GS", "SS", "ES",
    "LK", "SD", "SR", "SJ", "SE", "CH", "SY", "TW", "TJ", "TZ", "TH", "TL", "TG", "TK", "TO", "TT", "TN", "TR", "TM",
    "TC", "TV", "UG", "UA", "AE", "GB", "UM", "US", "UY", "UZ", "VU", "VE", "VN", "VG", "VI", "WF", "EH", "YE", "ZM",
    "ZW", "AX",
    # fmt: on
]
"""Countries by their two-letter codes (ISO 3166-1)."""


@dataclass
class ContainerRefs:
    """Every component that a `ServiceUrl` in the settings refers to."""


@dataclass
class Ip:
    """An IP address, or a range of them: `Ip("10.0.0.0/8")`."""

    ip_range: str


@dataclass
class Domain:
    """A domain name."""

    domain: str


@dataclass
class Country:
    """One or several countries, by their two-letter codes: `Country(["NO", "SE"])`."""

    countries: GeoblockCountries | str | Sequence[GeoblockCountries | str]


ConnectionSelector: TypeAlias = ContainerRefs | Ip | Country | Domain
"""Who is at the other end of a connection."""


@dataclass
class Rule:
    """Some peers, and only these ports: both must match."""

    selectors: list[ConnectionSelector]
    ports: list[int] | None = None


class Ingress(BaseModel):
    """Allows connections to a container on its `port`.

    `external_port` is the public port; `None` keeps the container inside the cluster. One matching entry of `allow` or `deny` is
    enough.
    """

    port: int
    external_port: int | None = 80
    https_only: bool = True
    domain_names: list[str] | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None

    @property
    def is_external(self) -> bool:
        """Whether it has a public address."""
        return self.external_port is not None


class Egress(BaseModel):
    """Whom a container can connect to. One matching entry is enough."""

    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None


public(globals(), "takk.models")
