//! `/api/v1/login/device`: how a program without a browser gets a token (after RFC 8628, the OAuth 2.0 device grant).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::ShownName;
use super::{Plain, UserInfo};

/// `POST /login/device`: a program requests a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceLogin {
    /// The name of the token: `takk on LAPTOP`.
    #[schema(value_type = ShownName)]
    pub name: String,
}

/// The response to [`DeviceLogin`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceCode {
    /// The code that the person compares: `BCDF-GHJK`.
    pub code: String,
    /// The page on which they authorize the login.
    pub verify_url: String,
    /// The secret with which the program polls; nobody else may know it.
    pub poll_secret: Plain,
    /// When the login expires, in milliseconds since 1970.
    pub expires_at: i64,
    /// The number of seconds to wait between polls.
    pub interval: u64,
}

/// `POST /login/device/poll`: 202 until somebody authorizes the login, then 200 with a [`DeviceToken`], once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DevicePoll {
    /// The `poll_secret` from [`DeviceCode`].
    pub poll_secret: Plain,
}

/// The token that a person authorized.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceToken {
    /// The token, which is shown only once.
    pub token: Plain,
    /// The user of the token.
    pub user: UserInfo,
}

/// The response to [`DevicePoll`] until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// The number of seconds to wait before polling again.
    pub interval: u64,
}

/// `POST /login/device/approve`: the caller authorizes the program that shows this code to act for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The code that the program shows.
    #[schema(value_type = ShownName)]
    pub code: String,
}
