// Every page that one looks at without changing anything.

/** Pages of somebody who is signed in, of a project with any number of values. */
export const PAGES = {
  projects: "/",
  tokens: "/tokens",
  account: "/account",
  device: "/login/device",
  "device-unknown": "/login/device?code=BCDF-GHJK",
  overview: "/projects/shop",
  secrets: "/projects/shop/secrets",
  environments: "/projects/shop/environments",
  "environments-wrong": "/projects/shop/set?environment=Dev%20%60x",
  compare: "/projects/shop/compare",
  members: "/projects/shop/members",
  trusts: "/projects/shop/trusts",
  "service-tokens": "/projects/shop/service-tokens",
  audit: "/projects/shop/audit",
  verified: "/projects/shop/audit?verify=yes",
  filtered: "/projects/shop/audit?actor=ada&action=values&name=PORT&since=2020-01-01",
  "filtered-wrong": "/projects/shop/audit?until=tomorrow",
  set: "/projects/shop/environments/dev/set",
  "admin-addresses": "/projects/shop/environments/dev/admin-addresses",
  refused: "/projects/nowhere",
};

/** Pages of a project in which there are values; `{name}` is one of them. */
export const FILLED = {
  secret: "/projects/shop/secrets/{name}",
  delete: "/projects/shop/environments/dev/delete",
  resources: "/projects/shop/environments/dev/resources",
  "set-one": "/projects/shop/environments/prod/set?name={name}",
  differences: "/projects/shop/compare?from=test&to=prod",
};
