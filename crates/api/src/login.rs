//! `/api/v1/login/device`: how a program without a browser gets a token (after RFC 8628, the OAuth 2.0 device grant).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::ShownName;
use super::{Plain, UserInfo};

/// `POST /login/device`: a program asks for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceLogin {
    /// What the token is to be called: `takk on LAPTOP`.
    #[schema(value_type = ShownName)]
    pub name: String,
}

/// The answer to [`DeviceLogin`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceCode {
    /// What the person compares: `BCDF-GHJK`.
    pub code: String,
    /// The page on which they agree.
    pub verify_url: String,
    /// What the program polls with; nobody else may know it.
    pub poll_secret: Plain,
    /// When it is too late, in milliseconds since 1970.
    pub expires_at: i64,
    /// How many seconds to wait between two polls.
    pub interval: u64,
}

/// `POST /login/device/poll`: 202 as long as nobody has agreed, then once 200 with a [`DeviceToken`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DevicePoll {
    /// That of [`DeviceCode`].
    pub poll_secret: Plain,
}

/// The token that a person has agreed to.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceToken {
    /// Its text, which is never shown again.
    pub token: Plain,
    /// Whose it is.
    pub user: UserInfo,
}

/// The answer to [`DevicePoll`] until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// How many seconds to wait before asking again.
    pub interval: u64,
}

/// `POST /login/device/approve`: the caller agrees that the program which shows this code acts for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The code that the program shows.
    #[schema(value_type = ShownName)]
    pub code: String,
}
