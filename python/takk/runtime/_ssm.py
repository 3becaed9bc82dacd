"""Parameters of AWS SSM."""

from __future__ import annotations

from takk import _native
from takk.runtime._backends import Remote
from takk.runtime._errors import ArgumentError


class Ssm(Remote):
    """Parameters of AWS SSM. Versions and labels are appended to the name as `:N`; a request reads up to ten names.

    Args:
        region_name: The region, by default that of `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile.
        profile_name: The profile of the shared files, by default that of `AWS_PROFILE`, unless the environment has keys.
        endpoint_url: The URL, by default that of `AWS_ENDPOINT_URL_SSM`, `AWS_ENDPOINT_URL` or AWS.
        aws_access_key_id: A key, by default found as by boto3: environment, web identity, container, profile, SSO, IMDSv2.
        aws_secret_access_key: The key's secret.
        aws_session_token: The key's session token.
        with_decryption: Whether `SecureString` parameters are decrypted.

    Raises:
        ConfigError: Without a region.
    """

    def __init__(
        self,
        region_name: str | None = None,
        *,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        with_decryption: bool = True,
    ) -> None:
        keys = None
        if aws_access_key_id is not None and aws_secret_access_key is not None:
            keys = (aws_access_key_id, aws_secret_access_key, aws_session_token)
        elif aws_access_key_id is not None or aws_secret_access_key is not None or aws_session_token is not None:
            raise ArgumentError("a key of AWS is both aws_access_key_id and aws_secret_access_key")
        self._native = _native.ssm(region_name, profile_name, endpoint_url, keys, with_decryption)
