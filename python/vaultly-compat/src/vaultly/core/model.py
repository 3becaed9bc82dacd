"""`SecretModel`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import takk.runtime


class SecretModel(takk.runtime.SecretModel):
    """As `takk.runtime.SecretModel`, and with the attributes that vaultly has in place of the keywords of a class."""

    _vaultly_validate: ClassVar[Literal["none", "paths", "fetch"]] = "paths"
    _vaultly_stale_on_error: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        validate: Literal["none", "paths", "fetch"] | None = None,
        stale_on_error: bool | None = None,
        **kwargs: Any,
    ) -> None:
        own = vars(cls)
        if validate is None:
            validate = own.get("_vaultly_validate")
        if stale_on_error is None:
            stale_on_error = own.get("_vaultly_stale_on_error")
        super().__init_subclass__(validate=validate, stale_on_error=stale_on_error, **kwargs)


__all__ = ["SecretModel"]
